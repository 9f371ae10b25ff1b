import { open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FsBlockstore } from 'blockstore-fs'
import { makeDirectories } from '#base'
import { cidOf } from './cid.ts'
import { shards } from './shards.ts'

/** Writes and flushes at once; more are no faster. */
const PARALLEL = 8
/** The library writes a block here first; what is left of that is of a write that did not end. */
const UNFINISHED = /^\..*\.tmp$/

/**
 * Large blocks, each in a file, by `blockstore-fs` with what it leaves out: blocks are flushed before they count, and failures say
 * what they are. A crash may leave files that nobody was told of.
 */
export class BlockFiles {
  readonly #directory: string
  readonly #files: FsBlockstore
  /** Directories whose own names have been flushed. */
  readonly #known = new Set<string>()

  constructor(directory: string) {
    makeDirectories(directory, 0o700)
    this.#directory = directory
    this.#files = new FsBlockstore(directory, { shardingStrategy: shards })
  }

  /** Writes blocks over whatever is there by their names; they are durable when this resolves. No digest may be there twice. */
  async write(blocks: readonly { digest: Uint8Array; bytes: Uint8Array }[]): Promise<void> {
    const places = blocks.map(({ digest }) => this.#placeOf(digest))
    await eachOf(blocks, async ({ digest, bytes }, at) => {
      await this.#files.put(cidOf(digest), bytes).catch((error: unknown) => Promise.reject(this.#failure(error)))
      await flush(places[at]!.file)
    })
    const directories = new Set(places.map(({ directory }) => directory))
    const isNew = [...directories].some((directory) => !this.#known.has(directory))
    await eachOf([...directories, ...(isNew ? [this.#directory] : [])], flush)
    for (const directory of directories) this.#known.add(directory)
  }

  /** null: no such file. What is in it is not looked at. */
  async read(digest: Uint8Array): Promise<Uint8Array | null> {
    const pieces: Uint8Array[] = []
    try {
      for await (const piece of this.#files.get(cidOf(digest))) pieces.push(piece)
    } catch (error) {
      // The library says NotFoundError whatever happened.
      const failure = this.#failure(error)
      if ('code' in failure && failure.code === 'ENOENT') return null
      throw failure
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  }

  /** Those that are not there are passed over. */
  async remove(digests: readonly Uint8Array[]): Promise<void> {
    await eachOf(digests, (digest) =>
      Promise.resolve(this.#files.delete(cidOf(digest))).catch((error: unknown) => Promise.reject(this.#failure(error))),
    )
  }

  /**
   * The digests of all files, in no order. Removes what writes that did not end have left, unless it is to leave it (`untouched`); to be
   * called while none is under way.
   */
  async *all({ untouched = false } = {}): AsyncGenerator<Uint8Array> {
    for (const directory of await readdir(this.#directory)) {
      for (const name of await readdir(join(this.#directory, directory)).catch(() => [])) {
        if (untouched && !name.endsWith(shards.extension)) continue
        if (UNFINISHED.test(name)) await rm(join(this.#directory, directory, name), { force: true })
        else if (name.endsWith(shards.extension)) yield shards.decode(name).multihash.digest
      }
    }
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
