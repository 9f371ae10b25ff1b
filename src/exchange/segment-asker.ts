import { HoldfastError, type Logger } from '#base'
import { blockDigest } from '#content'
import { readSegment, signSegment, type ChunkId, type DeviceId, type FolderId, type Segment, type SegmentHead } from '#model'
import { misfit, type Asker } from './asker.ts'
import type { HoldOutcome } from './block-frames.ts'
import type { Signer } from './drop-asker.ts'
import { encodeSegmentHead, encodeSegments } from './segment-frames.ts'

/** Before the first chunk. */
const FIRST = '0'.repeat(64) as ChunkId

export interface SegmentAskerParts {
  asker: Pick<Asker, 'ask' | 'connection'>
  logger: Logger
  /** null: it brings none. */
  signer: Signer | null
}

/**
 * Speaks with devices that hold index segments. Calls reject as Asker's do, and with `unsupported` where a device is of a version
 * that knows of no segments.
 */
export class SegmentAsker {
  readonly #parts: SegmentAskerParts
  /** Devices that broke their link at what they were asked, by their connection. */
  readonly #old = new Map<DeviceId, number>()

  constructor(parts: SegmentAskerParts) {
    this.#parts = parts
  }

  /** May it be asked, as far as is known? */
  isAsked(device: DeviceId): boolean {
    const connection = this.#parts.asker.connection(device)
    return connection !== null && this.#old.get(device) !== connection
  }

  /** The segments of a folder that are there: all, or of each chain the last. What is none is passed over; signatures are not looked at. */
  async named(device: DeviceId, folder: FolderId, which: 'all' | 'last', signal: AbortSignal): Promise<Segment[]> {
    const named: Segment[] = []
    for (let after = FIRST; ;) {
      const frame = (number: number): Uint8Array[] => [encodeSegments({ number, folder, which, after })]
      const { heads, isLast } = await this.#orOld(device, () =>
        this.#parts.asker.ask(device, signal, frame, (answer) => {
          if ('named' in answer) return answer.named
          throw misfit(device)
        }),
      )
      const page = heads.map((head) => this.#read(device, head))
      for (const segment of page) if (segment?.folder === folder && segment.chunk > after) named.push(segment)
      const last = page.findLast((segment) => segment !== null)?.chunk ?? FIRST
      // One that names the same again would be asked for ever.
      if (isLast || last <= after) return named
      after = last
    }
  }

  /** Brings a segment, signed by this device; the block is the link's from now on. */
  async hold(
    device: DeviceId,
    head: Omit<SegmentHead, 'signer' | 'digest' | 'length'>,
    block: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ outcome: HoldOutcome; segment: Segment }> {
    const { signer, asker } = this.#parts
    if (signer === null) throw new HoldfastError('internal', 'there is no key to sign an index segment with')
    const own = { signer: signer.device, digest: blockDigest(block), length: block.length }
    const segment = signSegment({ ...head, ...own }, signer.key)
    const frame = (number: number): Uint8Array[] => [encodeSegmentHead({ number, head: segment.encoded }), block]
    const outcome = await this.#orOld(device, () =>
      asker.ask(device, signal, frame, (answer) => {
        if ('held' in answer && answer.held.outcomes.length === 1) return answer.held.outcomes[0]!
        throw misfit(device)
      }),
    )
    return { outcome, segment }
  }

  #read(device: DeviceId, head: Uint8Array): Segment | null {
    try {
      return readSegment(head)
    } catch (error) {
      this.#parts.logger.debug({ device, error }, 'a device names an index segment that is none, or of a newer format')
      return null
    }
  }

  /** A device that is there still while only its link broke does not know what it was asked: older versions do that. */
  async #orOld<T>(device: DeviceId, ask: () => Promise<T>): Promise<T> {
    const connection = this.#parts.asker.connection(device)
    if (connection !== null && this.#old.get(device) === connection) throw old(device)
    try {
      return await ask()
    } catch (error) {
      const isOffline = error instanceof HoldfastError && error.code === 'offline'
      if (!isOffline || connection === null || this.#parts.asker.connection(device) !== connection) throw error
      this.#old.set(device, connection)
      throw old(device, error)
    }
  }
}

function old(device: DeviceId, cause?: unknown): HoldfastError {
  return new HoldfastError('unsupported', `${device} does not take index segments`, { hint: 'update it', cause })
}
