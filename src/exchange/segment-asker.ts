import { HoldfastError, type Logger } from '#base'
import { blockDigest } from '#content'
import { readSegment, signSegment, type ChunkId, type DeviceId, type FolderId, type Segment, type SegmentHead } from '#model'
import { misfit } from './ask-errors.ts'
import type { Asker, BlockAnswer } from './asker.ts'
import type { HoldOutcome } from './block-frames.ts'
import type { Capabilities } from './capabilities.ts'
import type { Signer } from './drop-asker.ts'
import { encodeSegmentHead, encodeSegments, type NamedAnswer } from './segment-frames.ts'

/** Before the first chunk. */
const FIRST = '0'.repeat(64) as ChunkId

/** Segments that a device names of one folder at most: of each chain there are few. One that never ends would fill the memory. */
const MOST_SEGMENTS = 65_536

export interface SegmentAskerParts {
  asker: Pick<Asker, 'ask'>
  capabilities: Capabilities
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

  constructor(parts: SegmentAskerParts) {
    this.#parts = parts
  }

  /** May it be asked, as far as is known? */
  isAsked(device: DeviceId): boolean {
    return this.#parts.capabilities.has(device, 'index segments')
  }

  /** The segments of a folder that are there: all, or of each chain the last. What is none is passed over; signatures are not looked at. */
  async named(device: DeviceId, folder: FolderId, which: 'all' | 'last', signal: AbortSignal): Promise<Segment[]> {
    const { asker, capabilities } = this.#parts
    const named: Segment[] = []
    for (let [after, seen] = [FIRST, 0]; ;) {
      const frame = (number: number): Uint8Array[] => [encodeSegments({ number, folder, which, after })]
      const read = (answer: BlockAnswer): NamedAnswer => {
        if ('named' in answer) return answer.named
        throw misfit(device)
      }
      const ask = (isProbe: boolean): Promise<NamedAnswer> => asker.ask(device, signal, frame, read, isProbe)
      const { heads, isLast } = await capabilities.ask(device, 'index segments', signal, ask)
      seen += heads.length
      if (seen > MOST_SEGMENTS) throw misfit(device)
      const page = heads.map((head) => this.#read(device, head))
      for (const segment of page) if (segment?.folder === folder && segment.chunk > after) named.push(segment)
      const last = page.findLast((segment) => segment !== null)?.chunk ?? FIRST
      // One that names the same again would be asked for ever.
      if (isLast || last <= after) return named
      after = last
    }
  }

  /** Brings a segment, signed by this device, to one that has answered `named`; the block is the link's from now on. */
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
    const outcome = await asker.ask(device, signal, frame, (answer) => {
      if ('held' in answer && answer.held.outcomes.length === 1) return answer.held.outcomes[0]!
      throw misfit(device)
    })
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
}
