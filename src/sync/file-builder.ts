import { HoldfastError, type Clock } from '#base'
import type { Exchange } from '#exchange'
import type { FolderDisk, StageFile } from '#folder'
import type { ChunkList, DeviceId, FolderId, Version } from '#model'
import type { FolderChunks } from '#store'
import { all, allSources } from './all-sources.ts'
import { ChunkSources, TRIES, type ChunkSource } from './chunk-sources.ts'
import type { ChunkPlaces } from './page-plan.ts'
import { PlacedChunks } from './placed-chunks.ts'
import { RecentRate } from './recent-rate.ts'
import { Stager } from './stager.ts'

/** A file up to this size is staged in one piece, its flush shared with others. */
export const SMALL_FILE = 1024 * 1024
/** A file of more chunks than this may have been begun before an interruption. */
const RESUMABLE_CHUNKS = 8
/** Chunks of one file looked for at once. */
const WINDOW = 24

/** A file on its way to this disk. */
export interface Transfer {
  path: string
  size: number
  /** Bytes staged. */
  done: number
  /** Bytes a second, lately. */
  rate: number
  /** Whom its chunks come from, so far. */
  devices: DeviceId[]
}

interface Progress extends Omit<Transfer, 'rate'> {
  /** Bytes staged since it began this time. */
  fetched: number
  meter: RecentRate
}

export interface BuilderParts {
  folder: FolderId
  disk: Pick<FolderDisk, 'stage' | 'resume' | 'cleanStage'>
  exchange: Pick<Exchange, 'fetch' | 'strike'>
  store: Pick<FolderChunks, 'read'> | null
  /** What others are staging. */
  staged?: ReadonlySet<string>
  clock: Clock
}

type Check = () => Promise<void>

/** Builds files in the stage out of chunks found on this disk or in the store, and fetched from devices where they are not. */
export class FileBuilder {
  readonly #parts: BuilderParts
  readonly #stager: Stager
  readonly #sources: ChunkSources
  /** What is in work: being staged, or staged and to be placed; by version. */
  readonly #transfers = new Map<string, Progress>()
  /** Versions that are staged whole and were not placed yet. */
  readonly #built = new Set<string>()
  #copying = 0
  /** Set while staged files are being removed: none is begun meanwhile. */
  #cleaning: Promise<void> | null = null

  constructor(parts: BuilderParts) {
    this.#parts = parts
    this.#stager = new Stager(parts.disk)
    this.#sources = new ChunkSources(parts)
  }

