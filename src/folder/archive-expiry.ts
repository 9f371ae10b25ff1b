import { errnoOf, type Clock } from '#base'
import { chunkNamer, type FolderKeys } from '#content'
import { baseName, chunkBytes, parentPath, sameStat, unpackChunks } from '#model'
import { ageBy, readAges, writeAges } from './archive-ages.ts'
import { readArchivePlace } from './archive-name.ts'
import { inArchive, listArchive, removeEmptyDirectories } from './archive.ts'
import { diskStat, kindOf, type FileStat } from './filesystem.ts'
import type { ArchiveEntry, Dropped, DropRequest, Keeping } from './folder-disk.ts'
import { MARKER } from './marker.ts'
import { putNew } from './put-new.ts'
import { isMissing, type Place, type Tree } from './tree.ts'

const MAX_NAME_BYTES = 255

/** See FolderDisk.expired. */
export async function expiredArchive(tree: Tree, clock: Clock, keeping: Keeping): Promise<ArchiveEntry[]> {
  // Nothing is put into the empty directory that a disk was mounted at.
  if (tree.stat(MARKER) === undefined) return []
  const { ages, expired } = ageBy(readAges(tree), { ...keeping, wall: clock.now() }, listArchive(tree))
  await writeAges(tree, ages)
  return expired
}

/** See FolderDisk.dropArchived. */
export async function dropArchived(tree: Tree, requests: readonly DropRequest[], keys: FolderKeys): Promise<Dropped[]> {
  const nameOf = chunkNamer(keys.idKey)
  const dropped: Dropped[] = []
  for (const request of requests) {
    try {
      const late = drop(tree, request, nameOf)
      if (late !== null || request.stays !== true) dropped.push({ name: request.name, late })
    } catch (error) {
      if (isMissing(error)) dropped.push({ name: request.name, late: null })
      // Whatever else is in the way: it is tried again with the next expiry.
      else if (errnoOf(error) === undefined) throw error
    }
  }
  removeEmptyDirectories(tree)
  await tree.flush()
  return dropped
}

function drop(tree: Tree, { name, content, found, stays }: DropRequest, nameOf: (bytes: Uint8Array) => string): string | null {
  const known = readArchivePlace({ directory: parentPath(name), file: baseName(name) })
  if (known === undefined) return null
  const at = { dir: tree.dir(inArchive(parentPath(name))), name: baseName(name) }
  const stat = tree.fs.stat(at.dir, at.name)
  if (stat === undefined) return null
  // By times alone nothing is dropped: where one is wrong, what was written late stays here.
  if (stays === true && stat.mtimeMs < known.time && stat.size === content?.size) return null
  const isToRead = kindOf(stat) === 'file' && content !== null && (found === undefined || !sameStat(diskStat(stat), found))
  const isLate = isToRead && !holds(tree, at, stat, content, nameOf)
  if (stays === true && !isLate) return null
  const late = isLate ? bringBack(tree, at, known) : null
  if (!isLate) tree.fs.unlink(at.dir, at.name)
  tree.touch(at.dir)
  return late
}

/** Is the file still what it was? One of which only the size is known (it could not be read) is, if that is the same. */
function holds(
  tree: Tree,
  { dir, name }: Place,
  stat: FileStat,
  { size, chunks }: NonNullable<DropRequest['content']>,
  nameOf: (bytes: Uint8Array) => string,
): boolean {
  if (stat.size !== size) return false
  if (chunkBytes(chunks) !== size) return true
  const file = tree.fs.open(dir, name, 'read')
  try {
    let offset = 0
    return unpackChunks(chunks).every(({ id, length }) => {
      const bytes = new Uint8Array(length)
      const isWhole = tree.fs.read(file, bytes, offset) === length
      offset += length
      return isWhole && nameOf(bytes) === id
    })
  } finally {
    tree.fs.close(file)
  }
}

/** Moves the file out of the archive, beside where it was: `report.late-20260501-120000.txt`. */
function bringBack(tree: Tree, from: Place, { path, time }: { path: string; time: number }): string {
  const directory = parentPath(path)
  const dir = tree.make(directory)
  for (let number = 1; ; number++) {
    const name = lateName(baseName(path), time, number)
    try {
      putNew(tree.fs, from, { dir, name })
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') continue
      throw error
    }
    tree.touch(dir)
    return directory === '' ? name : `${directory}/${name}`
  }
}

function lateName(name: string, time: number, number: number): string {
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 && name.length - dot <= 17 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  const stamp = new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  const mark = `.late-${stamp}${number === 1 ? '' : `-${number}`}${ending}`
  let kept = ''
  for (const character of stem) {
    if (Buffer.byteLength(kept + character + mark) > MAX_NAME_BYTES) break
    kept += character
  }
  return kept + mark
}
