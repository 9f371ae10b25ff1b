import { CHUNK_ID_BYTES, idAt, sameBytes, type FolderId } from '#model'
import type { FolderHistory } from '#db'
import type { HeldChunks, Sweepable } from '#store'

/** Chunks looked at at once. */
const PAGE = 1_024

export interface SweepParts {
  folder: FolderId
  /** What the folder's versions need; null: nothing of it is needed here any more. */
  index: Pick<FolderHistory, 'gatherRetained' | 'unneeded' | 'endGathering'> | null
  store: Pick<Sweepable, 'held' | 'note' | 'sweep'>
  /** Why nothing may be found unneeded now; null: nothing speaks against it. Asked again and again. */
  obstacle(): string | null
  /** Called after each step, with how many blocks it looked at; rejects to stop there. */
  step(blocks: number): Promise<void>
}

export interface SweepOptions {
  /** The time, ms. */
  now: number
  /** A block is removed when it was found so long ago that it is not needed, ms. */
  grace: number
  /** Nothing is changed. */
  isDry: boolean
}

export interface Swept {
  /** Removed; in a dry run, what would have been. */
  blocks: number
  bytes: number
  /** Not needed either, and to be removed later. */
  waitingBlocks: number
  waitingBytes: number
  /** Why it ended before all was looked at. */
  obstacle: string | null
}

interface Found {
  id: Uint8Array
  length: number
  since: number | null
}

/** Why it cannot go on now. */
export class Obstacle extends Error {}

/**
 * Marks and sweeps a folder's blocks. Those that no version needs are noted so in the store, and removed by this or a later sweep once
 * the grace is over. One sweep of a folder at a time.
 *
 * Nothing is lost to a version that comes meanwhile. A block is removed only if it has been noted as not needed without a break
 * since before the index said, once more, that nobody needs it. Whoever counts on a chunk in the store because of a version has asked
 * for it there when the index had the version already. Either that was before the note: then the index knows. Or after: then there is
 * no note any more. For what asks first and writes the version later there is `obstacle`, looked at between note and index.
 */
export async function sweep(parts: SweepParts, options: SweepOptions): Promise<Swept> {
  const { folder, index, store, step } = parts
  const swept: Swept = { blocks: 0, bytes: 0, waitingBlocks: 0, waitingBytes: 0, obstacle: null }
  try {
    for (let after: Uint8Array = new Uint8Array(0); ;) {
      const held = await store.held(folder, after, PAGE)
      if (held.lengths.length > 0) await sweepPage(parts, held, options, swept)
      await step(held.lengths.length)
      if (held.lengths.length < PAGE) return swept
      after = held.ids.slice(-CHUNK_ID_BYTES)
    }
  } catch (error) {
    if (!(error instanceof Obstacle)) throw error
    return { ...swept, obstacle: error.message }
  } finally {
    await index?.endGathering()
  }
}

async function sweepPage(parts: SweepParts, held: HeldChunks, { now, grace, isDry }: SweepOptions, swept: Swept): Promise<void> {
  const { folder, store } = parts
  const until = now - grace
  const { unneeded, needed } = split(held, await unneededOf(parts, held.ids))
  const ripe = unneeded.filter(({ since }) => (since ?? now) <= until)
  swept.waitingBlocks += unneeded.length - ripe.length
  swept.waitingBytes += bytesOf(unneeded) - bytesOf(ripe)
  let removed = { blocks: ripe.length, bytes: bytesOf(ripe) }
  if (!isDry) {
    // A clock that was ahead must not make it wait for years.
    const fresh = unneeded.filter(({ since }) => since === null || since > now)
    const taken = needed.filter(({ since }) => since !== null)
    if (fresh.length + taken.length > 0) await store.note(folder, { unneeded: pack(fresh), needed: pack(taken) }, now)
    if (ripe.length > 0) removed = await store.sweep(folder, await unneededOf(parts, pack(ripe)), until)
  }
  swept.blocks += removed.blocks
  swept.bytes += removed.bytes
}

/** Those of packed ids that no version needs which is there when this is called. Rejects with an Obstacle. */
export async function unneededOf(
  { index, obstacle, step }: Pick<SweepParts, 'index' | 'obstacle' | 'step'>,
  ids: Uint8Array,
): Promise<Uint8Array> {
  for (;;) {
    const hindrance = obstacle()
    if (hindrance !== null) throw new Obstacle(hindrance)
    const found = index === null ? ids : await index.unneeded(ids)
    if (found !== null) return found
    const { unknown } = await index!.gatherRetained()
    if (unknown !== null) throw new Obstacle(unknownContent(unknown))
    await step(0)
  }
}

/** Any chunk may be of such a version: nothing is unneeded before that is known, or the version is given up. */
function unknownContent(path: string): string {
  return `it is not known yet what a version of ${path} consists of: start the devices that may have it; where none is left, holdfast rm FOLDER/PATH deletes the entry if there is one still, and holdfast gc --lost gives up what no device has`
}

/** `unneeded` has some of the ids, in their order. */
function split({ ids, lengths, since }: HeldChunks, unneeded: Uint8Array): { unneeded: Found[]; needed: Found[] } {
  const sorted: { unneeded: Found[]; needed: Found[] } = { unneeded: [], needed: [] }
  for (const [at, length] of lengths.entries()) {
    const id = idAt(ids, at)
    const isUnneeded = sameBytes(id, idAt(unneeded, sorted.unneeded.length))
    sorted[isUnneeded ? 'unneeded' : 'needed'].push({ id, length, since: since[at] ?? null })
  }
  return sorted
}

function bytesOf(found: readonly Found[]): number {
  return found.reduce((sum, { length }) => sum + length, 0)
}

function pack(found: readonly Found[]): Uint8Array {
  return Buffer.concat(found.map(({ id }) => id))
}
