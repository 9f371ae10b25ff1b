import type { FolderStatus } from '#api/contract'
import type { Snapshot } from '../live/state.ts'
import { size } from '../format.ts'
import { ProgressLine } from '../parts/progress.tsx'
import { t } from '../text/text.ts'

/** How much of a folder has come, as long as something is to come. */
export function FolderProgress({ folder, snapshot }: { folder: FolderStatus; snapshot: Snapshot }) {
  const { name, bytes, needBytes, needEntries } = folder
  if (needEntries === 0 || folder.path === null) return null
  const rate = snapshot.transfers.transfers
    .filter((transfer) => transfer.folder === name && transfer.direction === 'receive')
    .reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0)
  return (
    <>
      {needBytes > 0 ? (
        <ProgressLine label={t('folder.received', { folder: name })} done={bytes} total={bytes + needBytes} rate={rate} />
      ) : null}
      <p className="facts">{t('folder.to-come', { count: needEntries, bytes: size(needBytes) })}</p>
    </>
  )
}
