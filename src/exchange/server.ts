import { Limiter, type Logger } from '#base'
import { idCount, type DeviceId, type FolderId } from '#model'
import type { Link } from '#peers'
import { encodeResponseHead, UNREAD, type ChunkRequest } from './frames.ts'
import { findHere, readHere, type LocalFolder } from './local-chunks.ts'

/** Bytes of chunks in one response frame at most, unless a single chunk is larger. */
export const RESPONSE_BYTES = 1024 * 1024
/** Requests of one device worked on at once. */
export const PARALLEL = 4
/** Requests of one device that may wait; more are not read from its link until these are done. */
export const MAX_WAITING = 32

export interface ServerParts {
  /** The folder, or null where this device has none of it, or `device` may not read it: asked on every request. */
  folderFor(folder: FolderId, device: DeviceId): LocalFolder | null
  logger: Logger
}

/** Answers one device's chunk requests out of what is here; every chunk is verified when read. */
export class ChunkServer {
  readonly #parts: ServerParts
  readonly #link: Link
  readonly #turns: Limiter

  constructor(parts: ServerParts, link: Link, turns = new Limiter(PARALLEL)) {
    this.#parts = parts
    this.#link = link
    this.#turns = turns
  }

  /** Takes a request; the promise is pending while too many wait, so that a flood stays in the sender's buffers. */
  async accept(request: ChunkRequest): Promise<void> {
    const work = this.#turns.run(() => this.#attempt(request))
    if (this.#turns.size > MAX_WAITING) await work
  }

  async #attempt(request: ChunkRequest): Promise<void> {
    try {
      await this.#answer(request)
    } catch (error) {
      if (!this.#link.closed.aborted) this.#parts.logger.warn({ device: this.#link.device, error }, 'a chunk request failed')
      await this.#send(request.number, 0, new Array(idCount(request.ids)).fill(UNREAD)).catch(() => undefined)
    }
  }

  async #answer({ number, folder, ids }: ChunkRequest): Promise<void> {
    const served = this.#parts.folderFor(folder, this.#link.device)
    const count = idCount(ids)
    if (served === null) return this.#send(number, 0, new Array(count).fill(null))
    const found = await findHere(served, ids)
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

  async #send(number: number, start: number, chunks: (Uint8Array | null)[]): Promise<void> {
    await this.#link.send(encodeResponseHead({ number, start, chunks }), ...chunks.filter((chunk) => chunk !== null))
  }
}
