import { ownBuffer, toErrorShape, type Clock, type Spawner } from '#base'
import { WorkerPool } from '#content'
import type { ChunkId, FolderId } from '#model'
import type { ChunkStore, StoreTotals } from './chunk-store.ts'
import type { SealedSegments } from './sealed-segments.ts'
import type { SealedBlocks } from './sealed-blocks.ts'
import type { StoreJob } from './store-job.ts'
import type { Sweepable } from './sweepable.ts'
import type { StoreUpkeep } from './upkeep.ts'

/** Whole buffers longer than this are handed over, not copied. */
const LEAST_HANDED_OVER = 64 * 1024

export interface ThreadedStore extends ChunkStore, SealedBlocks, SealedSegments, Sweepable, StoreUpkeep {
  /** Ends the threads; calls that have not ended reject. */
  close(): Promise<void>
}

export interface StoreThreadOptions {
  /** Where blocks and their database are. */
  directory: string
  /** A thread without work for so many ms ends, and gives its memory back. */
  idleMs: number
}

export interface ThreadedStoreParts {
  spawner: Spawner
  clock: Clock
  counted?(totals: StoreTotals): void
  /** Something was not stored for want of room. */
  full?(): void
}

/**
 * The store in a thread of its own, which starts with the first call. Calls are done one after another, but for those that only look
 * whether it is whole: they have another thread. Of chunks to be sealed that are alone in their buffer the store takes the buffer.
 */
export function openThreadedStore(
  { spawner, clock, counted, full }: ThreadedStoreParts,
  { directory, idleMs }: StoreThreadOptions,
): ThreadedStore {
  const thread = (): WorkerPool =>
    new WorkerPool({ start: () => spawner.worker('store', { directory }), clock }, { size: 1, idleMs })
  const [pool, looking] = [thread(), thread()]
  const look = async (job: StoreJob): Promise<never> => (await looking.run(job)) as never
  let totals: ReturnType<ChunkStore['totals']> | null = null
  const run = async (job: StoreJob, transfer: ArrayBuffer[] = []): Promise<never> => (await pool.run(job, transfer)) as never
  /** Counted while the thread runs anyway: they are asked for often, and it is to rest meanwhile. */
  const count = (): ReturnType<ChunkStore['totals']> => {
    const counting: ReturnType<ChunkStore['totals']> = run({ verb: 'totals', args: [] })
    counting.then(counted, () => (totals = null))
    return counting
  }
  /** Whether there is nothing of a folder, until something changes: a first sync asks for chunk after chunk. */
  const empty = new Map<FolderId, Promise<boolean>>()
  const isEmpty = async (folder: FolderId): Promise<boolean> => {
    const asked: Promise<ChunkId[]> = run({ verb: 'chunks', args: [folder, '', 1] })
    return (await asked).length === 0
  }
  const knownEmpty = (folder: FolderId): Promise<boolean> => {
    const known = empty.get(folder) ?? isEmpty(folder)
    empty.set(folder, known)
    known.catch(() => empty.delete(folder))
    return known
  }
  /** What may change the totals. */
  const change = async (job: StoreJob, transfer?: ArrayBuffer[]): Promise<never> => {
    try {
      const result = await run(job, transfer)
      if ([result].flat().includes('full' as never)) full?.()
      return result
    } catch (error) {
      if (toErrorShape(error).code === 'full') full?.()
      throw error
    } finally {
      empty.clear()
      totals = count()
    }
  }
  return {
    lacking: async (folder, ids) =>
      (await knownEmpty(folder)) ? new Uint8Array(ids) : await run({ verb: 'lacking', args: [folder, ids] }),
    lengths: (...args) => run({ verb: 'lengths', args }),
    seal: (sealing, chunks) =>
      change(
        { verb: 'seal', args: [sealing, chunks] },
        chunks.flatMap(({ bytes }) => handedOver(bytes)),
      ),
    blocksOf: (...args) => run({ verb: 'blocksOf', args }),
    // What is damaged is found so.
    read: (...args) => change({ verb: 'read', args }),
    remove: (...args) => change({ verb: 'remove', args }),
    take: (...args) => change({ verb: 'take', args }),
    sealed: (...args) => change({ verb: 'sealed', args }),
    reliable: (...args) => run({ verb: 'reliable', args }),
    open: (...args) => run({ verb: 'open', args }),
    takeSegment: (...args) => change({ verb: 'takeSegment', args }),
    segments: (...args) => run({ verb: 'segments', args }),
    sizes: () => run({ verb: 'sizes', args: [] }),
    chunks: (...args) => run({ verb: 'chunks', args }),
    folders: () => run({ verb: 'folders', args: [] }),
    held: (...args) => run({ verb: 'held', args }),
    pending: (...args) => run({ verb: 'pending', args }),
    note: (...args) => run({ verb: 'note', args }),
    sweep: (...args) => change({ verb: 'sweep', args }),
    directories: () => run({ verb: 'directories', args: [] }),
    dropStrays: (...args) => run({ verb: 'dropStrays', args }),
    tidy: (...args) => run({ verb: 'tidy', args }),
    totals: () => (totals ??= count()),
    fault: () => look({ verb: 'fault', args: [] }),
    inspect: (...args) => look({ verb: 'inspect', args }),
    inspectSegments: (...args) => look({ verb: 'inspectSegments', args }),
    missing: (...args) => look({ verb: 'missing', args }),
    orphans: () => look({ verb: 'orphans', args: [] }),
    condemn: (...args) => change({ verb: 'condemn', args }),
    dropSegments: (...args) => change({ verb: 'dropSegments', args }),
    absolve: (...args) => change({ verb: 'absolve', args }),
    adopt: (...args) => change({ verb: 'adopt', args }),
    rebuild: () => change({ verb: 'rebuild', args: [] }),
    damaged: () => run({ verb: 'damaged', args: [] }),
    dropDamaged: (...args) => change({ verb: 'dropDamaged', args }),
    close: async () => void (await Promise.all([pool.close(), looking.close()])),
  }
}

function handedOver(bytes: Uint8Array): ArrayBuffer[] {
  const buffer = bytes.length < LEAST_HANDED_OVER ? null : ownBuffer(bytes)
  return buffer === null ? [] : [buffer]
}
