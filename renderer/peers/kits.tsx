import { useState } from 'react'
import type { Device } from '#api/contract'
import { when } from '../format.ts'
import { Icon } from '../parts/icon.tsx'
import { Empty } from '../parts/section.tsx'
import { t } from '../text/text.ts'
import { RemoveDevice } from './remove-device.tsx'

/** Recovery kits: no devices, but they can open what devices hold, and so can be removed like one. */
export function Kits({ kits, called }: { kits: readonly Device[]; called: (device: string) => string }) {
  const [removing, setRemoving] = useState<string | null>(null)
  if (kits.length === 0) return <Empty>{t('peers.kits.none')}</Empty>
  return (
    <ul className="peers-list">
      {kits.map(({ device, lastSeen, role }) => (
        <li key={device} className="device peers-device" data-device={device}>
          <span className="peers-mark">
            <Icon name="key" />
          </span>
          <div className="peers-what">
            <p className="peers-name">
              <strong>{called(device)}</strong>
              <span className="muted">{t('devices.kit', { time: lastSeen === null ? '' : when(lastSeen) })}</span>
            </p>
          </div>
          <p className="peers-do">
            <button
              type="button"
              className="quiet"
              aria-label={t('peers.remove.sure', { device: called(device) })}
              onClick={() => setRemoving(device)}
            >
              {t('peers.remove')}
            </button>
          </p>
          {removing === device ? (
            <RemoveDevice device={device} name={called(device)} role={role} close={() => setRemoving(null)} />
          ) : null}
        </li>
      ))}
    </ul>
  )
}
