import { errnoOf, HoldfastError, messageOf, systemWords } from '#base'
import { chunkNamer, type FolderKeys } from '#content'
import { toHex, unpackChunks, type ChunkList } from '#model'
import { STAGED_BOUNDARIES } from './boundaries.ts'
import { kindOf, type Dir, type Filesystem, type OpenFile } from './filesystem.ts'
import type { StageFile, StageResult, StageWrite } from './folder-disk.ts'
import { MARKER } from './marker.ts'
import { Source } from './read.ts'
import { TMP, type Tree } from './tree.ts'
import { create } from './whole-file.ts'

/** Names that callers may give; our own begin with `~`. */
const STAGED_NAME = /^[A-Za-z0-9_-]{1,128}$/
/** Files open at once. */
const FLUSH_FILES = 256
const OWNER_ALL = 0o600

/** Builds files in `tmp/`. Finished files are made durable many at once, which is what makes small ones fast. */
export async function stageFiles(tree: Tree, files: readonly StageFile[], keys: FolderKeys): Promise<StageResult[]> {
  for (const { name } of files) checkStagedName(name)
  // Nothing is put into the empty directory that a disk was mounted at.
  if (tree.stat(MARKER) === undefined)
    throw new HoldfastError('blocked', 'the folder has lost its marker: it may be another directory now', {
      reason: 'marker-lost',
    })
  const tmp = tree.make(TMP)
  const nameOf = chunkNamer(keys.idKey)
  const source = new Source(tree, keys)
  const results: StageResult[] = []
  let built: Staged[] = []
  try {
    for (const file of files) {
      const staged = new Staged(tree.fs, tmp, file)
      built.push(staged)
      staged.build(nameOf, source)
      if (built.length < FLUSH_FILES) continue
      results.push(...(await settle(tree.fs, tmp, built)))
      built = []
    }
    results.push(...(await settle(tree.fs, tmp, built)))
    return results
  } finally {
    source.close()
  }
}

async function settle(fs: Filesystem, tmp: Dir, built: readonly Staged[]): Promise<StageResult[]> {
  // One handle a file: pieces of one may come as several requests.
  const flushing = new Map<string, OpenFile>()
  for (const { name, handle, isFlushed } of built) if (handle !== undefined && isFlushed) flushing.set(name, handle)
  try {
    await fs.flush([...flushing.values()])
  } catch (error) {
    // What a failed fsync left is not to be relied on, not even by a later call: it starts anew.
    for (const staged of built) if (flushing.has(staged.name)) staged.result = failed(staged.name, error, [])
    for (const name of flushing.keys()) if (fs.stat(tmp, name) !== undefined) fs.unlink(tmp, name)
  } finally {
    for (const { handle } of built) if (handle !== undefined) fs.close(handle)
  }
  return built.map(({ result }) => result)
}

class Staged {
  readonly #fs: Filesystem
  readonly #tmp: Dir
  readonly #request: StageFile
  readonly name: string
  result: StageResult
  handle: OpenFile | undefined
  /** Is what was written of it to be made durable? */
  isFlushed: boolean

  constructor(fs: Filesystem, tmp: Dir, request: StageFile) {
    this.#fs = fs
    this.#tmp = tmp
    this.#request = request
    this.name = request.name
    this.isFlushed = request.flush === true
    this.result = { ok: true, name: request.name }
  }

