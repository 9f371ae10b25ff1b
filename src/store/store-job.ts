import type { ChunkStore } from './chunk-store.ts'
import type { Sweepable } from './sweepable.ts'

/** What a store can be asked for from another thread: a method of ChunkStore or Sweepable with its arguments. */
export interface StoreJob {
  verb: keyof ChunkStore | keyof Sweepable
  args: unknown[]
}
