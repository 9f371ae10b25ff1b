import { Limiter } from '#base'
import type { ChunkPlace, FolderIndex, TodoRow } from '#db'
import { CHUNK_ID_BYTES, CHUNK_ITEM_BYTES, type ChunkList, type Version } from '#model'
import type { FolderChunks } from '#store'
import { derivedNames, type DerivedNames } from './derived-files.ts'
import { fileChunks, type ManifestParts } from './manifests.ts'
import { findMoves, type Move } from './moves.ts'
import { wantedEntries } from './reconcile.ts'

/** Manifests read at once. */
const PARALLEL_MANIFESTS = 8
/** Chunks looked for in one call. */
const LOCATED_AT_ONCE = 8192
const NOWHERE: ChunkPlace[] = []

/** Where each chunk of a file may lie on this device. */
export interface ChunkPlaces {
  /** False where none of them is known to. */
  any: boolean
  /** Of the chunk with this number in the file. */
  at(number: number): readonly Pick<ChunkPlace, 'path' | 'offset' | 'length'>[]
  /** Is it in the store? Not known of one that has a place on the disk. */
  isStored(number: number): boolean
}

export const NO_PLACES: ChunkPlaces = { any: false, at: () => NOWHERE, isStored: () => false }

/** What is on this device of some chunks, by id. */
interface Located {
  places: Map<string, ChunkPlace[]>
  stored: Set<string>
}

/** What a page of rows needs to know before its rows are worked on, got for all of them at once. */
export interface PagePlan {
  ready: TodoRow[]
  /** Rows whose manifests could not be read now. */
  failed: { row: TodoRow; error: unknown }[]
  /** A file version's own chunks. */
  chunksOf(version: Version): ChunkList
  /** Where the file's chunks may lie on this device. */
  placesOf(version: Version): ChunkPlaces
  /** Destination → what is renamed to it. */
  moves: Map<string, Move>
  names: DerivedNames
}

type PageParts = ManifestParts & {
  index: Pick<FolderIndex, 'locate' | 'rows'>
  store: Pick<FolderChunks, 'lacking'> | null
}

/** Reads manifests, looks for chunks on this device, and finds renames; `taken` as in `findMoves`. */
export async function preparePage(
  parts: PageParts,
  rows: readonly TodoRow[],
  taken: Map<string, string>,
  signal: AbortSignal,
): Promise<PagePlan> {
  const lists = new Map<string, ChunkList>()
  const failed: PagePlan['failed'] = []
  const manifests = new Limiter(PARALLEL_MANIFESTS)
  const read = async (row: TodoRow): Promise<void> => {
    try {
      for (const head of row.heads)
        if (head.manifest) lists.set(head.id, await manifests.run(() => fileChunks(parts, head, signal)))
    } catch (error) {
      failed.push({ row, error })
    }
  }
  await Promise.all(rows.filter(({ heads }) => heads.some(({ manifest }) => manifest)).map(read))
  const ready = rows.filter((row) => !failed.some((failure) => failure.row === row))
  const chunksOf = (version: Version): ChunkList => lists.get(version.id) ?? version.chunks
  const moves = findMoves(ready, taken)
  const located = await locate(parts, listsToWrite(ready, chunksOf, moves))
  const placesOf = (version: Version): ChunkPlaces => placesIn(chunksOf(version), located)
  return { ready, failed, chunksOf, placesOf, moves, names: await derivedNames(parts.index, ready) }
}

/** The same for one file version: its own chunks, and where each may lie on this device. */
export async function findContent(
  parts: PageParts,
  version: Version,
  signal: AbortSignal,
): Promise<{ list: ChunkList; places: ChunkPlaces }> {
  const list = await fileChunks(parts, version, signal)
  return { list, places: placesIn(list, await locate(parts, [list])) }
}

/** The lists of all files to be written. */
function listsToWrite(
  rows: readonly TodoRow[],
  chunksOf: (version: Version) => ChunkList,
  moves: ReadonlyMap<string, Move>,
): ChunkList[] {
  const lists: ChunkList[] = []
  for (const row of rows) {
    for (const { path, version } of wantedEntries(row)) {
      const isKept = row.shown.some((entry) => entry.version?.id === version?.id)
      if (version?.kind === 'file' && !moves.has(path) && !isKept) lists.push(chunksOf(version))
    }
  }
  return lists
}

function placesIn(chunks: ChunkList, { places, stored }: Located): ChunkPlaces {
  if (places.size === 0 && stored.size === 0) return NO_PLACES
  const list = bufferOf(chunks)
  const idOf = (number: number): string => idAt(list, number * CHUNK_ITEM_BYTES)
  let any = false
  for (let at = 0; at < list.length && !any; at += CHUNK_ITEM_BYTES) any = places.has(idAt(list, at))
  return { any, at: (number) => places.get(idOf(number)) ?? NOWHERE, isStored: (number) => stored.has(idOf(number)) }
}

/**
 * Where the chunks of the files are on this device: places on the disk, and of those that have none whether the store has them. A
 * large file has hundreds of thousands: they are looked for in slices, between which this thread does other things.
 */
async function locate({ index, store }: Pick<PageParts, 'index' | 'store'>, lists: readonly ChunkList[]): Promise<Located> {
  const located: Located = { places: new Map(), stored: new Set() }
  let wanted = new Set<string>()
  const look = async (): Promise<void> => {
    const ids = [...wanted]
    wanted = new Set()
    const found = await index.locate(packed(ids))
    const without: string[] = []
    found.forEach((known, at) => {
      if (known.length > 0) located.places.set(ids[at]!, known)
      else without.push(ids[at]!)
    })
    if (store === null || without.length === 0) return
    // Where the store fails devices are asked.
    const lacking = await store.lacking(packed(without)).catch(() => null)
    if (lacking === null || lacking.length === without.length * CHUNK_ID_BYTES) return
    const absent = new Set(idsIn(lacking))
    for (const id of without) if (!absent.has(id)) located.stored.add(id)
  }
  for (const chunks of lists) {
    const list = bufferOf(chunks)
    for (let at = 0; at < list.length; at += CHUNK_ITEM_BYTES) {
      wanted.add(idAt(list, at))
      if (wanted.size >= LOCATED_AT_ONCE) await look()
    }
  }
  if (wanted.size > 0) await look()
  return located
}

function packed(ids: readonly string[]): Buffer {
  return Buffer.from(ids.join(''), 'latin1')
}

function* idsIn(ids: Uint8Array): Generator<string> {
  const list = bufferOf(ids)
  for (let at = 0; at < list.length; at += CHUNK_ID_BYTES) yield idAt(list, at)
}

function bufferOf(list: Uint8Array): Buffer {
  return Buffer.from(list.buffer, list.byteOffset, list.byteLength)
}

/** A chunk's id as a key: a character a byte, which is made several times faster than hexadecimal. */
function idAt(list: Buffer, at: number): string {
  return list.toString('latin1', at, at + CHUNK_ID_BYTES)
}
