import { chunkIdBytes } from '#content'
import { sameBytes, toHex, type ChunkId, type FolderId } from '#model'
import type { Exchange } from './exchange.ts'
import { findHere, readHere, type LocalFolder } from './local-chunks.ts'

export interface ChunkSources {
  folder: FolderId
  /** Names the folder's chunks. */
  idKey: Uint8Array
  here: LocalFolder
  exchange: Pick<Exchange, 'fetch' | 'sources' | 'strike'>
}

/**
 * Chunks from wherever they are: this disk, the store, else the devices connected. Packed ids, 32 bytes each, with the chunks' lengths;
 * each that comes is verified, null for one that is nowhere to be had now. The bytes are the caller's. Rejects when `signal` aborts.
 */
export async function findAnywhere(
  { folder, idKey, here, exchange }: ChunkSources,
  ids: Uint8Array,
  lengths: readonly number[],
  signal: AbortSignal,
): Promise<(Uint8Array | null)[]> {
  const found = await readHere(here, ids, await findHere(here, ids))
  signal.throwIfAborted()
  return Promise.all(
    found.map(async (bytes, at) => {
      if (bytes !== null) return bytes
      const id = ids.subarray(at * 32, at * 32 + 32)
      // One that gave wrong bytes is asked less and less; another may have the right ones.
      for (let tries = exchange.sources(folder); tries > 0; tries--) {
        const chunk = await exchange.fetch(folder, toHex(id) as ChunkId, lengths[at]!, signal).catch(() => null)
        if (chunk === null) break
        const copy = new Uint8Array(chunk.bytes)
        chunk.release()
        if (sameBytes(chunkIdBytes(idKey, copy), id)) return copy
        exchange.strike(chunk.device)
      }
      signal.throwIfAborted()
      return null
    }),
  )
}
