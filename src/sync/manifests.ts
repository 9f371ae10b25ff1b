import { HoldfastError } from '#base'
import { chunkId } from '#content'
import type { FolderIndex } from '#db'
import type { Exchange } from '#exchange'
import {
  chunkBytes,
  CHUNK_ITEM_BYTES,
  fromHex,
  MAX_MANIFEST_BYTES,
  unpackChunks,
  type ChunkList,
  type ChunkRef,
  type FolderId,
  type Version,
} from '#model'

const MAX_CHUNK_BYTES = 2 * 1024 * 1024
/** Of a chunk's length, the end of its item. */
const LENGTH_BYTES = 4

export interface ManifestParts {
  folder: FolderId
  idKey: Uint8Array
  index: Pick<FolderIndex, 'manifestPieces' | 'putManifestPieces'>
  exchange: Pick<Exchange, 'fetch' | 'strike'>
}

/** Bytes of pieces of one manifest that are fetched at once. */
const WINDOW_BYTES = 4 * 1024 * 1024

/**
 * A file version's own chunks: those in its record, or the ones its manifest lists, read from the index or else from devices.
 * Throws `not-found` when a piece cannot be had now, `corrupt` when the manifest does not describe the file, or is too large here.
 * Nothing is fetched for a manifest that cannot describe it, and no more once what came is too much.
 */
export async function fileChunks(parts: ManifestParts, version: Version, signal: AbortSignal): Promise<ChunkList> {
  if (!version.manifest) return version.chunks
  const bytes = chunkBytes(version.chunks)
  if (bytes > MAX_MANIFEST_BYTES)
    throw new HoldfastError('corrupt', `${version.path} has more chunks than this device can work on (${version.size} bytes)`, {
      reason: 'too-many-chunks',
      values: { path: version.path },
    })
  if ((bytes / CHUNK_ITEM_BYTES) * MAX_CHUNK_BYTES < version.size) throw wrong(version)
  const refs = unpackChunks(version.chunks)
  const list = new Uint8Array(bytes)
  const view = new DataView(list.buffer)
  let at = CHUNK_ITEM_BYTES - LENGTH_BYTES
  let filled = 0
  let described = 0
  for (const group of windows(refs)) {
    const known = await parts.index.manifestPieces(Buffer.concat(group.map(({ id }) => fromHex(id))))
    for (const piece of await Promise.all(group.map(async (ref, at) => known[at] ?? (await fetchPiece(parts, ref, signal))))) {
      if (filled + piece.length > bytes) throw wrong(version)
      list.set(piece, filled)
      filled += piece.length
    }
    for (; at + LENGTH_BYTES <= filled; at += CHUNK_ITEM_BYTES) {
      const length = view.getUint32(at, true)
      described += length
      if (length === 0 || length > MAX_CHUNK_BYTES || described > version.size) throw wrong(version)
    }
  }
  if (filled !== bytes || described !== version.size) throw wrong(version)
  return list
}

/** The pieces in groups that are fetched together. */
function* windows(refs: readonly ChunkRef[]): Generator<ChunkRef[]> {
  let group: ChunkRef[] = []
  let bytes = 0
  for (const ref of refs) {
    if (group.length > 0 && bytes + ref.length > WINDOW_BYTES) {
      yield group
      group = []
      bytes = 0
    }
    group.push(ref)
    bytes += ref.length
  }
  if (group.length > 0) yield group
}

async function fetchPiece(parts: ManifestParts, { id, length }: ChunkRef, signal: AbortSignal): Promise<Uint8Array> {
  for (;;) {
    const { bytes, device, release } = await parts.exchange.fetch(parts.folder, id, length, signal)
    const piece = bytes.slice()
    release()
    if (chunkId(parts.idKey, piece) === id) {
      await parts.index.putManifestPieces([{ id: fromHex(id), bytes: piece }])
      return piece
    }
    parts.exchange.strike(device)
  }
}

function wrong({ path, size }: Version): HoldfastError {
  return new HoldfastError('corrupt', `the manifest of ${path} does not describe a file of ${size} bytes`, {
    reason: 'bad-manifest',
    values: { path },
  })
}
