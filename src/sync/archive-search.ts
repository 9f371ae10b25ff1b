import type { FolderIndex } from '#db'
import type { ArchiveEntry, FolderDisk } from '#folder'
import { ARCHIVE_DIRECTORY } from '#model'

/** Files read in one call. */
const PAGE = 16
const NO_STAT = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }

/**
 * Takes note of what is in the archive without the index knowing: a crash came between a transition and its commit, or the
 * database is a new or an old one. Each such file is read once. Ends early, without harm, when `signal` aborts.
 */
export async function findArchived(
  {
    index,
    disk,
  }: { index: Pick<FolderIndex, 'isArchived' | 'chunkers' | 'commit'>; disk: Pick<FolderDisk, 'archived' | 'hash'> },
  signal: AbortSignal,
): Promise<void> {
  const entries = await disk.archived()
  const known = entries.length === 0 ? [] : await index.isArchived(entries.map(({ name }) => name))
  const unknown = entries.filter((_, at) => known[at] !== true)
  for (let at = 0; at < unknown.length && !signal.aborted; at += PAGE) await note({ index, disk }, unknown.slice(at, at + PAGE))
}

async function note({ index, disk }: Parameters<typeof findArchived>[0], entries: ArchiveEntry[]): Promise<void> {
  const chunkers = await index.chunkers(entries.map(({ path }) => path))
  const requests = entries.map(({ name, size }, at) => ({
    path: `${ARCHIVE_DIRECTORY}/${name}`,
    stat: { ...NO_STAT, size },
    chunker: chunkers[at] ?? null,
  }))
  const results = await disk.hash(requests)
  // What cannot be read, a symlink for one, is noted without chunks, so that it is not tried at each start.
  const archived = entries.map((entry, at) => {
    const result = results[at]
    return { ...entry, version: null, chunks: result?.ok === true ? result.chunks : new Uint8Array(0) }
  })
  await index.commit({ shown: [], gone: [], done: [], again: [], archived })
}
