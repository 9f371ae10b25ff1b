import { toErrorShape } from '#base'
import { blockDigest, blockKeyId } from '#content'
import { readSegment, sameBytes, verifySegment, type ChunkId, type DeviceId, type FolderId, type Segment } from '#model'
import type { SealedSegments } from '#store'
import type { HoldOutcome } from './block-frames.ts'
import { MAX_NAMED, type NamedAnswer } from './segment-frames.ts'

export interface SegmentShelfParts {
  store: SealedSegments
  mayWrite(folder: FolderId, device: DeviceId): boolean
  mayRead(folder: FolderId, device: DeviceId): boolean
  own(): readonly FolderId[]
  pledge(): number | Promise<number>
  keeping(folder: FolderId): Promise<void>
}

/** Index segments that this device holds for others, beside their blocks; parts as those of Shelf. */
export class SegmentShelf {
  readonly #parts: SegmentShelfParts

  constructor(parts: SegmentShelfParts) {
    this.#parts = parts
  }

  /** Takes a segment from `device`: one that may write now brings what one that may has signed. */
  async hold(device: DeviceId, head: Uint8Array, block: Uint8Array): Promise<HoldOutcome> {
    const { store, mayWrite, own, pledge, keeping } = this.#parts
    const segment = readIfKnown(head)
    if (segment === null) return 'refused'
    const { folder } = segment
    const isOwn = own().includes(folder)
    if (!mayWrite(folder, device) || !mayWrite(folder, segment.signer) || (!isOwn && (await pledge()) <= 0)) return 'refused'
    if (!isBlockOf(segment, block)) return 'damaged'
    if (!isOwn) await keeping(folder)
    const allowance = isOwn ? null : { bytes: await pledge(), except: own() }
    return store.takeSegment(segment, block, allowance).catch((error: unknown) => {
      if (toErrorShape(error).code === 'full') return 'full' as const
      throw error
    })
  }

  /** The segments that are here, from that of the chunk after `after` on: all, or of each chain the last. */
  async named(
    device: DeviceId,
    folder: FolderId,
    which: 'all' | 'last',
    after: ChunkId,
  ): Promise<Pick<NamedAnswer, 'heads' | 'isLast'>> {
    const { store, mayRead } = this.#parts
    if (!mayRead(folder, device)) return { heads: [], isLast: true }
    const heads = await store.segments(folder, which, after, MAX_NAMED)
    return { heads, isLast: heads.length < MAX_NAMED }
  }
}

/** null: it is none, nobody's, or of a newer format. */
function readIfKnown(head: Uint8Array): Segment | null {
  try {
    const segment = readSegment(head)
    return verifySegment(segment) ? segment : null
  } catch {
    return null
  }
}

function isBlockOf({ digest, length }: Segment, block: Uint8Array): boolean {
  try {
    blockKeyId(block)
    return block.length === length && sameBytes(blockDigest(block), digest)
  } catch {
    return false
  }
}
