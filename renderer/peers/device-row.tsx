import { useState } from 'react'
import type { Device, Peer, Transfers } from '#api/contract'
import { size, when } from '../format.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../text/text.ts'
import { addressPath } from './address-path.ts'
import { RemoveDevice } from './remove-device.tsx'

/** Another device of the group: whether it is there, how, what goes to and from it, and what keeps it from having its part. */
export function DeviceRow({
  device: { device, connected, lastSeen, role, pledgeBytes },
  name,
  peer,
  rates,
}: {
  device: Device
  name: string
  peer: Peer | undefined
  rates: Transfers['peers'][number] | undefined
}) {
  const [removing, setRemoving] = useState(false)
  const seen = lastSeen === null ? t('devices.unseen') : t('devices.seen', { time: when(lastSeen) })
  return (
    <li className="device peers-device" data-device={device}>
      <span className="peers-mark">
        <Icon name={role === 'storage' ? 'disk' : 'device'} />
      </span>
      <div className="peers-what">
        <p className="peers-name">
          <strong>{name}</strong>
          {role === 'storage' ? <span className="peers-badge">{t('devices.storage')}</span> : null}
          <span className={connected ? 'peers-state good' : 'peers-state'}>
            <span className={connected ? 'dot on' : 'dot'} />
            {connected ? t('devices.connected') : seen}
          </span>
        </p>
        {connected && peer !== undefined ? <Link peer={peer} rates={rates} /> : null}
        {peer?.syncedPercent == null ? null : <Synced percent={peer.syncedPercent} name={name} />}
        {pledgeBytes === null || pledgeBytes === 0 ? null : (
          <p className="facts">
            <span>{t('peers.pledge.other', { bytes: size(pledgeBytes) })}</span>
          </p>
        )}
        {peer?.obstacle == null ? null : (
          <p className="peers-obstacle">
            <Icon name="stop" />
            <span>
              {t(`peers.obstacle.${peer.obstacle}`)} <span className="muted">{t(`peers.obstacle.${peer.obstacle}.how`)}</span>
            </span>
          </p>
        )}
      </div>
      <p className="peers-do">
        <button
          type="button"
          className="quiet"
          aria-label={t('peers.remove.sure', { device: name })}
          onClick={() => setRemoving(true)}
        >
          {t('peers.remove')}
        </button>
      </p>
      {removing ? <RemoveDevice device={device} name={name} role={role} close={() => setRemoving(false)} /> : null}
    </li>
  )
}

function Link({ peer: { address, rttMs }, rates }: { peer: Peer; rates: Transfers['peers'][number] | undefined }) {
  const path = address === null ? null : addressPath(address)
  return (
    <p className="facts">
      {path === null ? null : (
        <span title={address ?? ''}>{t(`peers.path.${path.reach}`, { host: path.host ?? '' }).trim()}</span>
      )}
      {rttMs === null ? null : <span>{t('peers.latency', { ms: rttMs })}</span>}
      {rates === undefined ? null : (
        <>
          <span>
            <Icon name="down" /> <span className="visually-hidden">{t('state.receiving')}</span>{' '}
            {t('state.rate', { bytes: size(rates.receiveBytesPerSecond) })}
          </span>
          <span>
            <Icon name="up" /> <span className="visually-hidden">{t('state.sending')}</span>{' '}
            {t('state.rate', { bytes: size(rates.sendBytesPerSecond) })}
          </span>
        </>
      )}
    </p>
  )
}

/** Never said to be all before it is. */
function Synced({ percent, name }: { percent: number; name: string }) {
  const whole = Math.floor(percent)
  return (
    <div className="peers-synced">
      <progress max={100} value={percent} aria-label={t('peers.synced.of', { device: name })} />
      <span>{t('peers.synced', { percent: whole })}</span>
    </div>
  )
}
