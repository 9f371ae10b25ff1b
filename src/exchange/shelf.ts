import { HoldfastError, toErrorShape } from '#base'
import { blockKeyId, MAX_CHUNK_LENGTH } from '#content'
import {
  beforePartition,
  ChunkSummaries,
  eachId,
  fromHex,
  idAt,
  idCount,
  partitionIn,
  toHex,
  type ChunkId,
  type DeviceId,
  type FolderId,
} from '#model'
import type { ChunkStore, ForeignBlock, HeldChunks, Opened, SealedBlocks, SealedSegments, Sweepable } from '#store'
import type { HoldOutcome } from './block-frames.ts'
import type { DropAnswer, ListAnswer } from './drop-frames.ts'
import { MAX_LISTED_CHUNKS, type DropList } from './drop-list.ts'
import { SegmentShelf } from './segment-shelf.ts'
import type { SummariesAnswer, SummarizeRequest } from './summary-frames.ts'

/** Chunks summarized in one turn, and after how many an answer is given: at the end of a partition. */
const SUMMARY_PAGE = 1_024
const SUMMARY_CHUNKS = 16 * SUMMARY_PAGE

/** What decides on the words of others that chunks may go, or must not. */
export interface DropDesk {
  /** Called before a device puts blocks of a folder here, or hears that they are here, and counts on it; `isTold`: it said before over the same link how far it has seen. */
  counted(folder: FolderId, device: DeviceId, isTold: boolean): Promise<void>
  /** Takes a list that its author has signed and sent. */
  take(list: DropList): Promise<Omit<DropAnswer, 'number'>>
}

export interface ShelfParts {
  store: Pick<SealedBlocks, 'take' | 'sealed' | 'reliable'> &
    Pick<ChunkStore, 'lacking'> &
    Pick<Sweepable, 'held' | 'pending'> &
    SealedSegments
  desk: DropDesk
  mayWrite(folder: FolderId, device: DeviceId): boolean
  mayRead(folder: FolderId, device: DeviceId): boolean
  /** The folders that this device takes part in, and may read: what it has of them is its own. */
  own(): readonly FolderId[]
  /** What blocks of such a folder are; null where its keys are not here. */
  open(folder: FolderId, blocks: readonly ForeignBlock[]): Promise<Opened[]> | null
  /** So many bytes this device gives to others now; 0: none. */
  pledge(): number | Promise<number>
  /** Called before blocks of another folder than these are taken, which are not to be swept from then on. */
  keeping(folder: FolderId): Promise<void>
}

/**
 * Sealed blocks that this device holds for others, of folders that it may know nothing of but who may do what in them. Roles are asked
 * at every call.
 */
export class Shelf {
  readonly segments: SegmentShelf
  readonly #parts: ShelfParts

  constructor(parts: ShelfParts) {
    this.#parts = parts
    this.segments = new SegmentShelf(parts)
  }

  /** `isTold` as in DropDesk. Takes blocks from `device`, each for itself; those that are `stored` are durable when this resolves. */
  async hold(device: DeviceId, folder: FolderId, blocks: readonly ForeignBlock[], isTold: boolean): Promise<HoldOutcome[]> {
    const { store, mayWrite, own, pledge } = this.#parts
    const isOwn = own().includes(folder)
    if (!mayWrite(folder, device) || (!isOwn && (await pledge()) <= 0)) return blocks.map(() => 'refused')
    if (!isOwn) await this.#count(folder, device, isTold)
    const sound = isOwn ? await this.#true(folder, blocks.filter(isSound)) : blocks.filter(isSound)
    const allowance = isOwn ? null : { bytes: await pledge(), except: own() }
    const taken = await store.take(folder, sound, allowance).catch((error: unknown) => {
      if (toErrorShape(error).code === 'full') return sound.map(() => 'full' as const)
      throw error
    })
    const outcomes = new Map(sound.map((block, at) => [block, taken[at]!]))
    return blocks.map((block) => outcomes.get(block) ?? 'damaged')
  }

