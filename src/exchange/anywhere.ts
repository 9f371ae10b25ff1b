import { chunkIdBytes } from '#content'
import { idAt, sameBytes, toHex, type ChunkId, type FolderId } from '#model'
import { AbsentError, type Absence } from './absent.ts'
import type { Exchange } from './exchange.ts'
import { MAX_STRIKES } from './fetcher.ts'
import type { ChunkCache } from './read-cache.ts'
import { findHere, readHere, type LocalFolder } from './local-chunks.ts'

export interface ChunkSources {
  folder: FolderId
  /** Names the folder's chunks. */
  idKey: Uint8Array
  here: LocalFolder
  exchange: Pick<Exchange, 'fetch' | 'sources' | 'strike'>
  /** Keeps what was fetched; none where left out. */
  cache?: ChunkCache
  /** Called for each chunk of which nothing here tells that it is here, and that the devices connected have answered not to have. */
  absent?(id: ChunkId, absence: Absence): void
}

/**
 * Chunks from wherever they are: this disk, the store, the cache, else the devices connected. Packed ids, 32 bytes each, with the chunks' lengths;
 * each that comes is verified, null for one that is nowhere to be had now. The bytes are the caller's. Rejects when `signal` aborts.
 */
export async function findAnywhere(
  sources: ChunkSources,
  ids: Uint8Array,
  lengths: readonly number[],
  signal: AbortSignal,
): Promise<(Uint8Array | null)[]> {
  const { absent: _, ...unasked } = sources
  const here = await findHere(sources.here, ids)
  const found = await readHere(sources.here, ids, here)
  signal.throwIfAborted()
  return Promise.all(
    found.map(async (bytes, at) => {
      const from = here[at]!.length === 0 ? sources : unasked
      return bytes ?? (await findElsewhere(from, idAt(ids, at), lengths[at]!, signal))
    }),
  )
}

async function findElsewhere(
  { folder, idKey, exchange, cache, absent }: ChunkSources,
  id: Uint8Array,
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const name = toHex(id) as ChunkId
  const known = (await cache?.get(name)) ?? null
  if (known !== null && sameBytes(chunkIdBytes(idKey, known), id)) return known
  if (known !== null) await cache?.drop(name)
  // One that gives wrong bytes is asked until it has used up its strikes; another may have the right ones.
  let absence: Absence | null = exchange.sources(folder) === 0 ? { open: [], sealed: [], isSure: true } : null
  for (let tries = MAX_STRIKES * exchange.sources(folder); tries > 0; tries--) {
    const chunk = await exchange.fetch(folder, name, length, signal).catch((error: unknown) => {
      absence = error instanceof AbsentError ? error.absence : null
      return null
    })
    if (chunk === null) break
    const copy = new Uint8Array(chunk.bytes)
    chunk.release()
    if (!sameBytes(chunkIdBytes(idKey, copy), id)) {
      exchange.strike(chunk.device)
      continue
    }
    await cache?.put(name, copy)
    return copy
  }
  signal.throwIfAborted()
  if (absence !== null) absent?.(name, absence)
  return null
}
