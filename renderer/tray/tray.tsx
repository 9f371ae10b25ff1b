import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { summary } from '../frame/status-bar.tsx'
import { Pause } from '../frame/pause.tsx'
import { Toasts } from '../frame/toasts.tsx'
import { size } from '../format.ts'
import { theShell } from '../live/shell.ts'
import { useLive } from '../live/live.ts'
import { moving } from '../live/on-the-way.ts'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { PairingEndNotice } from '../sections/pairing-end.tsx'
import { Pairings } from '../sections/pairings.tsx'
import { TransferRows } from '../sections/transfers.tsx'
import { t } from '../text/text.ts'
import { attentions } from './attention.ts'
import { RecentActivity } from './recent-activity.tsx'

const TRANSFERS = 3
const ATTENTIONS = 4

/** The popover of the tray: how it stands, what needs somebody, and what goes on. Its links open the window, or another tab. */
export function Tray({ snapshot }: { snapshot: Snapshot }) {
  const { connection } = useLive()
  const isLive = connection === 'live'
  const { icon, tone, text } = isLive ? summary(snapshot) : { icon: 'stop' as const, tone: 'bad' as const, text: t('state.lost') }
  const needs = attentions(snapshot)
  const transfers = moving(snapshot).length
  return (
    <div className="tray" data-connection={connection}>
      <header className={`tray-state ${tone}`}>
        <span className="tray-picture">
          <Icon name={icon} />
        </span>
        <div>
          <h1>
            <span className="visually-hidden">{snapshot.device.name}: </span>
            {text}
          </h1>
          <p className="muted">{reasonOf(snapshot)}</p>
        </div>
      </header>
      <main className="tray-content">
        <Pairings snapshot={snapshot} />
        <PairingEndNotice end={snapshot.pairingEnd} />
        {needs.length === 0 ? null : (
          <section aria-label={t('tray.needs')}>
            <ul className="tray-needs">
              {needs.slice(0, ATTENTIONS).map(({ key, icon: picture, title, reason, verb, href }) => (
                <li key={key}>
                  <Icon name={picture} />
                  <p>
                    <strong>{title}</strong> <span className="muted">{reason}</span>
                  </p>
                  <Away href={href} className="tray-verb" label={`${verb}: ${title}`}>
                    {verb}
                  </Away>
                </li>
              ))}
            </ul>
            {needs.length > ATTENTIONS ? <p className="muted">{t('count.more', { count: needs.length - ATTENTIONS })}</p> : null}
          </section>
        )}
        {transfers === 0 ? null : (
          <section className="tray-transfers" aria-labelledby="tray-transfers">
            <h2 id="tray-transfers">{t('transfers.title')}</h2>
            <TransferRows snapshot={snapshot} most={TRANSFERS} />
          </section>
        )}
        <RecentActivity snapshot={snapshot} />
      </main>
      <footer className="tray-actions">
        <Away href="/">{t('tray.open')}</Away>
        <OpenFolder snapshot={snapshot} />
        <Away href="/settings" label={t('nav.settings')}>
          <Icon name="gear" />
        </Away>
        <Pause folders={snapshot.folders} />
        <Quit />
      </footer>
      <Toasts />
    </div>
  )
}

/** A link out of the popover: the shell shows its window where the popover would go; a browser opens a tab. */
function Away({ href, className, label, children }: { href: string; className?: string; label?: string; children: ReactNode }) {
  if (theShell() !== undefined)
    return (
      <Link href={href} className={className} aria-label={label}>
        {children}
      </Link>
    )
  return (
    <a href={href} target="_blank" rel="noreferrer" className={className} aria-label={label}>
      {children}
    </a>
  )
}

/** Who is connected, and how fast it goes. */
function reasonOf({ peers, transfers: { rates } }: Snapshot): string {
  const connected = t('state.peers', { count: peers.filter((peer) => peer.connected).length })
  const { receiveBytesPerSecond: down, sendBytesPerSecond: up } = rates
  if (down + up === 0) return connected
  return t('tray.rates', { connected, down: size(down), up: size(up) })
}

/** Where there is no menu of the app, as on Windows, nothing else in sight ends it. */
function Quit() {
  const shell = theShell()
  if (shell === undefined) return null
  return (
    <button type="button" className="quiet" aria-label={t('tray.quit')} title={t('tray.quit')} onClick={() => shell.quit()}>
      <Icon name="power" />
    </button>
  )
}

/** The folder that was worked in last, in the system's file manager. */
function OpenFolder({ snapshot: { folders, activity } }: { snapshot: Snapshot }) {
  const shell = theShell()
  const last = activity.find(({ folder }) => folder !== null)?.folder
  const path = (folders.find(({ name, path: at }) => name === last && at !== null) ?? folders.find(({ path: at }) => at !== null))
    ?.path
  if (shell === undefined || path == null) return null
  return (
    <button type="button" className="quiet" title={path} onClick={() => shell.reveal(path)}>
      {t('tray.folder')}
    </button>
  )
}
