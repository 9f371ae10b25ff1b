import { giveBack, HoldfastError, type Limiter, type Logger } from '#base'
import { CHUNK_ID_BYTES, idCount, type FolderId } from '#model'
import type { Link } from '#peers'
import { encodeHeld, encodeHere, type HoldOutcome, type HoldRequest } from './block-frames.ts'
import { encodeResponseHead, UNREAD, type ChunkRequest } from './frames.ts'
import { MAX_WAITING, RESPONSE_BYTES } from './server.ts'
import { encodeDropped, encodeListed, type DropRequest, type ListRequest } from './drop-frames.ts'
import { readDropList, type DropList } from './drop-list.ts'
import { encodeNamed, type SegmentRequest, type SegmentsRequest } from './segment-frames.ts'
import type { Shelf } from './shelf.ts'
import { encodeSummaries, type SummarizeRequest } from './summary-frames.ts'

/** Bytes of blocks of one device that wait to be taken; more are not read from its link until these are done. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024

/** A drop list of more bytes, with a horizon of many chains, is done before anything else is read from the link. */
const LARGE_LIST = 256 * 1024

export interface BlockServerParts {
  /** null: this device holds nothing for others. */
  shelf: Shelf | null
  logger: Logger
}

/** Takes one device's blocks, and answers what it asks about those that are here. */
export class BlockServer {
  readonly #parts: BlockServerParts
  readonly #link: Link
  readonly #turns: Limiter
  #waitingBytes = 0
  /** Folders of which the device has said over this link how far it has seen. */
  readonly #told = new Set<FolderId>()

  constructor(parts: BlockServerParts, link: Link, turns: Limiter) {
    this.#parts = parts
    this.#link = link
    this.#turns = turns
  }

  /** Takes what came in `message`, whose memory is given back. As with ChunkServer: pending while too much waits. */
  async hold({ number, folder, blocks }: HoldRequest, message: Uint8Array): Promise<void> {
    const bytes = message.length
    this.#waitingBytes += bytes
    const refused = blocks.map((): HoldOutcome => 'refused')
    const work = this.#turns.run(async () => {
      const outcomes = await this.#or(refused, (shelf) => shelf.hold(this.#link.device, folder, blocks, this.#told.has(folder)))
      giveBack(message)
      this.#waitingBytes -= bytes
      await this.#send(encodeHeld({ number, outcomes }))
    })
    await this.#waitFor(work, this.#waitingBytes > MAX_WAITING_BYTES)
  }

  has({ number, folder, ids }: ChunkRequest): Promise<void> {
    const work = this.#turns.run(async () => {
      const none = new Array<boolean>(idCount(ids)).fill(false)
      const has = await this.#or(none, (shelf) => shelf.has(this.#link.device, folder, ids, this.#told.has(folder)))
      await this.#send(encodeHere({ number, has }))
    })
    return this.#waitFor(work)
  }

  blocks({ number, folder, ids }: ChunkRequest): Promise<void> {
    const work = this.#turns.run(async () => {
      for (let start = 0; start < idCount(ids) && !this.#link.closed.aborted;) {
        const rest = ids.subarray(start * CHUNK_ID_BYTES)
        const all = (answer: Uint8Array | null): (Uint8Array | null)[] => new Array(idCount(rest)).fill(answer)
        const give = (shelf: Shelf): Promise<(Uint8Array | null)[]> =>
          shelf.sealed(this.#link.device, folder, rest, RESPONSE_BYTES)
        const chunks = await this.#or(all(null), give, all(UNREAD))
        const head = encodeResponseHead({ number, start, chunks }, 'blocks')
        start += chunks.length
        await this.#send(head, ...chunks.filter((chunk) => chunk !== null))
      }
    })
    return this.#waitFor(work)
  }

  list({ number, folder, isPendingOnly, after }: ListRequest): Promise<void> {
    const work = this.#turns.run(async () => {
      const none = { isLast: true, chunks: [] }
      const page = await this.#or(none, (shelf) => shelf.list(this.#link.device, folder, after, isPendingOnly))
      await this.#send(encodeListed({ number, ...page }))
    })
    return this.#waitFor(work)
  }

  summarize({ number, folder, ...question }: SummarizeRequest): Promise<void> {
    const work = this.#turns.run(async () => {
      const none = { next: 2 ** question.bits, summaries: [] }
      const { device } = this.#link
      const page = await this.#or(none, (shelf) => shelf.summarize(device, folder, question, this.#told.has(folder)))
      await this.#send(encodeSummaries({ number, ...page }))
    })
    return this.#waitFor(work)
  }

  /** As `hold`. */
  async segment({ number, head, block }: SegmentRequest, message: Uint8Array): Promise<void> {
    const bytes = message.length
    this.#waitingBytes += bytes
    const work = this.#turns.run(async () => {
      const outcome = await this.#or('refused' as HoldOutcome, (shelf) => shelf.segments.hold(this.#link.device, head, block))
      giveBack(message)
      this.#waitingBytes -= bytes
      await this.#send(encodeHeld({ number, outcomes: [outcome] }))
    })
    await this.#waitFor(work, this.#waitingBytes > MAX_WAITING_BYTES)
  }

  segments({ number, folder, which, after }: SegmentsRequest): Promise<void> {
    const work = this.#turns.run(async () => {
      const none = { heads: [], isLast: true }
      const page = await this.#or(none, (shelf) => shelf.segments.named(this.#link.device, folder, which, after))
      await this.#send(encodeNamed({ number, ...page }))
    })
    return this.#waitFor(work)
  }

  /** Rejects with `corrupt` where it is no drop list, or nobody's. */
  async drop({ number, list }: DropRequest): Promise<void> {
    const read = readIfKnown(list)
    const work = this.#turns.run(async () => {
      const refused = { outcome: 'refused' as const, hlc: 0 }
      const answer = read === null ? refused : await this.#or(refused, (shelf) => shelf.drop(this.#link.device, read))
      if (read !== null && answer.outcome === 'taken') this.#told.add(read.folder)
      await this.#send(encodeDropped({ number, ...answer }))
    })
    await this.#waitFor(work, list.length > LARGE_LIST)
  }

  async #waitFor(work: Promise<void>, isTooMuch = false): Promise<void> {
    if (isTooMuch || this.#turns.size > MAX_WAITING) await work
  }

  /** What the shelf says; where there is none `otherwise`, where it fails `failed`. */
  async #or<T>(otherwise: T, ask: (shelf: Shelf) => Promise<T>, failed = otherwise): Promise<T> {
    const { shelf, logger } = this.#parts
    if (shelf === null) return otherwise
    try {
      return await ask(shelf)
    } catch (error) {
      logger.warn({ device: this.#link.device, error }, 'blocks could not be taken or given')
      return failed
    }
  }

  async #send(...pieces: Uint8Array[]): Promise<void> {
    await this.#link.send(...pieces).catch(() => undefined)
  }
}

/** null: of a newer format. */
function readIfKnown(list: Uint8Array): DropList | null {
  try {
    return readDropList(list)
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'unsupported') return null
    throw error
  }
}
