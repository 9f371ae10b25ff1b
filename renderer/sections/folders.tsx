import type { FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import type { Snapshot } from '../live/state.ts'
import { ActionForm, TextField } from '../parts/action.tsx'
import { Empty, Section } from '../parts/section.tsx'
import { t } from '../text/text.ts'
import { FolderCard } from './folder-card.tsx'
import { areAllHere } from './safety.tsx'

export function Folders({ snapshot }: { snapshot: Snapshot }) {
  const folders = snapshot.folders.toSorted((a, b) => urgency(a) - urgency(b) || a.name.localeCompare(b.name))
  const isStorage = snapshot.devices.some(({ device, role }) => device === snapshot.device.id && role === 'storage')
  const mine = folders.filter(({ state }) => state !== 'offered')
  return (
    <Section title={t('folders.title')}>
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
      {isStorage ? <Empty>{t('folders.storage')}</Empty> : null}
      {mine.length === 0 && !isStorage ? <Empty>{t('folders.empty')}</Empty> : null}
      {isStorage ? null : (
        <ActionForm
          verb={t('folders.share')}
          send={({ path = '', name = '' }) => api.createFolder({ path, ...(name === '' ? {} : { name }) })}
        >
          <TextField name="path" label={t('folders.path')} placeholder="/home/me/Documents" required />
          <TextField name="name" label={t('folders.name')} />
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
