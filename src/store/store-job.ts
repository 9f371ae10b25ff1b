import type { ChunkStore } from './chunk-store.ts'

/** What a store can be asked for from another thread: a method of ChunkStore with its arguments. */
export interface StoreJob {
  verb: keyof ChunkStore
  args: unknown[]
}
