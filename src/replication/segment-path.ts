import { batchHash, batchHeader, decodeBatch, joinBatches, type Segment } from '#model'

/** Bytes of batches in one segment, about: what is read and sealed at once. */
const RUN_BYTES = 1024 * 1024
/** A segment is merged into one with at least one record for so many of its own: so each is rewritten a few times, and few small ones stay. */
const MERGE = 2

/** Records of one chain that follow each other, as they are in their batches. */
export interface Run {
  first: number
  last: number
  /** Hashes of the batch before, and of the last one. */
  before: Uint8Array
  end: Uint8Array
  content: Uint8Array
}

/** Of a chain's segments those that follow each other from the first record on (`start` is what it follows), as far as they go. */
export function pathOf(segments: readonly Segment[], start: string): Segment[] {
  const path: Segment[] = []
  for (;;) {
    const [end, first] = [path.at(-1)?.end ?? start, (path.at(-1)?.last ?? 0) + 1]
    const next = segments.filter((segment) => segment.first === first && segment.before === end)
    if (next.length === 0) return path
    path.push(next.reduce((longest, segment) => (segment.last > longest.last ? segment : longest)))
  }
}

/** From which of its segments on a chain is sealed anew, when it goes on up to record `target`: that many stay. */
export function mergedFrom(path: readonly Pick<Segment, 'first' | 'last'>[], target: number): number {
  let records = target - (path.at(-1)?.last ?? 0)
  let from = path.length
  for (; from > 0; from--) {
    const { first, last } = path[from - 1]!
    if (last - first + 1 > MERGE * records) break
    records += last - first + 1
  }
  return from
}

/** A segment's records from that one on, where a batch begins with it, of at most `limit` bytes; null where there are none. */
export async function runFrom(
  from: number,
  batches: (from: number, maxBytes: number) => Promise<Uint8Array[]>,
  limit: number,
): Promise<Run | null> {
  const found = await batches(from, RUN_BYTES)
  const taken: Uint8Array[] = []
  for (let bytes = 0; taken.length < found.length;) {
    bytes += found[taken.length]!.length
    if (bytes > limit) break
    taken.push(found[taken.length]!)
  }
  if (taken.length === 0) return null
  const { first, prev } = decodeBatch(taken[0]!)
  return first === from ? { first, before: prev, ...endOf(taken.at(-1)!), content: joinBatches(taken) } : null
}

/** The last record of a batch, and the batch's hash. */
export function endOf(encoded: Uint8Array): { last: number; end: Uint8Array } {
  const batch = decodeBatch(encoded)
  return { last: batch.first + batch.records.length - 1, end: batchHash(batchHeader(batch)) }
}
