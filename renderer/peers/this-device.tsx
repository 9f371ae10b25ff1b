import { Link } from 'wouter'
import type { Device } from '#api/contract'
import type { Snapshot } from '../live/state.ts'
import { size } from '../format.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { t } from '../text/text.ts'
import { withoutId } from './address-path.ts'

/** So much of an id as tells devices apart. */
const SHORT = 8

/** The device that this page is of: its name, its id and where others reach it. */
export function ThisDevice({ own, name, device }: { own: Snapshot['device']; name: string; device: Device | undefined }) {
  const pledge = device?.pledgeBytes ?? 0
  return (
    <li className="device peers-device peers-own">
      <span className="peers-mark">
        <Icon name={device?.role === 'storage' ? 'disk' : 'device'} />
      </span>
      <div className="peers-what">
        <p className="peers-name">
          <strong>{name}</strong> <span className="peers-badge">{t('device.this')}</span>
        </p>
        <dl>
          <dt>{t('devices.id')}</dt>
          <dd>
            <code title={own.id}>…{own.id.slice(-SHORT)}</code> <CopyButton text={own.id} label={t('peers.id.copy')} />
          </dd>
          {own.addresses.length === 0 ? null : <dt>{t('peers.addresses', { count: own.addresses.length })}</dt>}
          {own.addresses.map((address) => (
            <dd key={address}>
              <code>{withoutId(address)}</code>
            </dd>
          ))}
          <dt>{t('peers.pledge')}</dt>
          <dd>{pledge === 0 ? t('peers.pledge.none') : t('peers.pledge.own', { bytes: size(pledge) })}</dd>
        </dl>
      </div>
      <p className="peers-do">
        <Link href="/settings#device" className="quiet">
          {t('peers.change')}
        </Link>
      </p>
    </li>
  )
}
