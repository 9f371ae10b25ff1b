import { readSegment, type ChunkId, type FolderId } from '#model'
import type { SealedSegments, SegmentPlace } from '#store'

/** Heads that the store is asked for at once. */
const PAGE = 256
/** Before the first chunk. */
const FIRST = '0'.repeat(64) as ChunkId

/** Index segments that were damaged and went, until those are here that have all their records. They are forgotten when the device stops: all are asked for then anyway. */
export class LostSegments {
  readonly #store: Pick<SealedSegments, 'segments'>
  readonly #lost: { place: SegmentPlace; isHere: boolean }[] = []

  constructor(store: Pick<SealedSegments, 'segments'>) {
    this.#store = store
  }

  add(places: readonly SegmentPlace[]): void {
    for (const place of places) this.#lost.push({ place, isHere: false })
  }

  /** Looks which of them have come again; of each folder how many there were, and how many have. Those that have are forgotten where `isOver`. */
  async look(isOver: boolean): Promise<Map<FolderId, { lost: number; here: number }>> {
    const folders = Map.groupBy(this.#lost, ({ place }) => place.folder)
    const counts = new Map<FolderId, { lost: number; here: number }>()
    for (const [folder, all] of folders) {
      const there = await this.#segments(folder)
      for (const lost of all) lost.isHere ||= there.some((segment) => covers(segment, lost.place))
      counts.set(folder, { lost: all.length, here: all.filter(({ isHere }) => isHere).length })
    }
    if (isOver) this.#lost.splice(0, Infinity, ...this.#lost.filter(({ isHere }) => !isHere))
    return counts
  }

  async #segments(folder: FolderId): Promise<SegmentPlace[]> {
    const found: SegmentPlace[] = []
    for (let after = FIRST; ;) {
      const heads = await this.#store.segments(folder, 'all', after, PAGE)
      found.push(...heads.map(readSegment))
      if (heads.length < PAGE) return found
      after = found.at(-1)!.chunk
    }
  }
}

function covers(some: SegmentPlace, other: SegmentPlace): boolean {
  return some.author === other.author && some.epoch === other.epoch && some.first <= other.first && some.last >= other.last
}
