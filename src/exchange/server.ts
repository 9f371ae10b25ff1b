import type { Logger } from '#base'
import type { DeviceId, FolderId } from '#model'
import type { Link } from '#peers'
import { encodeResponseHead, type ChunkRequest } from './frames.ts'
import { findHere, readHere, type LocalFolder } from './local-chunks.ts'

/** Bytes of chunks in one response frame at most, unless a single chunk is larger. */
const RESPONSE_BYTES = 1024 * 1024
/** Requests of one device worked on at once. */
const PARALLEL = 4
/** Requests of one device that may wait; more are not read from its link until these are done. */
const MAX_WAITING = 32

export interface ServerParts {
  /** The folder, or null where this device has none of it, or `device` may not read it: asked on every request. */
  folderFor(folder: FolderId, device: DeviceId): LocalFolder | null
  logger: Logger
}

/** Answers one device's chunk requests out of what is here; every chunk is verified when read. */
export class ChunkServer {
  readonly #parts: ServerParts
  readonly #link: Link
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(parts: ServerParts, link: Link) {
    this.#parts = parts
    this.#link = link
  }

  /** Takes a request; the promise is pending while too many wait, so that a flood stays in the sender's buffers. */
  async accept(request: ChunkRequest): Promise<void> {
    const work = this.#turn(request)
    if (this.#running + this.#waiting.length > MAX_WAITING) await work
  }

  async #turn(request: ChunkRequest): Promise<void> {
    if (this.#running >= PARALLEL) await new Promise<void>((go) => this.#waiting.push(go))
    else this.#running++
    try {
      await this.#answer(request)
    } catch (error) {
      if (!this.#link.closed.aborted) this.#parts.logger.warn({ device: this.#link.device, error }, 'a chunk request failed')
      await this.#send(request.number, 0, new Array(request.ids.length / 32).fill(null)).catch(() => undefined)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  async #answer({ number, folder, ids }: ChunkRequest): Promise<void> {
    const served = this.#parts.folderFor(folder, this.#link.device)
    const count = ids.length / 32
    if (served === null) return this.#send(number, 0, new Array(count).fill(null))
    const found = await findHere(served, ids)
    let start = 0
    while (start < count) {
      let bytes = 0
      let end = start
      while (end < count && (end === start || bytes + found[end]!.length <= RESPONSE_BYTES)) bytes += found[end++]!.length
      await this.#send(number, start, await readHere(served, ids, found, start, end))
      start = end
    }
  }

  async #send(number: number, start: number, chunks: (Uint8Array | null)[]): Promise<void> {
    await this.#link.send(encodeResponseHead({ number, start, chunks }), ...chunks.filter((chunk) => chunk !== null))
  }
}
