import { HoldfastError } from '#base'
import { chunkId } from '#content'
import type { FolderIndex } from '#db'
import type { Exchange } from '#exchange'
import {
  chunkBytes,
  CHUNK_ITEM_BYTES,
  fromHex,
  unpackChunks,
  type ChunkList,
  type ChunkRef,
  type FolderId,
  type Version,
} from '#model'

const MAX_CHUNK_BYTES = 2 * 1024 * 1024

export interface ManifestParts {
  folder: FolderId
  idKey: Uint8Array
  index: Pick<FolderIndex, 'manifestPieces' | 'putManifestPieces'>
  exchange: Pick<Exchange, 'fetch' | 'strike'>
}

/**
 * A file version's own chunks: those in its record, or the ones its manifest lists, read from the index or else from devices.
 * Throws `not-found` when a piece cannot be had now, `corrupt` when the manifest does not describe the file.
 */
export async function fileChunks(parts: ManifestParts, version: Version, signal: AbortSignal): Promise<ChunkList> {
  if (!version.manifest) return version.chunks
  const refs = unpackChunks(version.chunks)
  const known = await parts.index.manifestPieces(Buffer.concat(refs.map(({ id }) => fromHex(id))))
  const pieces = await Promise.all(refs.map(async (ref, at) => known[at] ?? (await fetchPiece(parts, ref, signal))))
  const list = new Uint8Array(Buffer.concat(pieces))
  checkList(version, list)
  return list
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

function checkList(version: Version, list: ChunkList): void {
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength)
  let sound = list.length % CHUNK_ITEM_BYTES === 0 && chunkBytes(list) === version.size
  for (let at = 32; sound && at < list.length; at += CHUNK_ITEM_BYTES) {
    const length = view.getUint32(at, true)
    sound = length > 0 && length <= MAX_CHUNK_BYTES
  }
  if (!sound)
    throw new HoldfastError('corrupt', `the manifest of ${version.path} does not describe a file of ${version.size} bytes`)
}
