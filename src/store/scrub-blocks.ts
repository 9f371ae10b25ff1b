import type { FolderSealing } from './folder-sealing.ts'
import type { SegmentPlace } from './sealed-segments.ts'
import type { DamagedChunks, Inspected, InspectedSegments, StoreUpkeep } from './upkeep.ts'

/** Blocks read in one step, and bytes, but for the last one. */
const STEP_BLOCKS = 128
const STEP_BYTES = 8 * 1024 * 1024
/** Files whose lengths are looked at in one step. */
const STEP_LENGTHS = 1_024
/** Files without a row that are looked into in one step. */
const STEP_FILES = 16
/** A database that has to be made anew so often in one pass is not to be mended. */
const MOST_REBUILDS = 3

export interface ScrubStep {
  /** Blocks up to here, a digest in hex, were read; null: all were. */
  after: string | null
  /** How many, and how many of them were damaged. */
  checked: number
  damaged: number
}

export interface ScrubOptions {
  /** Begins with the blocks whose digests come after it, in hex; '' with the first. */
  after: string
  /** Of all blocks so many, 0 to 1; below 1 files without a row are left alone. */
  part: number
  /** Of all folders whose keys are here; asked at each step. */
  sealings(): readonly FolderSealing[]
  /** Called after each step, and awaited before the next one: the place to note how far it is, and to rest. */
  step(at: ScrubStep): Promise<void>
  /** The database was damaged: another one is in its place, in which some of the blocks may be missing. */
  rebuilt(fault: string): void
}

/** What a scrub found damaged: the chunks of blocks, and segments, which are no longer there. */
export interface Scrubbed {
  found: DamagedChunks[]
  segments: SegmentPlace[]
}

/**
 * Reads blocks in the order of their digests, index segments, and the database that they are in: what is damaged is marked, removed, or made
 * anew, and what lies there without being known is taken in. Rejects where the disk fails, or `step` does.
 */
export async function scrubBlocks(store: StoreUpkeep, options: ScrubOptions): Promise<Scrubbed> {
  const { part, sealings, step, rebuilt } = options
  const [found, segments]: [DamagedChunks[], SegmentPlace[]] = [[], []]
  let [checked, damaged, rebuilds] = [0, 0, 0]
  const mend = async (): Promise<boolean> => {
    const fault = await store.fault()
    if (fault === null || rebuilds++ === MOST_REBUILDS) return false
    found.push(...(await store.rebuild()))
    rebuilt(fault)
    return true
  }
  const inspect = async (after: string): Promise<Inspected> => {
    for (;;) {
      try {
        return await store.inspect({ after, part, sealings: sealings(), blocks: STEP_BLOCKS, bytes: STEP_BYTES })
      } catch (error) {
        if (!(await mend())) throw error
      }
    }
  }
  await mend()
  for (let after: string | null = options.after; after !== null;) {
    const seen = await inspect(after)
    if (seen.suspects.length > 0) found.push(...(await store.condemn(seen.suspects)))
    checked += seen.checked
    damaged += seen.suspects.length / 32
    after = seen.next
    await step({ after, checked, damaged })
  }
  for (let after: number | null = 0; after !== null;) {
    const seen: InspectedSegments = await store.inspectSegments(after, part)
    const dropped = seen.suspects.length === 0 ? [] : await store.dropSegments(seen.suspects)
    segments.push(...dropped)
    checked += seen.checked
    damaged += dropped.length
    after = seen.next
    if (seen.checked > 0) await step({ after: null, checked, damaged })
  }
  if (part === 1) await adoptOrphans(store, sealings, () => step({ after: null, checked, damaged }))
  return { found, segments }
}

/**
 * Looks whether the files of all blocks are there, and as long as they were, and marks those that are not: without reading any. How many it has
 * looked at, and the chunks that those were of. Rejects where the disk or the database fails, or when `signal` aborts.
 */
export async function findMissing(
  store: Pick<StoreUpkeep, 'missing' | 'condemn'>,
  signal: AbortSignal,
): Promise<{ checked: number; found: DamagedChunks[] }> {
  const found: DamagedChunks[] = []
  let checked = 0
  for (let after: string | null = ''; after !== null;) {
    const seen: Inspected = await store.missing(after, STEP_LENGTHS)
    signal.throwIfAborted()
    if (seen.suspects.length > 0) found.push(...(await store.condemn(seen.suspects)))
    checked += seen.checked
    after = seen.next
  }
  return { checked, found }
}

/** Takes the files that no row is of for the blocks that they are. `step` is called, and awaited, between some of them and the next ones. */
export async function adoptOrphans(
  store: Pick<StoreUpkeep, 'orphans' | 'adopt'>,
  sealings: ScrubOptions['sealings'],
  step: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const orphans = await store.orphans()
  for (let at = 0; at < orphans.length; at += STEP_FILES * 32) {
    await store.adopt(orphans.subarray(at, at + STEP_FILES * 32), sealings())
    await step()
  }
}
