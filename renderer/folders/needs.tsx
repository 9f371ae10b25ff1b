import { Link } from 'wouter'
import type { FolderStatus } from '#api/contract'
import { hindering } from '../live/on-the-way.ts'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { folderAt } from '../places.ts'
import { t } from '../text/text.ts'
import { DiskFull } from './disk-full.tsx'
import { isLost, isNotSynced, isOutOfReach } from './problem-kinds.ts'

/** What of a folder's files does not sync, is out of reach or lost: how much, and the way to why. */
export function Needs({ folder, snapshot }: { folder: FolderStatus; snapshot: Snapshot }) {
  const problems = hindering(snapshot, folder.name)
  const kinds = [
    ['folder.stuck', problems.filter((problem) => isNotSynced(problem) && problem.code !== 'full').length],
    ['folder.away', problems.filter(isOutOfReach).length],
    ['folder.lost', problems.filter(isLost).length],
  ] as const
  return (
    <>
      <DiskFull folder={folder} snapshot={snapshot} />
      {kinds.map(([key, count]) =>
        count === 0 ? null : (
          <p key={key} className="folders-need">
            <Link href={folderAt(folder.id, 'problems')}>
              <Icon name="stop" /> {t(key, { count })}
            </Link>
          </p>
        ),
      )}
    </>
  )
}