  get transfers(): Transfer[] {
    const now = this.#parts.clock.monotonic()
    return [...this.#transfers.values()].map(({ path, size, done, fetched, meter, devices }) => ({
      path,
      size,
      done,
      rate: meter.read(fetched, now),
      devices: [...devices],
    }))
  }

  /** True while files of the folder are being copied from: nothing is to be removed meanwhile. */
  get copying(): boolean {
    return this.#copying > 0
  }

  /**
   * Stages `version` under its id, complete and flushed. `list` are the file's own chunks, `places` where each may lie on this
   * device. Throws `not-found` when a chunk can be had nowhere now (what was staged stays for the next try), `full`, what the disk
   * says, or what `check` rejects with, which is awaited before each chunk of a large file. In work until `release`.
   */
  async build(
    version: Version,
    list: ChunkList,
    places: ChunkPlaces,
    signal: AbortSignal,
    check: Check = unchecked,
  ): Promise<void> {
    if (this.#built.has(version.id)) {
      this.#begin(version).done = version.size
      return
    }
    while (this.#cleaning !== null) await this.#cleaning
    // Somebody may remove a staged file while it is built: it is begun anew then.
    for (let tries = 1; ; tries++) {
      try {
        return await this.#build(version, list, places, signal, check)
      } catch (error) {
        if (!(error instanceof StagedGone) || tries === TRIES) throw error
      }
    }
  }

  /** Removes what is staged but for what is in work, and the versions to `keep`. */
  async clean(keep: readonly string[]): Promise<void> {
    let done = (): void => undefined
    try {
      await this.#parts.disk.cleanStage(() => {
        this.#cleaning = new Promise((resolve) => (done = resolve))
        const kept = new Set([...keep, ...(this.#parts.staged ?? []), ...this.#transfers.keys()])
        for (const id of this.#built) if (!kept.has(id)) this.#built.delete(id)
        return [...kept]
      })
    } finally {
      this.#cleaning = null
      done()
    }
  }

  async #build(version: Version, list: ChunkList, places: ChunkPlaces, signal: AbortSignal, check: Check): Promise<void> {
    const transfer = this.#begin(version)
    let copies = false
    try {
      const chunks = new PlacedChunks(list)
      copies = places.any
      if (copies) this.#copying++
      const finish = { size: version.size, mode: version.mode, mtime: version.mtime }
      if (version.size <= SMALL_FILE) {
        await this.#whole(version.id, chunks, places, finish, signal)
        transfer.done = version.size
        this.#built.add(version.id)
        return
      }
      const present = new Set(chunks.count > RESUMABLE_CHUNKS ? await this.#parts.disk.resume(version.id, list) : [])
      if (present.size === 0) await this.#stage({ name: version.id, begun: false, writes: [] })
      for (const at of present) transfer.done += chunks.at(at).length
      await this.#pieces(version.id, chunks, places, present, transfer, signal, check)
      await this.#stage({ name: version.id, begun: true, writes: [], finish })
      this.#built.add(version.id)
    } catch (error) {
      this.#transfers.delete(version.id)
      throw error
    } finally {
      if (copies) this.#copying--
    }
  }

  #begin({ id, path, size }: Version): Progress {
    const meter = new RecentRate(this.#parts.clock.monotonic())
    const transfer: Progress = { path, size, done: 0, fetched: 0, meter, devices: [] }
    this.#transfers.set(id, transfer)
    return transfer
  }

  /** A built file has been placed (or given up). */
  forget(id: string): void {
    this.#built.delete(id)
    this.release(id)
  }

  /** Bytes of a version in work that are staged by now. */
  done(id: string): number {
    return this.#transfers.get(id)?.done ?? 0
  }

  /** Bytes of a version that lie in the stage, as far as they are good; read for it. */
  async staged({ id, size }: Version, list: ChunkList): Promise<number> {
    if (this.#built.has(id)) return size
    const chunks = new PlacedChunks(list)
    return (await this.#parts.disk.resume(id, list)).reduce((sum, at) => sum + chunks.at(at).length, 0)
  }

  /** Gives the room of what was staged of a version back to the disk; what is full may fail at that, too. */
  async drop(id: string): Promise<void> {
    this.#built.delete(id)
    await this.#stager.stage({ name: id, begun: false, writes: [] })
  }

  /** Nothing works on it any more; what was staged serves the next try, as long as somebody wants it. */
  release(id: string): void {
    this.#transfers.delete(id)
  }

  async #whole(
    name: string,
    chunks: PlacedChunks,
    places: ChunkPlaces,
    finish: NonNullable<StageFile['finish']>,
    signal: AbortSignal,
  ): Promise<void> {
    const tries = new Uint8Array(chunks.count)
    for (;;) {
      const sources = await allSources(
        Array.from(chunks, (chunk, at) => this.#sources.of(chunk, at, places, tries[at] ?? 0, signal)),
      )
      const bad = await this.#put({ name, begun: false, finish }, sources)
      if (bad.length === 0) return
      for (const at of bad) tries[at] = (tries[at] ?? 0) + 1
    }
  }

  async #pieces(
    name: string,
    chunks: PlacedChunks,
    places: ChunkPlaces,
    present: Set<number>,
    transfer: Progress,
    signal: AbortSignal,
    check: Check,
  ): Promise<void> {
    let next = 0
    const stop = new AbortController()
    const both = AbortSignal.any([signal, stop.signal])
    const worker = async (): Promise<void> => {
      for (let at = next++; at < chunks.count; at = next++) {
        if (present.has(at)) continue
        const chunk = chunks.at(at)
        await check()
        for (let tries = 0; ; tries++) {
          const source = await this.#sources.of(chunk, at, places, tries, both)
          if ((await this.#put({ name, begun: true }, [source])).length > 0) continue
          if (source.device !== null && !transfer.devices.includes(source.device)) transfer.devices.push(source.device)
          break
        }
        transfer.done += chunk.length
        transfer.fetched += chunk.length
      }
    }
    await all(
      Array.from({ length: WINDOW }, () =>
        worker().catch((error: unknown) => {
          stop.abort(error)
          throw error
        }),
      ),
    )
  }

  /** Stages what was got; resolves to the indexes of those whose bytes were wrong. */
  async #put(file: Omit<StageFile, 'writes'>, sources: ChunkSource[]): Promise<number[]> {
    try {
      const bad = await this.#stage({ ...file, writes: sources.map(({ write }) => write) })
      for (const at of bad) {
        const device = sources[at]?.device ?? null
        if (device !== null) this.#parts.exchange.strike(device)
      }
      return bad
    } finally {
      for (const { release } of sources) release()
    }
  }

  async #stage(file: StageFile): Promise<number[]> {
    const result = await this.#stager.stage(file)
    if (result.ok) return []
    if (result.code === 'mismatch') return result.bad
    if (result.code === 'gone') throw new StagedGone('internal', result.message)
    throw new HoldfastError(result.code === 'full' ? 'full' : 'internal', result.message)
  }
}

const unchecked: Check = () => Promise.resolve()

/** Thrown when what was staged of a file is no longer there. */
class StagedGone extends HoldfastError {}
