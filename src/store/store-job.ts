import type { ChunkStore } from './chunk-store.ts'
import type { SealedSegments } from './sealed-segments.ts'
import type { SealedBlocks } from './sealed-blocks.ts'
import type { Sweepable } from './sweepable.ts'
import type { StoreUpkeep } from './upkeep.ts'

/** What a store can be asked for from another thread: a method with its arguments. */
export interface StoreJob {
  verb: keyof ChunkStore | keyof SealedBlocks | keyof SealedSegments | keyof Sweepable | keyof StoreUpkeep
  args: unknown[]
}
