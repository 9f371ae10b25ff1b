import type { Logger } from '#base'
import type { ArchivedVersion, FolderIndex, StoredFolder } from '#db'
import type { FolderDisk } from '#folder'
import { ARCHIVE_DIRECTORY, sameBytes } from '#model'
import type { FolderSync } from '#sync'
import type { FolderKeeping } from './folder-keeping.ts'

/** Looked at in one call. */
const PAGE = 256
const NO_STAT = { mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }

/** A folder; null is what it lacks, or while it is not open. */
export interface ArchiveFolder {
  stored: Pick<StoredFolder, 'id' | 'marker'>
  index: Pick<FolderIndex, 'archivedAfter' | 'archivedNamed' | 'forgetArchived' | 'keeping'> | null
  disk: Pick<FolderDisk, 'check' | 'hash' | 'dropArchived'> | null
  keeping: Pick<FolderKeeping, 'isKept' | 'isStored'> | null
  sync: Pick<FolderSync, 'hint'> | null
}

export interface DropOptions {
  now: number
  /** What is younger stays, ms. */
  rest: number
  /** Only tells what would be dropped. */
  isDry: boolean
  logger: Logger
  /** Called between pieces of work: it rests, and rejects to stop there. */
  step(): Promise<void>
}

export interface DroppedFiles {
  files: number
  bytes: number
}

/**
 * Drops from a folder's archive what its stores have as well, file by file: each is read before, and what a program wrote to late goes back
 * into the tree. Where it is stopped, the next run begins anew: what was dropped is not met again.
 */
export async function dropStored(folder: ArchiveFolder, { now, rest, isDry, logger, step }: DropOptions): Promise<DroppedFiles> {
  const total: DroppedFiles = { files: 0, bytes: 0 }
  for (let after = 0; ;) {
    const { index, disk, stored } = folder
    // On another disk than the folder's the names stand for nothing.
    if (index === null || disk === null || stored.marker === null || !(await disk.check(stored.marker)).ok) return total
    const page = await index.archivedAfter(after, PAGE)
    const last = page.at(-1)
    if (last === undefined) return total
    after = last.number
    for (const file of page) {
      if (now - file.time < rest || !(await isStored(folder, file))) continue
      if (isDry || (await drop(folder, file, logger))) {
        total.files++
        total.bytes += file.size
      }
      await step()
    }
    await step()
  }
}

/** Of files in the archive, by name, those that a folder with history is to keep however old they are: nobody may have that content else. */
export async function onlyInArchive(
  folder: Pick<ArchiveFolder, 'index' | 'keeping'>,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const only = new Set<string>()
  if (folder.keeping?.isKept !== true) return only
  for (const file of (await folder.index?.archivedNamed(names)) ?? []) {
    const isNeeded = file !== null && file.of !== null && !file.of.isForgotten
    if (isNeeded && !(await isStored(folder, file))) only.add(file.name)
  }
  return only
}

/** Has everybody what is to be had of the version that a file in the archive was, or does nobody need it any more? */
async function isStored(
  { index, keeping }: Pick<ArchiveFolder, 'index' | 'keeping'>,
  { of, chunks }: ArchivedVersion,
): Promise<boolean> {
  if (keeping?.isKept !== true || of === null) return false
  // A version that is to be kept, and is not yet, may share chunks with one that was forgotten.
  if (of.isForgotten) return (await index?.keeping()) === 0
  return keeping.isStored({ ...of, chunks })
}

/** Drops a file whose content is still what it was when it came to the archive. */
async function drop({ index, disk, sync, stored }: ArchiveFolder, file: ArchivedVersion, logger: Logger): Promise<boolean> {
  const { name, size, chunks, of } = file
  // It is read while the tree may be changed: what is found unchanged after that needs no second reading then.
  const request = { path: `${ARCHIVE_DIRECTORY}/${name}`, stat: { ...NO_STAT, size } }
  const [read] = of?.version.kind === 'file' ? ((await disk?.hash([{ ...request, chunker: of.version.chunker }])) ?? []) : []
  if (read?.ok === false && read.code !== 'gone') return false
  const found = read?.ok === true && sameBytes(read.chunks, chunks) ? read.stat : null
  const [dropped] = (await disk?.dropArchived([{ name, content: { size, chunks }, ...(found !== null && { found }) }])) ?? []
  if (dropped === undefined) return false
  await index?.forgetArchived([name])
  if (dropped.late === null) return true
  logger.info({ folder: stored.id, path: dropped.late }, 'a file was written to after it was replaced, and is back in the folder')
  sync?.hint([dropped.late])
  return false
}
