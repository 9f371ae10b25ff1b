import type { DeviceId, PartitionSummary, SummaryBasis } from '#model'

/** A sealed chunk on its way. */
export interface SealedChunk {
  id: Uint8Array
  /** Bytes of the chunk itself. */
  length: number
  block: Uint8Array
}

/** What a device that takes sealed blocks answers: they are durable there; it has no room; or it does not want them. */
export type Held = 'stored' | 'full' | 'refused'

/** A device that holds sealed blocks of a folder that it may not read. Calls reject with `offline` while it is not connected. */
export interface BlockHolder {
  readonly device: DeviceId
  /** Of packed ids those of which it has no durable block. */
  lacking(ids: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Summaries of what it has durable blocks of, partitions without any left out; null where it cannot tell. Only what this device knew when it asked
   * may be counted on by them.
   */
  summaries(basis: SummaryBasis, signal: AbortSignal): Promise<PartitionSummary[] | null>
  hold(chunks: readonly SealedChunk[], signal: AbortSignal): Promise<Held[]>
  /** Gets a chunk back from it, and opens that: does it have what it says? */
  isThere(id: Uint8Array, length: number, signal: AbortSignal): Promise<boolean>
}
