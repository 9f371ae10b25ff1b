import type { ChunkId } from '#model'

/** Where a chunk that is to be kept can be had from. */
export interface ChunkFinder {
  /** The chunks of packed ids, verified; null for each that is nowhere to be had now. */
  find(
    ids: Uint8Array,
    lengths: readonly number[],
    signal: AbortSignal,
    /** Called for each that all devices which could have it, connected all of them, have answered not to have. */
    nowhere?: (id: ChunkId) => void,
    /** Called for each that a connected device did not give, without a clear answer not to have it. */
    unanswered?: (id: ChunkId) => void,
  ): Promise<(Uint8Array | null)[]>
}
