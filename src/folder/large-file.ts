import { CHUNK_ITEM_BYTES, sameStat, type ChunkList, type DiskStat } from '#model'
import type { HashRequest, HashResult } from './folder-disk.ts'

/** Where two parts do not meet at a cut, so much is cut at once until they do, bytes: a few chunks of any chunker. */
const BRIDGE_BYTES = 8 * 1024 * 1024

/** A part of a file: from `from`, where there need not be a cut, to the first cut at `to` or after it, or the file's end. */
export interface PartRequest extends HashRequest {
  from: number
  to: number
}

export type FilePart =
  | {
      ok: true
      path: string
      /** As it was before and after reading. */
      found: DiskStat
      /** As in HashResult. */
      stat: DiskStat
      mtime: number
      chunker: number
      chunks: ChunkList
      /** Where the last chunk ends. */
      end: number
    }
  | Extract<HashResult, { ok: false }>

type GoodPart = Extract<FilePart, { ok: true }>

/**
 * Cuts a file in parts side by side, each `partBytes` long, and joins them: the result is what one pass would give. Where the
 * cuts before a part's beginning do not meet its own at once, they do a few chunks later, since the content alone decides on
 * both; until then the file is cut on from where the part before ended. `cut` gives undefined, as this does, where the file
 * changed meanwhile.
 */
export async function cutInParts(
  request: HashRequest,
  partBytes: number,
  cut: (part: PartRequest) => Promise<FilePart | undefined>,
): Promise<FilePart | undefined> {
  const { size } = request.stat
  const starts = Array.from({ length: Math.ceil(size / partBytes) }, (_, at) => at * partBytes)
  const parts = await Promise.all(
    starts.map((from) => cut({ ...request, from, to: from + partBytes < size ? from + partBytes : Infinity })),
  )
  const [first] = parts
  const lists: ChunkList[] = []
  let end = 0
  let unsettled: DiskStat | undefined
  const isSame = (part: FilePart | undefined): part is GoodPart => {
    if (part?.ok !== true || first?.ok !== true || !sameStat(part.found, first.found)) return false
    if (!sameStat(part.found, part.stat)) unsettled ??= part.stat
    return true
  }
  for (const [at, part] of parts.entries()) {
    if (!isSame(part)) return failed(part)
    const cuts = cutsOf(part.chunks, starts[at]!)
    while (end < part.end) {
      const met = cuts.get(end)
      if (met !== undefined) {
        lists.push(part.chunks.subarray(met))
        end = part.end
        break
      }
      const bridge = await cut({ ...request, from: end, to: end + BRIDGE_BYTES })
      if (!isSame(bridge)) return failed(bridge)
      const list = upToCut(bridge.chunks, end, cuts)
      lists.push(list.chunks)
      end = list.end
    }
  }
  if (first?.ok !== true || end !== first.found.size) return undefined
  return { ...first, stat: unsettled ?? first.stat, chunks: new Uint8Array(Buffer.concat(lists)), end }
}

function failed(part: FilePart | undefined): FilePart | undefined {
  return part?.ok === false ? part : undefined
}

/** Where in the list the chunk is that begins at each place of the file, the first one at `start`. */
function cutsOf(chunks: ChunkList, start: number): Map<number, number> {
  const cuts = new Map<number, number>()
  let place = start
  for (let at = 0; at < chunks.length; at += CHUNK_ITEM_BYTES) {
    cuts.set(place, at)
    place += lengthAt(chunks, at)
  }
  return cuts
}

/** The chunks, the first one beginning at `start`, up to where another one begins; where none does, all. `end`: where the last one ends. */
function upToCut(chunks: ChunkList, start: number, cuts: ReadonlyMap<number, unknown>): { chunks: ChunkList; end: number } {
  let end = start
  for (let at = 0; at < chunks.length;) {
    end += lengthAt(chunks, at)
    at += CHUNK_ITEM_BYTES
    if (cuts.has(end)) return { chunks: chunks.subarray(0, at), end }
  }
  return { chunks, end }
}

function lengthAt(chunks: ChunkList, at: number): number {
  return new DataView(chunks.buffer, chunks.byteOffset, chunks.byteLength).getUint32(at + 32, true)
}
