import type { Conflict } from '#api/contract'
import { api } from '../live/api.ts'
import type { Snapshot } from '../live/state.ts'
import { when } from '../format.ts'
import { ActionButton } from '../parts/action.tsx'
import { deviceName } from '../parts/names.ts'
import { Section } from '../parts/section.tsx'
import { t, Text } from '../text/text.ts'

/** Shown only while there are some: both versions are on disk, and somebody has to choose. */
export function Conflicts({ snapshot }: { snapshot: Snapshot }) {
  if (snapshot.conflicts.length === 0) return null
  return (
    <Section title={t('conflicts.title')}>
      <ul className="rows">
        {snapshot.conflicts.map((conflict) => (
          <Row key={`${conflict.folder}/${conflict.path}/${conflict.with}`} conflict={conflict} snapshot={snapshot} />
        ))}
      </ul>
    </Section>
  )
}

function Row({ conflict, snapshot }: { conflict: Conflict; snapshot: Snapshot }) {
  const { folder, path, with: other, device, time, shownDevice } = conflict
  const own = snapshot.device.id
  // Of two versions of which one is ours, the other needs no name.
  const versions = snapshot.conflicts.filter((one) => one.folder === folder && one.path === path)
  const isPair = versions.length === 1 && (device === own || shownDevice === own)
  const keep = (author: string | null) =>
    author === own
      ? api.resolveConflict({ folder, path, keep: 'mine' })
      : api.resolveConflict({ folder, path, keep: 'theirs', ...(isPair || author === null ? {} : { device: author }) })
  return (
    <li>
      <p>
        <Text
          id={shownDevice === null ? 'conflicts.what' : 'conflicts.what.of'}
          values={{
            path: () => <span className="path">{`${folder}/${path}`}</span>,
            author: shownDevice === null ? '' : deviceName(snapshot, shownDevice),
            other: deviceName(snapshot, device),
            time: when(time),
            name: other,
          }}
        />
      </p>
      <div className="actions">
        <ActionButton run={() => keep(shownDevice)}>{t('conflicts.this')}</ActionButton>
        <ActionButton run={() => keep(device)}>{t('conflicts.other')}</ActionButton>
        <ActionButton run={() => api.resolveConflict({ folder, path, keep: 'both' })}>{t('conflicts.both')}</ActionButton>
      </div>
    </li>
  )
}
