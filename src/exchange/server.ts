import { Limiter, type Clock, type Logger } from '#base'
import { idCount, type DeviceId, type FolderId } from '#model'
import type { Link } from '#peers'
import { encodeResponseHead, UNREAD, type ChunkRequest } from './frames.ts'
import { findHere, readHere, type LocalChunk, type LocalFolder } from './local-chunks.ts'
import { SMALL_BYTES } from './pace.ts'

/** Bytes of chunks in one response frame at most, unless a single chunk is larger. */
export const RESPONSE_BYTES = 1024 * 1024
/** Requests of one device worked on at once. */
export const PARALLEL = 4
/** Requests of one device that may wait; more are not read from its link until these are done. */
export const MAX_WAITING = 32
/** A request that has waited for its turn this long is to be asked again: the device knows best what it wants first by now. */
const LONGEST_WAIT_MS = 15_000

export interface ServerParts {
  /** The folder, or null where this device has none of it, or `device` may not read it: asked on every request. */
  folderFor(folder: FolderId, device: DeviceId): LocalFolder | null
  clock: Clock
  logger: Logger
}

/** Answers one device's chunk requests out of what is here; every chunk is verified when read. */
export class ChunkServer {
  readonly #parts: ServerParts
  readonly #link: Link
  readonly #turns: Limiter
  /** What is small does not wait until what is large was sent, nor does finding out what is small. */
  readonly #smallTurns = new Limiter(PARALLEL)
  readonly #finding = new Limiter(PARALLEL)
  #requests = 0

  constructor(parts: ServerParts, link: Link, turns = new Limiter(PARALLEL)) {
    this.#parts = parts
    this.#link = link
    this.#turns = turns
  }

  /** Takes a request; the promise is pending while too many wait, so that a flood stays in the sender's buffers. */
  async accept(request: ChunkRequest): Promise<void> {
    this.#requests++
    const work = this.#attempt(request).finally(() => this.#requests--)
    if (this.#requests > MAX_WAITING) await work
  }

  async #attempt(request: ChunkRequest): Promise<void> {
    try {
      await this.#answer(request)
    } catch (error) {
      if (!this.#link.closed.aborted) this.#parts.logger.warn({ device: this.#link.device, error }, 'a chunk request failed')
      await this.#sendUnread(request).catch(() => undefined)
    }
  }

  async #answer(request: ChunkRequest): Promise<void> {
    const { number, folder, ids } = request
    const served = this.#parts.folderFor(folder, this.#link.device)
    if (served === null) return this.#send(number, 0, new Array(idCount(ids)).fill(null))
    const found = await this.#finding.run(() => findHere(served, ids))
    const bytes = found.reduce((sum, { length }) => sum + length, 0)
    if (bytes <= SMALL_BYTES) return this.#smallTurns.run(() => this.#give(request, served, found))
    const since = this.#parts.clock.monotonic()
    await this.#turns.run(() => {
      const waited = this.#parts.clock.monotonic() - since
      return waited > LONGEST_WAIT_MS ? this.#sendUnread(request) : this.#give(request, served, found)
    })
  }

  async #give({ number, ids }: ChunkRequest, served: LocalFolder, found: readonly LocalChunk[]): Promise<void> {
    const count = idCount(ids)
    let start = 0
    while (start < count) {
      let bytes = 0
      let end = start
      while (end < count && (end === start || bytes + found[end]!.length <= RESPONSE_BYTES)) bytes += found[end++]!.length
      const read = await readHere(served, ids, found, start, end)
      const chunks = read.map((bytes, at) => bytes ?? (found[start + at]!.length > 0 ? UNREAD : null))
      await this.#send(number, start, chunks)
      start = end
    }
  }

  #sendUnread({ number, ids }: ChunkRequest): Promise<void> {
    return this.#send(number, 0, new Array<Uint8Array>(idCount(ids)).fill(UNREAD))
  }

  async #send(number: number, start: number, chunks: (Uint8Array | null)[]): Promise<void> {
    await this.#link.send(encodeResponseHead({ number, start, chunks }), ...chunks.filter((chunk) => chunk !== null))
  }
}
