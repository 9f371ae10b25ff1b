import type { FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import type { Snapshot } from '../live/state.ts'
import { ActionForm, TextField } from '../parts/action.tsx'
import { Empty, Section } from '../parts/section.tsx'
import { FolderCard } from './folder-card.tsx'
import { areAllHere } from './safety.tsx'

export function Folders({ snapshot }: { snapshot: Snapshot }) {
  const folders = snapshot.folders.toSorted((a, b) => urgency(a) - urgency(b) || a.name.localeCompare(b.name))
  const isStorage = snapshot.devices.some(({ device, role }) => device === snapshot.device.id && role === 'storage')
  const mine = folders.filter(({ state }) => state !== 'offered')
  return (
    <Section title="Folders">
      <ul className="cards">
        {folders.map((folder) => (
          <FolderCard
            key={folder.id}
            folder={folder}
            problems={snapshot.problems[folder.name] ?? []}
            isAlone={snapshot.peers.length === 0 && areAllHere(folders)}
          />
        ))}
      </ul>
      {isStorage ? <Empty>This device holds sealed blocks for the others, and has no folders of its own.</Empty> : null}
      {mine.length === 0 && !isStorage ? <Empty>Share a folder, and every device that you add can have it too.</Empty> : null}
      {isStorage ? null : (
        <ActionForm
          verb="Share folder"
          send={({ path = '', name = '' }) => api.createFolder({ path, ...(name === '' ? {} : { name }) })}
        >
          <TextField name="path" label="Folder on this computer" placeholder="/home/me/Documents" required />
          <TextField name="name" label="Name (optional)" />
        </ActionForm>
      )}
    </Section>
  )
}

/** What needs somebody comes first, what is only offered last. */
function urgency({ state }: FolderStatus): number {
  if (state === 'offered') return 2
  return state === 'blocked' || state === 'held' || state === 'error' ? 0 : 1
}