  build(nameOf: (bytes: Uint8Array) => string, source: Source): void {
    const { name, begun, writes, finish, drop } = this.#request
    const bad: number[] = []
    try {
      if (drop === true) {
        if (this.#fs.stat(this.#tmp, name) !== undefined) this.#fs.unlink(this.#tmp, name)
        return
      }
      const file = begun ? reopen(this.#fs, this.#tmp, name) : create(this.#fs, this.#tmp, name)
      if (file === undefined) {
        this.result = { ok: false, name, code: 'gone', bad, message: 'what was written of it is gone: it has to be begun anew' }
        return
      }
      this.handle = file
      for (const [at, write] of writes.entries()) {
        const bytes = piece(write, nameOf, source)
        if (bytes === null) {
          bad.push(at)
          continue
        }
        this.#fs.write(file, bytes, write.offset)
      }
      if (bad.length > 0) {
        const message = `${bad.length} of ${writes.length} pieces are not what their ids say`
        this.result = { ok: false, name, code: 'mismatch', bad, message }
      } else if (finish !== undefined) {
        // What this call alone wrote in full has its size already.
        if (begun) this.#fs.truncate(file, finish.size)
        else if (!isWhole(writes, finish.size)) throw new Error('its pieces do not make up the whole')
        this.#fs.setFile(file, finish.mode, finish.mtime)
        this.isFlushed = true
      }
    } catch (error) {
      this.result = failed(name, error, bad)
    }
  }
}

/** Do the writes make up a file of `size`, each byte of it once? */
function isWhole(writes: readonly StageWrite[], size: number): boolean {
  let end = 0
  for (const write of writes.toSorted((a, b) => a.offset - b.offset)) {
    if (write.offset !== end) return false
    end += 'bytes' in write ? write.bytes.length : write.length
  }
  return end === size
}

/** What is read from a file is good until the next one is. */
function piece(write: StageWrite, nameOf: (bytes: Uint8Array) => string, source: Source): Uint8Array | null {
  const id = toHex(write.id)
  if ('from' in write) return source.readOver(id, write.from.path, write.from.offset, write.length)
  return nameOf(write.bytes) === id ? write.bytes : null
}

/** Which of `chunks` the staged file holds: what was written before a crash may be torn, so each is read and verified. */
export function resumeStaged(tree: Tree, name: string, chunks: ChunkList, keys: FolderKeys): number[] {
  checkStagedName(name)
  const { fs } = tree
  const file = reopen(fs, tree.make(TMP), name)
  if (file === undefined) return []
  const nameOf = chunkNamer(keys.idKey)
  const held: number[] = []
  try {
    const { size } = fs.statFile(file)
    let offset = 0
    for (const [at, { id, length }] of unpackChunks(chunks).entries()) {
      if (offset + length > size) break
      const bytes = new Uint8Array(length)
      if (fs.read(file, bytes, offset) === length && nameOf(bytes) === id) held.push(at)
      offset += length
    }
  } finally {
    fs.close(file)
  }
  return held
}

/** Removes all from `tmp/` but for the staged files to keep, and what a scan under way writes. */
export function cleanStaged(tree: Tree, keep: ReadonlySet<string>): void {
  if (tree.stat(TMP) === undefined) return
  const tmp = tree.dir(TMP)
  for (const name of tree.fs.list(tmp)) {
    if (keep.has(name) || name.startsWith(STAGED_BOUNDARIES)) continue
    try {
      tree.fs.unlink(tmp, name)
    } catch (error) {
      // A directory is not ours; what is gone is gone.
      if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EISDIR' && errnoOf(error) !== 'EPERM') throw error
    }
  }
}

/**
 * The staged file that was begun under that name; undefined when it is gone. One with a second name was brought into place just
 * before a crash: what is written into it now would change the file there.
 */
function reopen(fs: Filesystem, tmp: Dir, name: string): OpenFile | undefined {
  const stat = fs.stat(tmp, name)
  if (stat === undefined || kindOf(stat) !== 'file' || stat.nlink > 1) return undefined
  try {
    // It was finished before, and may have permissions that keep even us from it.
    if ((stat.mode & OWNER_ALL) !== OWNER_ALL) fs.setMode(tmp, name, OWNER_ALL)
    return fs.open(tmp, name, 'write')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

export function checkStagedName(name: string): void {
  if (!STAGED_NAME.test(name)) throw new HoldfastError('internal', `${JSON.stringify(name)} is no name for a staged file`)
}

function failed(name: string, error: unknown, bad: number[]): StageResult {
  const code = errnoOf(error)
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  return {
    ok: false,
    name,
    code: isFull ? 'full' : 'io',
    bad,
    message: isFull ? 'the disk is full' : `it cannot be written: ${systemWords(code, messageOf(error))}`,
  }
}
