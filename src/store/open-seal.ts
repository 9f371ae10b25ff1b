import { HoldfastError } from '#base'
import { chunkId, openBlock } from '#content'
import { toHex, type ChunkId } from '#model'
import type { FolderSealing } from './folder-sealing.ts'

/**
 * The chunk; `wrong`: the block is none of it, whoever made it; `unreadable`: it is sealed with a key, or in a format, that is not known
 * here, and may well be right.
 */
export type Opened = Uint8Array | 'wrong' | 'unreadable'

/** Opens a block as the chunk that it is said to be of. */
export function openSeal(block: Uint8Array, id: ChunkId, { folder, idKey, keys }: FolderSealing): Opened {
  try {
    const chunk = openBlock(block, { folder, chunk: id }, (name) => keys.find((key) => toHex(key.id) === name)?.key)
    return chunkId(idKey, chunk) === id ? chunk : 'wrong'
  } catch (error) {
    return error instanceof HoldfastError && error.code === 'corrupt' ? 'wrong' : 'unreadable'
  }
}
