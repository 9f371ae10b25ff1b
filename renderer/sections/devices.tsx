import type { Device, Peer } from '#api/contract'
import type { Snapshot } from '../live/state.ts'
import { when } from '../format.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { namesIn } from '../parts/names.ts'
import { Section } from '../parts/section.tsx'
import { t } from '../text/text.ts'
import { areAllHere } from './safety.tsx'

export function Devices({ snapshot }: { snapshot: Snapshot }) {
  const { device: own, devices, peers, folders } = snapshot
  const others = devices.filter(({ device }) => device !== own.id)
  const called = namesIn(snapshot)
  return (
    <Section title={t('devices.title')}>
      <ul className="rows">
        <li className="device">
          <p>
            <span className="dot on" /> <strong>{called(own.id)}</strong> <span className="muted">{t('device.this')}</span>
          </p>
          <dl>
            <dt>{t('devices.id')}</dt>
            <dd>
              <code>{own.id}</code> <CopyButton text={own.id} />
            </dd>
            {own.addresses.length === 0 ? null : <dt>{t('devices.address')}</dt>}
            {own.addresses.map((address) => (
              <dd key={address}>
                <code>{withoutId(address)}</code>
              </dd>
            ))}
          </dl>
        </li>
        {others.map((device) => (
          <Other
            key={device.device}
            device={device}
            name={called(device.device)}
            peer={peers.find((peer) => peer.device === device.device)}
          />
        ))}
      </ul>
      {peers.length === 0 && areAllHere(folders) ? <p className="muted">{t('devices.alone')}</p> : null}
    </Section>
  )
}

function Other({
  device: { device, connected, lastSeen, role },
  name,
  peer,
}: {
  device: Device
  name: string
  peer: Peer | undefined
}) {
  const seen = lastSeen === null ? t('devices.unseen') : t('devices.seen', { time: when(lastSeen) })
  return (
    <li className="device" data-device={device}>
      <p>
        <span className={connected ? 'dot on' : 'dot'} /> <strong>{name}</strong>{' '}
        <span className="muted">
          {role === 'recovery' ? t('devices.kit', { time: when(lastSeen ?? '') }) : connected ? t('devices.connected') : seen}
        </span>
        {role === 'storage' ? <span className="muted">, {t('devices.storage')}</span> : null}
        {peer?.obstacle == null ? null : <span className="bad">, {t(`devices.${peer.obstacle}`)}</span>}
      </p>
      {connected && peer !== undefined && peer.address !== null ? (
        <p className="facts">
          <code>{withoutId(peer.address)}</code>
          {peer.rttMs === null ? null : <span>{t('devices.rtt', { ms: peer.rttMs })}</span>}
        </p>
      ) : null}
    </li>
  )
}

/** A multiaddr without the PeerId at its end, which is said already. */
function withoutId(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}
