import { Limiter } from '#base'
import type { ChunkPlace, FolderIndex, TodoRow } from '#db'
import { CHUNK_ITEM_BYTES, toHex, type ChunkId, type ChunkList, type Version } from '#model'
import { derivedNames, type DerivedNames } from './derived-files.ts'
import { fileChunks, type ManifestParts } from './manifests.ts'
import { findMoves, type Move } from './moves.ts'
import { wantedEntries } from './reconcile.ts'

/** Manifests read at once. */
const PARALLEL_MANIFESTS = 8

/** What a page of rows needs to know before its rows are worked on, got for all of them at once. */
export interface PagePlan {
  ready: TodoRow[]
  /** Rows whose manifests could not be read now. */
  failed: { row: TodoRow; error: unknown }[]
  /** A file version's own chunks. */
  chunksOf(version: Version): ChunkList
  /** For each of the file's chunks, where it may lie on this disk. */
  placesOf(version: Version): ChunkPlace[][]
  /** Destination → what is renamed to it. */
  moves: Map<string, Move>
  names: DerivedNames
}

type PageParts = ManifestParts & { index: Pick<FolderIndex, 'locate' | 'rows'> }

/** Reads manifests, looks for chunks on this disk, and finds renames; `taken` as in `findMoves`. */
export async function preparePage(
  parts: PageParts,
  rows: readonly TodoRow[],
  taken: Map<string, string>,
  signal: AbortSignal,
): Promise<PagePlan> {
  const lists = new Map<string, ChunkList>()
  const ready: TodoRow[] = []
  const failed: PagePlan['failed'] = []
  const manifests = new Limiter(PARALLEL_MANIFESTS)
  await Promise.all(
    rows.map(async (row) => {
      try {
        for (const head of row.heads)
          if (head.manifest) lists.set(head.id, await manifests.run(() => fileChunks(parts, head, signal)))
        ready.push(row)
      } catch (error) {
        failed.push({ row, error })
      }
    }),
  )
  // Reading manifests may have mixed the order, on which directories before their entries depends.
  const order = new Map(rows.map((row, at) => [row, at]))
  ready.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
  const chunksOf = (version: Version): ChunkList => lists.get(version.id) ?? version.chunks
  const moves = findMoves(ready, taken)
  const places = await locate(parts.index, ready, chunksOf, moves)
  const placesOf = (version: Version): ChunkPlace[][] => ids(chunksOf(version)).map((id) => places.get(id) ?? [])
  return { ready, failed, chunksOf, placesOf, moves, names: await derivedNames(parts.index, ready) }
}

/** The same for one file version: its own chunks, and where each may lie on this disk. */
export async function findContent(
  parts: PageParts,
  version: Version,
  signal: AbortSignal,
): Promise<{ list: ChunkList; places: ChunkPlace[][] }> {
  const list = await fileChunks(parts, version, signal)
  return { list, places: await parts.index.locate(Buffer.from(ids(list).join(''), 'hex')) }
}

/** Where the chunks of all files to be written are on this disk. */
async function locate(
  index: Pick<FolderIndex, 'locate'>,
  rows: readonly TodoRow[],
  chunksOf: (version: Version) => ChunkList,
  moves: ReadonlyMap<string, Move>,
): Promise<Map<ChunkId, ChunkPlace[]>> {
  const wanted = new Set<ChunkId>()
  for (const row of rows) {
    const kept = new Set(row.shown.map(({ version }) => version?.id))
    for (const { path, version } of wantedEntries(row)) {
      if (version?.kind === 'file' && !moves.has(path) && !kept.has(version.id))
        for (const id of ids(chunksOf(version))) wanted.add(id)
    }
  }
  if (wanted.size === 0) return new Map()
  const packed = Buffer.from([...wanted].join(''), 'hex')
  const found = await index.locate(packed)
  return new Map([...wanted].flatMap((id, at) => ((found[at]?.length ?? 0) === 0 ? [] : [[id, found[at] ?? []] as const])))
}

function ids(list: ChunkList): ChunkId[] {
  const all: ChunkId[] = []
  for (let at = 0; at < list.length; at += CHUNK_ITEM_BYTES) all.push(toHex(list.subarray(at, at + 32)) as ChunkId)
  return all
}
