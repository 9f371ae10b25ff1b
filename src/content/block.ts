import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { HoldfastError } from '#base'
import { fromHex, idBytes, toHex, type ChunkId, type FolderId } from '#model'
import { MAX_CHUNK_LENGTH } from './chunkers.ts'
import { entropy } from './entropy.ts'
import { paddedLength } from './padding.ts'

/** Opens every block: three letters and the version of the format. */
const MAGIC = Buffer.from('HFB\x01', 'latin1')
const KEY_ID_BYTES = 16
const HEADER_BYTES = MAGIC.length + KEY_ID_BYTES
const SALT_BYTES = 32
const TAG_BYTES = 16
/** In front of the content: how it is packed, and its packed length, unsigned 32-bit little-endian. */
const INNER_HEAD = 5
const RAW = 0
const ZSTD = 1
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** Bits a byte above which a sample is taken for packed or encrypted already. */
const DENSE = 7.6
/** Packing that saves less than one part in so many is not worth unpacking at each read. */
const LEAST_GAIN = 16

/** The longest block there can be, in bytes: of a chunk of the greatest length that cannot be packed. */
export const MAX_BLOCK_LENGTH = HEADER_BYTES + SALT_BYTES + paddedLength(INNER_HEAD + MAX_CHUNK_LENGTH) + TAG_BYTES

/** A key that a folder's blocks are sealed with; `id` has 16 bytes and stands in the block, `key` has 32. */
export interface DataKey {
  id: Uint8Array
  key: Uint8Array
}

/** What a block is bound to: it opens as this chunk of this folder and as no other. */
export interface BlockPlace {
  folder: FolderId
  chunk: ChunkId
}

/**
 * Seals a chunk: packed where that helps, padded, AES-256-GCM under a key of its own (HMAC-SHA256 of the data key over `salt`, 32
 * random bytes, so nonce 0 is used once). The format is in docs/format/block.md. Blocks until it is done; 2 MiB take some 10 ms.
 */
export function sealBlock(chunk: Uint8Array, place: BlockPlace, { id, key }: DataKey, salt: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = pack(chunk)
  const content = packed ?? chunk
  const inner = new Uint8Array(paddedLength(INNER_HEAD + content.length))
  inner[0] = packed === null ? RAW : ZSTD
  new DataView(inner.buffer).setUint32(1, content.length, true)
  inner.set(content, INNER_HEAD)
  const header = Buffer.concat([MAGIC, id])
  const cipher = createCipheriv('aes-256-gcm', blockKey(key, salt), new Uint8Array(12))
  cipher.setAAD(Buffer.concat([header, boundTo(place)]))
  const block = new Uint8Array(HEADER_BYTES + SALT_BYTES + inner.length + TAG_BYTES)
  block.set(header)
  block.set(salt, HEADER_BYTES)
  block.set(cipher.update(inner), HEADER_BYTES + SALT_BYTES)
  cipher.final()
  block.set(cipher.getAuthTag(), block.length - TAG_BYTES)
  return block
}

/**
 * The chunk in a block. Throws `corrupt` where the block is damaged or was sealed for another place, `unsupported` for a newer
 * format, `denied` where `keyOf` (by the key's id in hex) has no key for it. That the chunk is the one its id names is not looked at.
 */
export function openBlock(
  block: Uint8Array,
  place: BlockPlace,
  keyOf: (id: string) => Uint8Array | undefined,
): Uint8Array<ArrayBuffer> {
  const id = blockKeyId(block)
  const key = keyOf(id)
  if (key === undefined) {
    throw new HoldfastError(
      'denied',
      `the block of chunk ${place.chunk} is sealed with a key (${id}) that this device does not have`,
    )
  }
  const salt = block.subarray(HEADER_BYTES, HEADER_BYTES + SALT_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', blockKey(key, salt), new Uint8Array(12))
  decipher.setAAD(Buffer.concat([block.subarray(0, HEADER_BYTES), boundTo(place)]))
  decipher.setAuthTag(block.subarray(block.length - TAG_BYTES))
  const inner = decipher.update(block.subarray(HEADER_BYTES + SALT_BYTES, block.length - TAG_BYTES))
  try {
    decipher.final()
  } catch (cause) {
    throw damaged(place, cause)
  }
  return unpack(inner, place)
}

/**
 * What the chunk in a block seems to be, where it is not known which that is: to be named, and then opened under that name, which alone
 * tells whether it is so. null where it cannot be one.
 */
export function peekBlock(block: Uint8Array, key: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const salt = block.subarray(HEADER_BYTES, HEADER_BYTES + SALT_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', blockKey(key, salt), new Uint8Array(12))
  const inner = decipher.update(block.subarray(HEADER_BYTES + SALT_BYTES, block.length - TAG_BYTES))
  try {
    return unpack(inner)
  } catch {
    return null
  }
}

/** The id, in hex, of the data key that a block was sealed with. Throws as `openBlock` does for what is no block. */
export function blockKeyId(block: Uint8Array): string {
  if (block.length < HEADER_BYTES + SALT_BYTES + INNER_HEAD + TAG_BYTES || block.length > MAX_BLOCK_LENGTH) throw noBlock(block)
  if (MAGIC.subarray(0, 3).some((byte, at) => block[at] !== byte)) throw noBlock(block)
  if (block[3] !== MAGIC[3]) {
    throw new HoldfastError('unsupported', `a block has format ${block[3]}, known here is ${MAGIC[3]}`, {
      hint: 'update Holdfast on this device',
    })
  }
  return toHex(block.subarray(MAGIC.length, HEADER_BYTES))
}

/** What names a block: the SHA-256 of its bytes, 32 bytes, which is the digest in its CID. */
export function blockDigest(block: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', block, 'buffer'))
}

/** null where it would not help. */
function pack(chunk: Uint8Array): Uint8Array | null {
  if (entropy(chunk) > DENSE) return null
  const packed = zstdCompressSync(chunk, LEVEL)
  return packed.length < chunk.length - chunk.length / LEAST_GAIN ? packed : null
}

function unpack(inner: Buffer, place?: BlockPlace): Uint8Array<ArrayBuffer> {
  const end = INNER_HEAD + inner.readUInt32LE(1)
  if (end > inner.length || inner[0]! > ZSTD) throw damaged(place)
  const content = inner.subarray(INNER_HEAD, end)
  if (inner[0] === RAW) return new Uint8Array(content)
  try {
    return new Uint8Array(zstdDecompressSync(content, { maxOutputLength: MAX_CHUNK_LENGTH }))
  } catch (cause) {
    throw damaged(place, cause)
  }
}

/** A KeyObject, since bytes are made into one at each call, slowly. */
function blockKey(key: Uint8Array, salt: Uint8Array): KeyObject {
  return createSecretKey(createHmac('sha256', createSecretKey(key)).update(salt).digest())
}

function boundTo({ folder, chunk }: BlockPlace): Uint8Array {
  return Buffer.concat([idBytes(folder), fromHex(chunk)])
}

function noBlock({ length }: Uint8Array): HoldfastError {
  return new HoldfastError('corrupt', `what should be a block is none (${length} bytes)`)
}

function damaged(place?: BlockPlace, cause?: unknown): HoldfastError {
  const what = place === undefined ? 'a block' : `the block of chunk ${place.chunk} in folder ${place.folder}`
  return new HoldfastError('corrupt', `${what} is damaged`, { cause })
}
