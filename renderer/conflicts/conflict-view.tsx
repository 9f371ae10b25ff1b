import { useState } from 'react'
import { Link } from 'wouter'
import type { FolderStatus } from '#api/contract'
import { size, when } from '../format.ts'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import type { Snapshot } from '../live/state.ts'
import { ActionButton, FailureNote } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { deviceName } from '../parts/names.ts'
import { Empty } from '../parts/section.tsx'
import { historyAt } from '../places.ts'
import { Comparison } from '../preview/comparison.tsx'
import { Preview } from '../preview/preview.tsx'
import { visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { keepAll, keepOne, type Choice, type Place } from './resolve.ts'
import { sidesOf, type ConflictSide, type Disputed } from './sides.ts'

/** The versions of one path in conflict, beside each other, and what can be done: keep one, or each. */
export function ConflictView({ snapshot, folder, disputed }: { snapshot: Snapshot; folder: FolderStatus; disputed: Disputed }) {
  const { path } = disputed
  const [compared, setCompared] = useState<number | null>(null)
  const { value, failure, reload } = useLoaded(
    `${folder.id}/${path} ${disputed.conflicts.map((each) => each.with).join(' ')}`,
    (signal) => api.versions({ folder: folder.id, path }, { signal }),
    ({ event, data }) => event === 'activity' && data.folder === folder.name && data.path === path,
  )
  if (value === null && failure === null) return <Empty>{t('conflicts.loading')}</Empty>
  const sides = sidesOf(disputed, value ?? [])
  const place: Place = { folder: folder.id, path, root: folder.path }
  const choice: Choice = { place, disputed, sides, reload }
  const [shown] = sides
  const other = compared === null ? undefined : sides[compared]
  return (
    <>
      <FailureNote failure={failure} />
      <ul className="conflict-sides">
        {sides.map((side, n) => (
          <li key={side.beside ?? ''} className="conflict-side" data-side={side.by ?? ''}>
            <Side snapshot={snapshot} place={place} side={side} compact={other !== undefined} />
            <div className="actions">
              {side.device === null && side.version === null ? null : (
                <ActionButton primary run={() => keepOne(choice, side, snapshot.device.id)}>
                  {t('conflicts.keep')}
                </ActionButton>
              )}
              {n > 0 && isFile(side) && shown !== undefined && isFile(shown) ? (
                <button type="button" aria-pressed={compared === n} onClick={() => setCompared(compared === n ? null : n)}>
                  <Icon name="diff" /> {t('conflicts.compare')}
                </button>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {other === undefined || shown === undefined ? null : (
        <div className="conflict-compared">
          <Compared snapshot={snapshot} place={place} sides={[shown, other]} />
        </div>
      )}
      <div className="actions conflict-all">
        <ActionButton run={() => keepAll(choice)}>{t('conflicts.keep-all', { count: sides.length })}</ActionButton>
        <span className="muted">{t('conflicts.keep-all.how')}</span>
        <Link href={historyAt(folder.id, path)}>{t('conflicts.history')}</Link>
      </div>
    </>
  )
}

function isFile({ version }: ConflictSide): boolean {
  return version?.kind === 'file'
}

function nameOf(snapshot: Snapshot, { device, by }: ConflictSide): string {
  return device === null ? (by ?? t('conflicts.nobody')) : deviceName(snapshot, device)
}

function Side({
  snapshot,
  place,
  side,
  compact,
}: {
  snapshot: Snapshot
  place: Place
  side: ConflictSide
  /** Without what is in it: that is compared below. */
  compact: boolean
}) {
  const { version, beside, device } = side
  return (
    <>
      <h4>
        <Icon name="device" /> {t('conflicts.of', { device: nameOf(snapshot, side) })}
        {device === snapshot.device.id ? <span className="history-badge">{t('conflicts.own')}</span> : null}
      </h4>
      {version === null ? null : (
        <p className="facts">
          <time dateTime={version.time}>{when(version.time)}</time>
          <span>{version.kind === 'tombstone' ? t('conflicts.deleted') : size(version.size)}</span>
        </p>
      )}
      <p className="muted conflict-where">
        {beside === null
          ? t('conflicts.at-path')
          : t('conflicts.beside', { name: visible(beside.slice(beside.lastIndexOf('/') + 1)) })}
      </p>
      {version === null ? (
        <Empty>{t('conflicts.unknown')}</Empty>
      ) : compact ? null : (
        <Preview
          shown={{ folder: place.folder, path: place.path, version: version.version, kind: version.kind, size: version.size }}
        />
      )}
    </>
  )
}

function Compared({
  snapshot,
  place,
  sides,
}: {
  snapshot: Snapshot
  place: Place
  sides: readonly [ConflictSide, ConflictSide]
}) {
  const [before, after] = sides.map((side) => {
    const { version, kind, size: bytes } = side.version!
    return {
      shown: { folder: place.folder, path: place.path, version, kind, size: bytes },
      label: t('conflicts.of', { device: nameOf(snapshot, side) }),
    }
  })
  return <Comparison before={before!} after={after!} />
}
