import { useState } from 'react'
import { Link } from 'wouter'
import type { FolderRole, FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import type { Snapshot } from '../live/state.ts'
import { tell } from '../live/toasts.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { deviceName } from '../parts/names.ts'
import { ADD_DEVICE } from '../places.ts'
import { t } from '../text/text.ts'

type Role = FolderRole['role']
const ROLES: readonly Role[] = ['sync', 'send-only', 'receive-only', 'none']

/** Who may do what in a folder: its devices, with their roles. */
export function Sharing({ folder, snapshot }: { folder: FolderStatus; snapshot: Snapshot }) {
  const { id } = folder
  const { value, failure, reload } = useLoaded(
    `roles ${id}`,
    (signal) => api.folderRoles({ folder: id }, { signal }),
    ({ event }) => event === 'devices' || event === 'folder',
  )
  const [kept, setKept] = useState<readonly string[]>([])
  const change = async (device: string, role: Role): Promise<void> => {
    const answer = await api.shareFolder({ folder: id, device, role })
    setKept(answer.kept.map(({ name }) => name))
    reload()
  }
  const changeOne = async ({ device, role: before }: FolderRole, role: Role): Promise<void> => {
    await change(device, role)
    tell(t('folders.shared.role', { device: deviceName(snapshot, device), role: t(`folders.role.${role}`) }), () =>
      change(device, before),
    )
  }
  const storage = snapshot.devices.filter(({ role }) => role === 'storage').map(({ device }) => deviceName(snapshot, device))
  const shared = sharedRole(value ?? [])
  const own = snapshot.device.id
  const roles = value?.toSorted((a, b) => Number(b.device === own) - Number(a.device === own) || a.name.localeCompare(b.name))
  return (
    <div className="folders-tab">
      <p className="muted">{t('folders.sharing.how')}</p>
      <FailureNote failure={failure} />
      <table className="folders-roles">
        <caption className="visually-hidden">{t('folders.sharing')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('folders.sharing.device')}</th>
            <th scope="col">{t('folders.sharing.role')}</th>
          </tr>
        </thead>
        <tbody>
          {shared === null ? null : (
            <RoleRow
              key={`all ${shared}`}
              name={t('folders.sharing.all')}
              hint={t('folders.sharing.all.how')}
              role={shared}
              choose={(role) => change('all', role)}
            />
          )}
          {roles?.map((item) => (
            <RoleRow
              key={`${item.device} ${item.role}`}
              name={deviceName(snapshot, item.device)}
              hint={t(item.own ? 'folders.sharing.own' : 'folders.sharing.as-all')}
              role={item.role}
              isDevice
              choose={(role) => changeOne(item, role)}
            />
          ))}
        </tbody>
      </table>
      <div role="status">
        {kept.length === 0 ? null : <p>{t('folders.sharing.kept', { devices: kept.join(', '), count: kept.length })}</p>}
      </div>
      <dl className="folders-words">
        {ROLES.map((role) => (
          <div key={role}>
            <dt>{t(`folders.role.${role}`)}</dt>
            <dd className="muted">{t(`folders.role.${role}.how`)}</dd>
          </div>
        ))}
      </dl>
      {storage.length === 0 ? null : (
        <p className="muted">{t('folders.sharing.storage', { devices: storage.join(', '), count: storage.length })}</p>
      )}
      <p>
        <Link href={ADD_DEVICE}>{t('folders.sharing.add')}</Link>
      </p>
    </div>
  )
}

/** What those have that were given none of their own; null where each has. */
function sharedRole(roles: readonly FolderRole[]): Role | null {
  return roles.find(({ own }) => !own)?.role ?? null
}

function RoleRow({
  name,
  hint,
  role,
  isDevice = false,
  choose,
}: {
  name: string
  hint: string
  role: Role
  isDevice?: boolean
  choose: (role: Role) => Promise<unknown>
}) {
  const { busy, failure, run } = useAction()
  return (
    <tr>
      <th scope="row">
        {isDevice ? <Icon name="device" /> : null} {name} <span className="muted">{hint}</span>
      </th>
      <td>
        <select
          aria-label={t('folders.sharing.of', { device: name })}
          value={role}
          disabled={busy}
          onChange={({ target: { value } }) => {
            const chosen = ROLES.find((one) => one === value)
            if (chosen !== undefined) void run(() => choose(chosen))
          }}
        >
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {t(`folders.role.${one}`)}
            </option>
          ))}
        </select>
        <FailureNote failure={failure} />
      </td>
    </tr>
  )
}
