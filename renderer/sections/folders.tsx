import type { FolderStatus } from '#api/contract'
import { Link } from 'wouter'
import { isStuck } from '../folders/folder-words.ts'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { Empty, Section } from '../parts/section.tsx'
import { shareAt } from '../places.ts'
import { t } from '../text/text.ts'
import { FolderCard } from './folder-card.tsx'
import { areAllHere } from './safety.tsx'

/** `open`: the id or the name of the one whose drawer is open. */
export function Folders({ snapshot, open }: { snapshot: Snapshot; open: string | null }) {
  const folders = snapshot.folders.toSorted((a, b) => urgency(a) - urgency(b) || a.name.localeCompare(b.name))
  const isStorage = isStorageDevice(snapshot)
  const mine = folders.filter(({ state }) => state !== 'offered')
  return (
    <Section
      title={t('folders.title')}
      isScreen
      aside={
        isStorage ? null : (
          <Link href={shareAt()} className="folders-add">
            <Icon name="plus" /> {t('folders.share')}
          </Link>
        )
      }
    >
      {isStorage ? <Empty>{t('folders.storage')}</Empty> : null}
      {mine.length === 0 && !isStorage ? <Empty>{t('folders.empty')}</Empty> : null}
      <ul className="cards">
        {folders.map((folder) => (
          <FolderCard
            key={folder.id}
            folder={folder}
            snapshot={snapshot}
            isAlone={snapshot.peers.length === 0 && areAllHere(folders)}
            isOpen={open === folder.id || open === folder.name}
          />
        ))}
      </ul>
    </Section>
  )
}

/** Does this device hold sealed blocks for others, and no folders? */
export function isStorageDevice(snapshot: Snapshot): boolean {
  return snapshot.devices.some(({ device, role }) => device === snapshot.device.id && role === 'storage')
}

/** What needs somebody comes first, what is offered next: it waits for a decision, too. */
function urgency(folder: FolderStatus): number {
  if (isStuck(folder)) return 0
  return folder.state === 'offered' ? 1 : 2
}
