import type { Space } from '#api/contract'
import { percent, size } from '../format.ts'
import { api } from '../live/api.ts'
import { FailureNote } from '../parts/action.tsx'
import { Empty, Section } from '../parts/section.tsx'
import { t } from '../text/text.ts'
import { disksBeside } from './disks.ts'
import { useFigures } from './figures.ts'
import { savedBytes } from './saved.ts'

/** What each folder takes, and what was spared by keeping the same only once; and what is free. */
export function SpaceSection() {
  const space = useFigures('space', () => api.space())
  const upkeep = useFigures('upkeep', () => api.upkeep())
  const folders = space.value ?? []
  return (
    <Section title={t('health.space')}>
      <div className="health-panel">
        <FailureNote failure={space.failure ?? upkeep.failure} />
        {upkeep.value?.volumeBytes == null || upkeep.value.freeBytes === null ? null : (
          <Disk all={upkeep.value.volumeBytes} free={upkeep.value.freeBytes} />
        )}
        {disksBeside(upkeep.value, folders).map(({ names, ...disk }) => (
          <Disk key={names.join()} {...disk} names={names} />
        ))}
        {space.value !== null && folders.length === 0 ? <Empty>{t('health.space.empty')}</Empty> : null}
        {folders.length === 0 ? null : <Folders folders={folders} />}
      </div>
    </Section>
  )
}

function Disk({ all, free, names = [] }: { all: number; free: number; names?: readonly string[] }) {
  const used = all - free
  return (
    <div className="health-disk">
      <p>
        <strong>
          {names.length === 0
            ? t('health.disk', { free: size(free), all: size(all) })
            : t('health.disk.of', { folders: names.join(', '), free: size(free), all: size(all) })}
        </strong>
      </p>
      <div className="health-bar" aria-hidden="true">
        <span className="used" style={{ inlineSize: percentStyle(used, all) }} />
      </div>
    </div>
  )
}

function Folders({ folders }: { folders: readonly Space[] }) {
  const most = Math.max(...folders.map(({ liveBytes, versionBytes }) => liveBytes + versionBytes), 1)
  return (
    <>
      <ul className="health-legend" aria-hidden="true">
        <li className="live">{t('health.live')}</li>
        <li className="versions">{t('health.versions')}</li>
        <li className="saved">{t('health.saved')}</li>
      </ul>
      <div className="health-scroll" tabIndex={0} role="region" aria-label={t('health.space.table')}>
        <table className="peers-table health-space">
          <thead>
            <tr>
              <th scope="col">{t('health.folder')}</th>
              <th scope="col">{t('health.live')}</th>
              <th scope="col">{t('health.versions')}</th>
              <th scope="col">{t('health.stored')}</th>
              <th scope="col">{t('health.saved')}</th>
              <th scope="col">{t('health.archive')}</th>
            </tr>
          </thead>
          {folders.map((space) => (
            <Row key={space.folder} space={space} most={most} />
          ))}
        </table>
      </div>
      <p className="muted">{t('health.saved.how')}</p>
    </>
  )
}

/** The figures of a folder, and below them its bar: how much there is to keep, and what of it the store was spared. */
function Row({ space, most }: { space: Space; most: number }) {
  const { folder, liveBytes, versionBytes, storedBytes, archiveBytes } = space
  const saved = savedBytes(space)
  return (
    <tbody>
      <tr>
        <th scope="row">{folder}</th>
        <td>{size(liveBytes)}</td>
        <td>{size(versionBytes)}</td>
        <td>{size(storedBytes)}</td>
        <td>
          {saved === 0 ? '–' : t('health.saved.part', { bytes: size(saved), part: percent(saved, liveBytes + versionBytes) })}
        </td>
        <td>{size(archiveBytes)}</td>
      </tr>
      <tr aria-hidden="true">
        <td colSpan={6}>
          <span className="health-bar">
            <span className="live" style={{ inlineSize: percentStyle(liveBytes, most) }} />
            <span className="versions" style={{ inlineSize: percentStyle(versionBytes, most) }} />
          </span>
          <span className="health-bar thin">
            <span
              className="stored"
              style={{ inlineSize: percentStyle(Math.min(storedBytes, liveBytes + versionBytes), most) }}
            />
            <span className="saved" style={{ inlineSize: percentStyle(saved, most) }} />
          </span>
        </td>
      </tr>
    </tbody>
  )
}

function percentStyle(part: number, whole: number): string {
  return `${Math.min(100, (part / Math.max(1, whole)) * 100)}%`
}