  /** Those that are the chunks that they are said to be: what is here of a folder of its own this device counts on without looking into it. */
  async #true(folder: FolderId, blocks: readonly ForeignBlock[]): Promise<ForeignBlock[]> {
    const opened = await this.#parts.open(folder, blocks)
    return blocks.filter((block, at) => {
      const chunk = opened?.[at]
      return chunk instanceof Uint8Array && chunk.length === block.length
    })
  }

  /** Which of the chunks (packed ids) have a block here; whoever asks counts on those that do. */
  async has(device: DeviceId, folder: FolderId, ids: Uint8Array, isTold: boolean): Promise<boolean[]> {
    const { store, mayRead, own } = this.#parts
    const count = idCount(ids)
    if (!mayRead(folder, device)) return new Array<boolean>(count).fill(false)
    const lacking = Buffer.from(await store.lacking(folder, ids))
    if (lacking.length < ids.length && !own().includes(folder)) await this.#count(folder, device, isTold)
    let next = 0
    return Array.from({ length: count }, (_, at) => {
      const isLacking = lacking.compare(ids, at * 32, at * 32 + 32, next, Math.min(next + 32, lacking.length)) === 0
      if (isLacking) next += 32
      return !isLacking
    })
  }

  /**
   * Which chunks have a block here, by partition; whoever asks counts on all that it finds so. What is noted as not needed is left out: who needs
   * it finds a difference, and asks for it by `has`.
   */
  async summarize(
    device: DeviceId,
    folder: FolderId,
    { salt, bits, first }: Omit<SummarizeRequest, 'number' | 'folder'>,
    isTold: boolean,
  ): Promise<Omit<SummariesAnswer, 'number'>> {
    const { store, mayRead, own } = this.#parts
    let after = beforePartition(first, bits)
    if (!mayRead(folder, device) || (await store.reliable(folder, after, 1)).last === null)
      return { next: 2 ** bits, summaries: [] }
    // Before anything is looked at: what is noted from then on is judged by what this device has seen.
    if (!own().includes(folder)) await this.#count(folder, device, isTold)
    const summaries = new ChunkSummaries({ salt, bits })
    for (let looked = 0; ; looked += SUMMARY_PAGE) {
      const { ids, last } = await store.reliable(folder, after, SUMMARY_PAGE)
      if (last === null) return { next: 2 ** bits, summaries: [...summaries.all()] }
      for (const id of eachId(ids)) summaries.add(id)
      // Of the last partition some may be still to come.
      const next = partitionIn(last, bits)
      if (looked >= SUMMARY_CHUNKS && next > first) return { next, summaries: [...summaries.all(next)] }
      after = last
    }
  }

  /** The chunks that have a block here, from after that one on: those that are to go (`isPendingOnly`), or all. Who asks counts on none of them. */
  async list(
    device: DeviceId,
    folder: FolderId,
    after: ChunkId,
    isPendingOnly: boolean,
  ): Promise<Pick<ListAnswer, 'chunks' | 'isLast'>> {
    const { store, mayRead, own } = this.#parts
    if (!mayRead(folder, device) || own().includes(folder)) return { chunks: [], isLast: true }
    const page = await store[isPendingOnly ? 'pending' : 'held'](folder, fromHex(after), MAX_LISTED_CHUNKS)
    return { chunks: listed(page), isLast: page.lengths.length < MAX_LISTED_CHUNKS }
  }

  /** Takes what a device says of chunks that may go; one that may read the folder may keep, one that may write in it may drop. */
  async drop(device: DeviceId, list: DropList): Promise<Omit<DropAnswer, 'number'>> {
    const { desk, mayRead, mayWrite, own } = this.#parts
    const may = list.kind === 'keep' ? mayRead : mayWrite
    if (list.author !== device || own().includes(list.folder) || !may(list.folder, device)) return { outcome: 'refused', hlc: 0 }
    return desk.take(list)
  }

  async #count(folder: FolderId, device: DeviceId, isTold: boolean): Promise<void> {
    const { keeping, desk } = this.#parts
    await keeping(folder)
    await desk.counted(folder, device, isTold)
  }

  /** See SealedBlocks. */
  async sealed(device: DeviceId, folder: FolderId, ids: Uint8Array, limit: number): Promise<(Uint8Array | null)[]> {
    const { store, mayRead } = this.#parts
    if (!mayRead(folder, device)) return new Array<null>(idCount(ids)).fill(null)
    return store.sealed(folder, ids, limit)
  }
}

/** As far as it can be told without a key. Of a newer format it may be. */
function isSound({ length, bytes }: ForeignBlock): boolean {
  if (length === 0 || length > MAX_CHUNK_LENGTH) return false
  try {
    blockKeyId(bytes)
    return true
  } catch (error) {
    return error instanceof HoldfastError && error.code === 'unsupported'
  }
}

function listed({ ids, lengths, since }: HeldChunks): ListAnswer['chunks'] {
  return lengths.map((length, at) => {
    const id = toHex(idAt(ids, at)) as ChunkId
    return { id, length, isPending: since[at] !== null }
  })
}
