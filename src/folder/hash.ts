import { errnoOf, messageOf, microsecondsIn, systemWords } from '#base'
import { chooseChunker, cutManifest, type ContentHasher, type FolderKeys } from '#content'
import { chunkCount, inRecords, MAX_INLINE_CHUNKS, sameStat, type DiskStat } from '#model'
import { COARSEST_MS, UNSETTLED } from './expected.ts'
import { diskStat, type Filesystem, type FileStat, type OpenFile } from './filesystem.ts'
import type { HashRequest, HashResult } from './folder-disk.ts'
import type { FilePart, PartRequest } from './large-file.ts'
import { sourceFault } from './read.ts'
import { isMissing, TMP, type Tree } from './tree.ts'
import { withProbe } from './whole-file.ts'

const ATTEMPTS = 2

/**
 * Cuts and hashes files, each in one pass between two looks at its stat.
 *
 * A write that comes right after could fall into the same tick of the disk's clock and leave the stat as it was. So a file
 * that was not written earlier, by the disk's own clock, than a probe file made before the first read is reported with a
 * change time of -1: it never compares equal, and the next scan that comes by reads it again. This needs no knowledge of the
 * disk's granularity, nor that its clock be ours.
 */
export function hashFiles(tree: Tree, files: readonly HashRequest[], hasher: ContentHasher, keys: FolderKeys): HashResult[] {
  const now = diskTime(tree)
  return files.map((file) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = hashOnce(tree, file, hasher, keys, now)
        if (result !== undefined) return result
      } catch (error) {
        return failure(file.path, error)
      }
      if (attempt === ATTEMPTS)
        return { ok: false, path: file.path, code: 'changing', message: 'it kept changing while it was read' }
    }
  })
}

/** Cuts and hashes a part of a file; undefined where the file changed meanwhile. */
export function hashPart(tree: Tree, request: PartRequest, hasher: ContentHasher, keys: FolderKeys): FilePart | undefined {
  try {
    return cutOnce(tree, request, hasher, keys, diskTime(tree))
  } catch (error) {
    return failure(request.path, error)
  }
}

/** Undefined when the file changed meanwhile. */
function hashOnce(
  tree: Tree,
  request: HashRequest,
  hasher: ContentHasher,
  keys: FolderKeys,
  now: number,
): HashResult | undefined {
  const part = cutOnce(tree, { ...request, from: 0, to: Infinity }, hasher, keys, now)
  if (part?.ok !== true) return part
  const { path, stat, mtime, chunker, chunks, end: size } = part
  const result = { ok: true, path, stat, mtime, chunker, size, chunks } as const
  return chunkCount(chunks) <= MAX_INLINE_CHUNKS ? result : { ...result, manifest: cutManifest(hasher, chunks, keys) }
}

/** Undefined when the file changed meanwhile. */
function cutOnce(
  tree: Tree,
  { path, chunker: previous, from, to }: PartRequest,
  hasher: ContentHasher,
  keys: FolderKeys,
  now: number,
): FilePart | undefined {
  const fault = sourceFault(path)
  if (fault !== undefined) return { ok: false, path, code: 'unreadable', message: `its path is refused: ${fault}` }
  const { fs } = tree
  const { dir, name } = tree.place(path)
  const file = fs.open(dir, name, 'read')
  try {
    const before = fs.statFile(file)
    const chunker = chooseChunker(path, before.size, previous)
    const { chunks, size } = hasher.hash(reader(fs, file, from, before.size), keys, chunker, to - from)
    const after = fs.statFile(file)
    const [found, end] = [diskStat(after), from + size]
    if ((end < to && end !== after.size) || !sameStat(diskStat(before), found)) return undefined
    const mtime = inRecords(after.mtimeUs ?? microsecondsIn(after.mtimeMs))
    return { ok: true, path, found, stat: settled(tree, after, now), mtime, chunker, chunks, end }
  } finally {
    fs.close(file)
  }
}

/** Reads on from `from` up to the size the file had at first; if it has another one now, its stat tells. */
function reader(fs: Filesystem, file: OpenFile, from: number, size: number): (into: Uint8Array) => number {
  let at = Math.min(from, size)
  return (into) => {
    const count = fs.read(file, into.subarray(0, Math.min(into.length, size - at)), at)
    at += count
    return count
  }
}

/** A time that the disk's clock has not come to when all is read is from before that was set back: no write since has had it. */
function settled(tree: Tree, stat: FileStat, now: number): DiskStat {
  const entry = diskStat(stat)
  const time = writeTime(stat)
  return time < now || time > diskTime(tree) + COARSEST_MS ? entry : { ...entry, ctimeMs: UNSETTLED }
}

/** The time of a file made now. */
function diskTime(tree: Tree): number {
  return withProbe(tree.fs, tree.make(TMP), 'clock', (file) => writeTime(tree.fs.statFile(file)))
}

function writeTime(stat: FileStat): number {
  return stat.ctimeMs > 0 ? stat.ctimeMs : stat.mtimeMs
}

function failure(path: string, error: unknown): Extract<HashResult, { ok: false }> {
  if (isMissing(error)) return { ok: false, path, code: 'gone', message: 'it is no longer there' }
  const code = errnoOf(error)
  if (code === 'EISDIR' || code === 'ENXIO') return { ok: false, path, code: 'changing', message: 'it is no longer a file' }
  return { ok: false, path, code: 'unreadable', message: `it cannot be read: ${systemWords(code, messageOf(error))}` }
}
