import type { FolderStatus } from '#api/contract'
import { coming } from '../live/on-the-way.ts'
import type { Snapshot } from '../live/state.ts'
import { size } from '../format.ts'
import { ProgressLine } from '../parts/progress.tsx'
import { t } from '../text/text.ts'

/** How much of a folder has come, as long as something is to come. */
export function FolderProgress({ folder, snapshot }: { folder: FolderStatus; snapshot: Snapshot }) {
  const { name, needBytes, needEntries } = folder
  if (needEntries === 0 || folder.path === null) return null
  const { done, left, bytesPerSecond } = coming(snapshot, folder)
  return (
    <>
      {needBytes > 0 ? (
        <ProgressLine label={t('folder.received', { folder: name })} done={done} total={done + left} rate={bytesPerSecond} />
      ) : null}
      <p className="facts">{t('folder.to-come', { count: needEntries, bytes: size(left) })}</p>
    </>
  )
}
