import { Link } from 'wouter'
import type { FolderStatus } from '#api/contract'
import { size } from '../format.ts'
import { useFigures } from '../health/figures.ts'
import { api } from '../live/api.ts'
import { coming, isDiskFull } from '../live/on-the-way.ts'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { folderAt } from '../places.ts'
import { t } from '../text/text.ts'

interface Shown {
  folder: FolderStatus
  snapshot: Snapshot
}

/** That the disk of a folder is full, and the way to what has no room there. */
export function DiskFull({ folder, snapshot }: Shown) {
  if (!isDiskFull(snapshot, folder.name)) return null
  return (
    <p className="folders-need">
      <Link href={folderAt(folder.id, 'problems')}>
        <Icon name="stop" /> <DiskFullWords folder={folder} snapshot={snapshot} />
      </Link>
    </p>
  )
}

/** `The disk of photos is full: 12 MB free, 1.2 GB to come`; drawn only where it is: what is free is asked for then. */
export function DiskFullWords({ folder, snapshot }: Shown) {
  const { value } = useFigures('space', () => api.space())
  const free = value?.find((space) => space.folder === folder.name)?.freeBytes ?? null
  return t('folder.full', {
    folder: folder.name,
    free: free === null ? 'none' : size(free),
    bytes: size(coming(snapshot, folder).left),
  })
}
