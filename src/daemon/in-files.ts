import type { FolderIndex } from '#db'

/** For each of packed ids: is it in a file that is on the disk, by the last look? One in the archive is not. */
export async function areInFiles(index: Pick<FolderIndex, 'locate'>, ids: Uint8Array): Promise<boolean[]> {
  return (await index.locate(ids)).map((places) => places.some(({ stat }) => stat !== null))
}
