import type { FolderSealing } from './folder-sealing.ts'
import type { DamagedChunks, Inspected, StoreUpkeep } from './upkeep.ts'

/** Blocks read in one step, and bytes, but for the last one. */
const STEP_BLOCKS = 128
const STEP_BYTES = 8 * 1024 * 1024
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

/**
 * Reads blocks in the order of their digests, and the database that they are in: what is damaged is marked, or made anew, and what lies
 * there without being known is taken in. Gives the chunks whose blocks were found damaged. Rejects where the disk fails, or `step` does.
 */
export async function scrubBlocks(store: StoreUpkeep, options: ScrubOptions): Promise<DamagedChunks[]> {
  const { part, sealings, step, rebuilt } = options
  const found: DamagedChunks[] = []
  let [checked, damaged, rebuilds] = [0, 0, 0]
  const mend = async (): Promise<boolean> => {
    const fault = await store.fault()
    if (fault === null || rebuilds++ === MOST_REBUILDS) return false
    await store.rebuild()
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
  if (part < 1) return found
  await adoptOrphans(store, sealings, () => step({ after: null, checked, damaged }))
  return found
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
