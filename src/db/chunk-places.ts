import { ARCHIVE_DIRECTORY, CHUNK_ID_BYTES, idCount } from '#model'
import type { DiskView } from './disk-view.ts'
import type { ChunkPlace } from './folder-index.ts'
import type { Tables } from './tables/index.ts'

/** Where the chunk whose 32-byte id starts at `at` lies on the disk by the last look, in the archive last. */
export function placesOf({ chunks, shown, archive }: Tables, view: DiskView, ids: Uint8Array, at: number): ChunkPlace[] {
  return chunks.find(ids, at).flatMap(({ path, offset, length }): ChunkPlace[] => {
    const row = path < 0 ? undefined : shown.get(path)
    const name = path < 0 ? archive.nameOf(path) : undefined
    if (row !== undefined) return [{ path: view.nameOf(row), offset, length, stat: row.stat }]
    return name === undefined ? [] : [{ path: `${ARCHIVE_DIRECTORY}/${name}`, offset, length, stat: null }]
  })
}

/** Where each of packed ids starts. */
export function idStarts(ids: Uint8Array): number[] {
  return Array.from({ length: idCount(ids) }, (_, number) => number * CHUNK_ID_BYTES)
}
