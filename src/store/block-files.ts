import { constants } from 'node:fs'
import { lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FsBlockstore } from 'blockstore-fs'
import { errnoOf, makeDirectories } from '#base'
import { cidOf, digestOf } from './cid.ts'
import { shards } from './shards.ts'

/** Writes and flushes at once; more are no faster. */
const PARALLEL = 8
/** The library writes a block here first; what is left of that is of a write that did not end. */
const UNFINISHED = /^\..*\.tmp$/
/** A CIDv1 in base32, of raw bytes by their SHA-256. */
const BLOCK = /^bafkrei[a-z2-7]{52}\.block$/

/** Neither goes through a link nor waits for whoever writes to a pipe. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
/** At a block's place is no file that this device may read: that is the block's damage, not the disk's. */
const NO_FILE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENXIO', 'EACCES', 'EPERM'])

/**
 * Large blocks, each in a file, by `blockstore-fs` with what it leaves out: blocks are flushed before they count, and failures say
 * what they are. A crash may leave files that nobody was told of.
 */
export class BlockFiles {
  readonly #directory: string
  #files: Promise<FsBlockstore> | undefined
  /** Directories whose own names have been flushed. */
  readonly #known = new Set<string>()

  constructor(directory: string) {
    makeDirectories(directory, 0o700)
    this.#directory = directory
  }

  /** Loaded when a block is first written: most threads that know of it never write one. */
  #library(): Promise<FsBlockstore> {
    const open = async (): Promise<FsBlockstore> =>
      new (await import('blockstore-fs')).FsBlockstore(this.#directory, { shardingStrategy: shards })
    return (this.#files ??= open())
  }

  /** Writes blocks over whatever is there by their names; they are durable when this resolves. No digest may be there twice. */
  async write(blocks: readonly { digest: Uint8Array; bytes: Uint8Array }[]): Promise<void> {
    const places = blocks.map(({ digest }) => this.#placeOf(digest))
    const files = await this.#library()
    await eachOf(blocks, async ({ digest, bytes }, at) => {
      const put = async (): Promise<unknown> => files.put(cidOf(digest), bytes)
      await put()
        .catch(async (error: unknown) => ((await this.#clear(places[at]!)) ? put() : Promise.reject(error)))
        .catch((error: unknown) => Promise.reject(this.#failure(error)))
      await flush(places[at]!.file)
    })
    const directories = new Set(places.map(({ directory }) => directory))
    const isNew = [...directories].some((directory) => !this.#known.has(directory))
    await eachOf([...directories, ...(isNew ? [this.#directory] : [])], flush)
    for (const directory of directories) this.#known.add(directory)
  }

  /** null: there is no file that can be read. What is in it is not looked at. Rejects where the disk fails. */
  async read(digest: Uint8Array): Promise<Uint8Array | null> {
    try {
      const handle = await open(this.#placeOf(digest).file, READ)
      try {
        return (await handle.stat()).isFile() ? await handle.readFile() : null
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (NO_FILE.has(errnoOf(error) ?? '')) return null
      throw this.#failure(error)
    }
  }

  /** How long a block's file is, bytes; null as in `read`. */
  async length(digest: Uint8Array): Promise<number | null> {
    try {
      const found = await lstat(this.#placeOf(digest).file)
      return found.isFile() ? found.size : null
    } catch (error) {
      if (NO_FILE.has(errnoOf(error) ?? '')) return null
      throw this.#failure(error)
    }
  }

  /** Those that are not there are passed over. */
  async remove(digests: readonly Uint8Array[]): Promise<void> {
    const files = await this.#library()
    await eachOf(digests, (digest) =>
      Promise.resolve(files.delete(cidOf(digest))).catch(async (error: unknown) => {
        if (!(await this.#clear(this.#placeOf(digest)))) throw this.#failure(error)
      }),
    )
  }

  /** The names of the directories that files are in, sorted. */
  async directories(): Promise<string[]> {
    const entries = await readdir(this.#directory, { withFileTypes: true })
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted()
  }

  /** The files in one of the directories; the digest is null where a write did not end. What else is there is passed over. */
  async in(directory: string): Promise<{ path: string; digest: Uint8Array | null }[]> {
    const found: { path: string; digest: Uint8Array | null }[] = []
    for (const entry of await readdir(join(this.#directory, directory), { withFileTypes: true })) {
      const { name } = entry
      const path = join(this.#directory, directory, name)
      if (!entry.isFile()) continue
      if (UNFINISHED.test(name)) found.push({ path, digest: null })
      else if (BLOCK.test(name)) found.push({ path, digest: digestOf(shards.decode(name)) })
    }
    return found
  }

  /** Removes a file that was written before `before` (ms), and gives its bytes; null where it is younger, or not there. */
  async removeOld(path: string, before: number): Promise<number | null> {
    const found = await lstat(path).catch(() => null)
    if (found === null || found.mtimeMs >= before) return null
    await rm(path, { force: true })
    return found.size
  }

  /**
   * Moves out of the way what keeps a block from being written or removed: a directory of its name, or a file in the place of the
   * directory that it is to be in. False where nothing of the kind is there.
   */
  async #clear({ directory, file }: { directory: string; file: string }): Promise<boolean> {
    const parent = await lstat(directory).catch(() => null)
    if (parent !== null && !parent.isDirectory()) return moveAside(directory)
    const entry = await lstat(file).catch(() => null)
    return entry?.isDirectory() === true && moveAside(file)
  }

  #placeOf(digest: Uint8Array): { directory: string; file: string } {
    const { dir, file } = shards.encode(cidOf(digest))
    const directory = join(this.#directory, dir)
    return { directory, file: join(directory, file) }
  }

  /** The library puts the system's error into words; its code is in them. */
  #failure(error: unknown): Error {
    const code = /\b(E[A-Z0-9]{2,})\b/.exec(String(error))?.[1]
    return Object.assign(new Error(`a block cannot be stored or read: ${String(error)}`, { cause: error }), {
      ...(code !== undefined && { code }),
      path: this.#directory,
    })
  }
}

/** To a name that is no block's, and free. */
async function moveAside(path: string): Promise<true> {
  let n = 1
  while ((await lstat(`${path}.aside-${n}`).catch(() => null)) !== null) n++
  await rename(path, `${path}.aside-${n}`)
  return true
}

async function flush(path: string): Promise<void> {
  // Directories cannot be opened on Windows, and need not be flushed there.
  if (process.platform === 'win32' && !path.endsWith(shards.extension)) return
  const file = await open(path, process.platform === 'win32' ? 'r+' : 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** All of them, some at once; rejects with the first failure when all have ended. */
async function eachOf<T>(items: readonly T[], work: (item: T, at: number) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++
      await work(items[at]!, at).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
}
