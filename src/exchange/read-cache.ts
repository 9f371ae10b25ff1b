import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Queue, type Clock, type Logger } from '#base'
import type { ChunkId, FolderId } from '#model'

/** A chunk on its way into the cache. */
const DRAFT = '.new'
const CHUNK_NAME = /^[0-9a-f]{64}$/

export interface ReadCacheParts {
  clock: Clock
  logger: Logger
}

export interface ReadCacheOptions {
  /** Absolute; made when it is first needed. */
  directory: string
  /** Bytes of chunks at most, asked whenever something is put in. */
  limit(): number
}

/** What was fetched lately of one folder. The bytes are as they are in the file: whoever reads them verifies them. */
export interface ChunkCache {
  get(id: ChunkId): Promise<Uint8Array | null>
  has(id: ChunkId): Promise<boolean>
  /** Never rejects: a cache that cannot be written keeps less. */
  put(id: ChunkId, bytes: Uint8Array): Promise<void>
  /** What is there under this id is not what it should be. */
  drop(id: ChunkId): Promise<void>
}

/**
 * Chunks that were fetched to be read, for all folders together, in files by their ids: as many as the limit lets, what was read longest
 * ago goes first. A file's time is when it was read last, so the order outlives a restart. Nothing relies on what is in it: it is not
 * flushed, and may be removed whole while no daemon runs.
 */
export class ReadCache {
  readonly #parts: ReadCacheParts
  readonly #options: ReadCacheOptions
  /** What is there, by its place below the directory, with its length: what was read longest ago first. */
  #known: Promise<Map<string, number>> | null = null
  #bytes = 0
  readonly #changes = new Queue()

  constructor(parts: ReadCacheParts, options: ReadCacheOptions) {
    this.#parts = parts
    this.#options = options
  }

  of(folder: FolderId): ChunkCache {
    const place = (id: ChunkId): string => join(folder, id.slice(0, 2), id)
    return {
      get: (id) => this.#get(place(id)),
      has: async (id) => (await this.#load()).has(place(id)),
      put: (id, bytes) => this.#changes.run(() => this.#put(place(id), bytes)).catch((error: unknown) => this.#failed(error)),
      drop: (id) => this.#changes.run(() => this.#drop(place(id))).catch((error: unknown) => this.#failed(error)),
    }
  }

  /** Bytes of chunks in it. */
  async size(): Promise<number> {
    await this.#load()
    return this.#bytes
  }

  /** Goes down to the limit, which may be a lower one by now. */
  trim(): Promise<void> {
    return this.#changes.run(() => this.#makeRoom(0))
  }

  /** Removes all of a folder. */
  forget(folder: FolderId): Promise<void> {
    return this.#changes.run(async () => {
      const known = await this.#load()
      for (const place of [...known.keys()]) if (place.startsWith(join(folder, '/'))) this.#leave(known, place)
      await rm(join(this.#options.directory, folder), { recursive: true, force: true })
    })
  }

  async #get(place: string): Promise<Uint8Array | null> {
    const known = await this.#load()
    const length = known.get(place)
    if (length === undefined) return null
    const file = join(this.#options.directory, place)
    try {
      const bytes = await readFile(file)
      if (known.delete(place)) known.set(place, length)
      await this.#touch(file)
      return bytes
    } catch (error) {
      this.#failed(error)
      return null
    }
  }

  async #put(place: string, bytes: Uint8Array): Promise<void> {
    const known = await this.#load()
    if (known.has(place) || bytes.length > this.#options.limit()) return
    await this.#makeRoom(bytes.length)
    const file = join(this.#options.directory, place)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    try {
      await writeFile(file + DRAFT, bytes, { mode: 0o600 })
      await this.#touch(file + DRAFT)
      await rename(file + DRAFT, file)
    } catch (error) {
      await rm(file + DRAFT, { force: true })
      throw error
    }
    known.set(place, bytes.length)
    this.#bytes += bytes.length
  }

  async #touch(file: string): Promise<void> {
    const now = this.#parts.clock.now() / 1000
    await utimes(file, now, now)
  }

  async #makeRoom(bytes: number): Promise<void> {
    const known = await this.#load()
    for (const place of known.keys()) {
      if (this.#bytes + bytes <= this.#options.limit()) return
      await this.#drop(place)
    }
  }

  async #drop(place: string): Promise<void> {
    this.#leave(await this.#load(), place)
    await rm(join(this.#options.directory, place), { force: true })
  }

  #leave(known: Map<string, number>, place: string): void {
    this.#bytes -= known.get(place) ?? 0
    known.delete(place)
  }

  #load(): Promise<Map<string, number>> {
    this.#known ??= this.#look()
    return this.#known
  }

  /** What earlier runs left; what they did not finish goes. */
  async #look(): Promise<Map<string, number>> {
    const { directory } = this.#options
    const found: { place: string; time: number; size: number }[] = []
    const names = await readdir(directory, { recursive: true }).catch(() => [])
    for (const place of names) {
      if (place.endsWith(DRAFT)) await rm(join(directory, place), { force: true }).catch(() => undefined)
      if (!CHUNK_NAME.test(place.slice(-64))) continue
      const { mtimeMs: time, size } = await stat(join(directory, place)).catch(() => ({ mtimeMs: 0, size: -1 }))
      if (size >= 0) found.push({ place, time, size })
    }
    this.#bytes = found.reduce((sum, { size }) => sum + size, 0)
    return new Map(found.toSorted((a, b) => a.time - b.time).map(({ place, size }) => [place, size]))
  }

  #failed(error: unknown): void {
    this.#parts.logger.debug({ error }, 'the cache could not be used')
  }
}
