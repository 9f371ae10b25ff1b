import type { FolderDisk } from '#folder'

/** Does that disk fold case? What is usual on the platform where the folder's root is not there to be tried. */
export async function foldsCase(disk: FolderDisk | null): Promise<boolean> {
  if (disk === null) return false
  return disk.space().then(
    (space) => space.foldsCase,
    () => process.platform !== 'linux',
  )
}
