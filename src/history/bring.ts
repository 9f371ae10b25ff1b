import { findAnywhere, findHere, readHere, type ChunkSources } from '#exchange'
import { CHUNK_ITEM_BYTES, eachId, idAt, pickIds, toHex, type ChunkId, type ChunkList } from '#model'
import { slices, unzip } from './chunk-slices.ts'

/** Read at once. */
const BRING_BYTES = 4 * 1024 * 1024

export interface BringParts extends ChunkSources {
  /** Puts chunks into the store. */
  keep(chunks: { id: ChunkId; bytes: Uint8Array }[]): Promise<unknown>
}

/**
 * Puts those chunks of a list into the store that cannot be read on this device, or (`isStoreOnly`) are not in the store. Ends at the first that is
 * nowhere to be had now: false.
 */
export async function bringChunks(
  parts: BringParts,
  list: ChunkList,
  isStoreOnly: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const { keep } = parts
  for (const piece of slices(list, BRING_BYTES)) {
    const { ids, lengths } = unzip(piece)
    const lacking = isStoreOnly ? await notStored(parts, ids) : await notReadable(parts, ids)
    const packed = pickIds(ids, lacking)
    const lackingLengths = lacking.map((at) => lengths[at]!)
    const found = await findAnywhere(parts, packed, lackingLengths, signal)
    const chunks = found.flatMap((bytes, n) => (bytes === null ? [] : [{ id: toHex(idAt(packed, n)) as ChunkId, bytes }]))
    const isAll = chunks.length === found.length
    if (chunks.length > 0) await keep(chunks)
    if (!isAll) return false
  }
  return true
}

async function notStored({ here }: ChunkSources, ids: Uint8Array): Promise<number[]> {
  const stored = await here.store?.lengths(ids)
  return eachId(ids).flatMap((_, at) => ((stored?.[at] ?? null) === null ? [at] : []))
}

/** Those are read which are said to be here: files may have been changed or removed since they were looked at. */
async function notReadable({ here }: ChunkSources, ids: Uint8Array): Promise<number[]> {
  const read = await readHere(here, ids, await findHere(here, ids))
  return read.flatMap((bytes, at) => (bytes === null ? [at] : []))
}

/**
 * For each of some lists of chunks: can it be had now, as far as the first chunk of it tells that is not on this device? null is a list that is not
 * known.
 */
export async function canBeHad(
  parts: ChunkSources,
  lists: readonly (ChunkList | null)[],
  signal: AbortSignal,
): Promise<boolean[]> {
  const found = lists.map((list) => list !== null)
  const asked: { list: number; item: Uint8Array }[] = []
  for (const [at, list] of lists.entries()) {
    const item = list === null ? null : await firstLacking(parts, list)
    if (item !== null) asked.push({ list: at, item })
  }
  let next = 0
  for (const piece of slices(Buffer.concat(asked.map(({ item }) => item)), BRING_BYTES)) {
    const { ids, lengths } = unzip(piece)
    for (const bytes of await findAnywhere(parts, ids, lengths, signal)) found[asked[next++]!.list] = bytes !== null
  }
  return found
}

async function firstLacking({ here }: ChunkSources, list: ChunkList): Promise<Uint8Array | null> {
  let from = 0
  for (const piece of slices(list, Infinity)) {
    const at = (await findHere(here, unzip(piece).ids)).findIndex(({ length }) => length === 0)
    if (at >= 0) return list.subarray(from + at * CHUNK_ITEM_BYTES, from + (at + 1) * CHUNK_ITEM_BYTES)
    from += piece.length
  }
  return null
}
