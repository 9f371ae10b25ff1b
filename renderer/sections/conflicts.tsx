import { api } from '../live/api.ts'
import type { Snapshot } from '../live/state.ts'
import { when } from '../format.ts'
import { ActionButton } from '../parts/action.tsx'
import { deviceName } from '../parts/names.ts'
import { Section } from '../parts/section.tsx'

/** Shown only while there are some: both versions are on disk, and somebody has to choose. */
export function Conflicts({ snapshot }: { snapshot: Snapshot }) {
  if (snapshot.conflicts.length === 0) return null
  return (
    <Section title="In conflict">
      <ul className="rows">
        {snapshot.conflicts.map(({ folder, path, with: other, device, time }) => (
          <li key={`${folder}/${path}/${other}`}>
            <p>
              <span className="path">
                {folder}/{path}
              </span>{' '}
              was also changed by {deviceName(snapshot, device)} at {when(time)}.{' '}
              <span className="muted">That version is beside it: {other}</span>
            </p>
            <div className="actions">
              <ActionButton run={() => api.resolveConflict({ folder, path, keep: 'mine' })}>Keep this one</ActionButton>
              <ActionButton run={() => api.resolveConflict({ folder, path, keep: 'theirs' })}>Keep the other</ActionButton>
              <ActionButton run={() => api.resolveConflict({ folder, path, keep: 'both' })}>Keep both</ActionButton>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}
