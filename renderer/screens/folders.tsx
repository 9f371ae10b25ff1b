import type { Snapshot } from '../live/state.ts'
import { Conflicts } from '../sections/conflicts.tsx'
import { Folders } from '../sections/folders.tsx'
import { TransferList } from '../sections/transfers.tsx'

export default function FoldersScreen({ snapshot }: { snapshot: Snapshot }) {
  return (
    <>
      <Conflicts snapshot={snapshot} />
      <Folders snapshot={snapshot} />
      <TransferList snapshot={snapshot} />
    </>
  )
}
