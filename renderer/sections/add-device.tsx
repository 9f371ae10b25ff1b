import { useEffect, useState } from 'react'
import { api } from '../live/api.ts'
import { useLive } from '../live/live.ts'
import type { Snapshot } from '../live/state.ts'
import { when } from '../format.ts'
import { ActionButton, ActionForm, TextField } from '../parts/action.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { namesIn } from '../parts/names.ts'
import { Empty, Section } from '../parts/section.tsx'
import { t, Text } from '../text/text.ts'

/** How long nearby devices may begin a pairing after the list was last shown, and how often that is renewed while it is. */
const OPEN_SECONDS = 120
const RENEW_MS = 60_000

/** Three ways to a second device. Open at once where there is none yet, as the first step. */
export function AddDevice({ snapshot }: { snapshot: Snapshot }) {
  const alone = snapshot.devices.filter(({ role }) => role !== 'recovery').length < 2
  const [wanted, setWanted] = useState<boolean | null>(null)
  const open = wanted ?? alone
  return (
    <Section
      title={t('add.title')}
      aside={
        <button type="button" className="quiet" aria-expanded={open} onClick={() => setWanted(!open)}>
          {t(open ? 'action.close' : 'action.open')}
        </button>
      }
    >
      {open ? (
        <div className="ways">
          <Nearby snapshot={snapshot} />
          <Invite />
          <JoinByCode />
        </div>
      ) : null}
    </Section>
  )
}

function Nearby({ snapshot }: { snapshot: Snapshot }) {
  usePairingOpen()
  const { nearby } = snapshot
  const called = namesIn(snapshot)
  return (
    <div className="way">
      <h3>{t('add.nearby')}</h3>
      {nearby.length === 0 ? (
        <Empty>
          <Text id="add.nearby.empty" />
        </Empty>
      ) : (
        <ul className="rows">
          {nearby.map(({ device, address, digits }) => (
            <li key={device} className="nearby">
              <p>
                <strong>{called(device)}</strong> <code>{address}</code>
              </p>
              {digits === null ? (
                <ActionButton run={() => api.pair({ device })}>{t('add.pair')}</ActionButton>
              ) : (
                <span className="muted">{t('add.pairing')}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** Keeps this device open to pairings while it is looked at, and no longer. The daemon then tells who is nearby. */
function usePairingOpen(): void {
  const { connection } = useLive()
  useEffect(() => {
    if (connection !== 'live') return undefined
    const renew = (): void => {
      if (document.visibilityState === 'visible') void api.openPairing({ seconds: OPEN_SECONDS }).catch(() => undefined)
    }
    renew()
    document.addEventListener('visibilitychange', renew)
    const timer = setInterval(renew, RENEW_MS)
    return () => {
      document.removeEventListener('visibilitychange', renew)
      clearInterval(timer)
    }
  }, [connection])
}

function Invite() {
  const [invite, setInvite] = useState<{ code: string; expires: string } | null>(null)
  return (
    <div className="way">
      <h3>{t('add.invite')}</h3>
      {invite === null ? (
        <p className="muted">{t('add.invite.how')}</p>
      ) : (
        <>
          <p className="code">
            <code>{invite.code}</code> <CopyButton text={invite.code} label={t('add.invite.copy')} />
          </p>
          <p className="muted">{t('add.invite.until', { time: when(invite.expires) })}</p>
        </>
      )}
      <ActionButton run={async () => setInvite(await api.createInvite())}>
        {t(invite === null ? 'add.invite.make' : 'add.invite.again')}
      </ActionButton>
    </div>
  )
}

function JoinByCode() {
  return (
    <div className="way">
      <h3>{t('add.enter')}</h3>
      <ActionForm verb={t('action.join')} send={({ code = '' }) => api.joinGroup({ code })}>
        <TextField name="code" label={t('add.code')} required />
      </ActionForm>
    </div>
  )
}
