import { useEffect } from 'react'
import { api } from '../live/api.ts'
import { useLive } from '../live/live.ts'
import type { Snapshot } from '../live/state.ts'
import { ActionButton } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { namesIn } from '../parts/names.ts'
import { Empty } from '../parts/section.tsx'
import { t, Text } from '../text/text.ts'
import { addressPath } from './address-path.ts'

/** How long nearby devices may begin a pairing after the list was last shown, and how often that is renewed while it is. */
const OPEN_SECONDS = 120
const RENEW_MS = 60_000

/** Who is on the local network, as they come and go; each can be paired with. */
export function Nearby({ snapshot }: { snapshot: Snapshot }) {
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
        <ul className="rows" aria-live="polite">
          {nearby.map(({ device, address, digits }) => (
            <li key={device} className="nearby">
              <Icon name="device" />
              <p>
                <strong>{called(device)}</strong> <code>{addressPath(address).host ?? address}</code>
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
