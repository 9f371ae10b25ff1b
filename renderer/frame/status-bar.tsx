import { Link } from 'wouter'
import type { Connection } from '../live/live.ts'
import { coming, isDiskFull } from '../live/on-the-way.ts'
import type { Snapshot } from '../live/state.ts'
import { size } from '../format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { usePace } from '../parts/use-pace.ts'
import { folderAt } from '../places.ts'
import { t } from '../text/text.ts'
import { Pause } from './pause.tsx'

export interface Summary {
  icon: IconName
  tone: 'good' | 'busy' | 'bad' | 'quiet'
  text: string
  /** Where something can be done about it. */
  href?: string
}

/** All of it in one line: how it stands, in words, the rates, and how many devices are connected. */
export function StatusBar({ connection, snapshot }: { connection: Connection; snapshot: Snapshot }) {
  const { icon, tone, text, href } = connection === 'live' ? summary(snapshot) : lost()
  const { receiveBytesPerSecond, sendBytesPerSecond } = snapshot.transfers.rates
  const down = useSteady(receiveBytesPerSecond, snapshot.transfers)
  const up = useSteady(sendBytesPerSecond, snapshot.transfers)
  const connected = snapshot.peers.filter((peer) => peer.connected).length
  return (
    <footer className="status-bar">
      <p className={`state ${tone}`} role="status">
        <Icon name={icon} /> {href === undefined ? text : <Link href={href}>{text}</Link>}
      </p>
      <p className="rates">
        <span className="status-peers">{t('state.peers', { count: connected })}</span>
        <span title={t('state.receiving')}>
          <Icon name="down" /> {t('state.rate', { bytes: size(down) })}
        </span>
        <span title={t('state.sending')}>
          <Icon name="up" /> {t('state.rate', { bytes: size(up) })}
        </span>
      </p>
      <Pause folders={snapshot.folders} />
    </footer>
  )
}

/** As steady as the rates beside the files are: bursts of the last half second would be at odds with them. What has ended is none at once. */
function useSteady(rate: number, told: unknown): number {
  const pace = usePace(rate, told)
  return rate === 0 || pace === null ? rate : pace.bytesPerSecond
}

function lost(): Summary {
  return { icon: 'stop', tone: 'bad', text: t('state.lost') }
}

/** What needs somebody first. */
export function summary(snapshot: Snapshot): Summary {
  const { folders, peers, conflicts, removed } = snapshot
  if (removed !== null) return { icon: 'stop', tone: 'bad', text: t('state.removed') }
  const stuck = folders.filter(({ state }) => state === 'blocked' || state === 'held' || state === 'error').length
  const problems = folders.reduce((sum, folder) => sum + folder.problems, 0)
  const toCome = (some: Snapshot['folders']): string => size(some.reduce((sum, folder) => sum + coming(snapshot, folder).left, 0))
  const full = folders.filter(({ name }) => isDiskFull(snapshot, name))
  const mine = folders.filter(({ state }) => state !== 'offered')
  if (stuck > 0) return { icon: 'stop', tone: 'bad', text: t('state.stuck', { count: stuck }) }
  const [first] = full
  if (first !== undefined) {
    const text = t('state.full', { folders: full.map(({ name }) => name).join(', '), bytes: toCome(full) })
    return { icon: 'stop', tone: 'bad', text, href: folderAt(first.id, 'problems') }
  }
  if (folders.some(({ state }) => state === 'syncing'))
    return { icon: 'arrows', tone: 'busy', text: t('state.syncing', { bytes: toCome(folders) }) }
  if (problems > 0) return { icon: 'stop', tone: 'bad', text: t('state.problems', { count: problems }) }
  const disputed = new Set(conflicts.map(({ folder, path }) => `${folder}/${path}`)).size
  if (disputed > 0) return { icon: 'fork', tone: 'bad', text: t('state.conflicts', { count: disputed }) }
  if (folders.some(({ state }) => state === 'scanning')) return { icon: 'search', tone: 'busy', text: t('state.scanning') }
  if (mine.length === 0) return { icon: 'folder', tone: 'quiet', text: t('state.empty') }
  const resting = mine.filter(({ state, reasonCode }) => state === 'paused' || reasonCode === 'no-role').length
  if (resting > 0) return { icon: 'pause', tone: 'quiet', text: t('state.resting', { count: resting }) }
  const waiting = mine.filter(({ reasonCode }) => reasonCode === 'waits-elsewhere' || reasonCode === 'to-come-elsewhere').length
  if (waiting > 0) return { icon: 'hand', tone: 'quiet', text: t('state.waiting', { count: waiting }) }
  if (!peers.some(({ connected }) => connected)) return { icon: 'device', tone: 'quiet', text: t('state.alone') }
  return { icon: 'check', tone: 'good', text: t('state.good') }
}
