import { Link } from 'wouter'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { namesIn } from '../parts/names.ts'
import { Section } from '../parts/section.tsx'
import { DeviceRow } from '../peers/device-row.tsx'
import { Kits } from '../peers/kits.tsx'
import { ThisDevice } from '../peers/this-device.tsx'
import { t } from '../text/text.ts'
import { areAllHere } from './safety.tsx'

/** The devices of the group, this one first, and what opens its folders when all of them are gone. */
export function Devices({ snapshot }: { snapshot: Snapshot }) {
  const { device: own, devices, peers, folders, transfers } = snapshot
  const others = devices.filter(({ device, role }) => device !== own.id && role !== 'recovery')
  const kits = devices.filter(({ role }) => role === 'recovery')
  const called = namesIn(snapshot)
  return (
    <>
      <Section title={t('devices.title')} isScreen>
        <ul className="peers-list">
          <ThisDevice own={own} name={called(own.id)} device={devices.find(({ device }) => device === own.id)} />
          {others.map((device) => (
            <DeviceRow
              key={device.device}
              device={device}
              name={called(device.device)}
              peer={peers.find((peer) => peer.device === device.device)}
              rates={transfers.peers.find((peer) => peer.device === device.device)}
            />
          ))}
        </ul>
        {peers.length === 0 && areAllHere(folders) ? (
          <p className="peers-alone">
            <Icon name="shield" /> {t('devices.alone')}
          </p>
        ) : null}
      </Section>
      {kits.length === 0 && others.length === 0 ? null : (
        <Section
          title={t('peers.kits')}
          aside={
            <Link href="/settings#recovery" className="quiet">
              {t('peers.kits.make')}
            </Link>
          }
        >
          <Kits kits={kits} called={called} />
        </Section>
      )}
    </>
  )
}
