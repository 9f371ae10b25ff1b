import { HoldfastError } from '#base'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { create } from 'multiformats/hashes/digest'

const SHA2_256 = 0x12

/** The CID of the block whose bytes have this SHA-256. */
export function cidOf(digest: Uint8Array): CID {
  return CID.createV1(raw.code, create(SHA2_256, digest))
}

/** The SHA-256 in a CID; throws `unsupported` for other hashes, which no block of ours is named by. */
export function digestOf(cid: CID): Uint8Array {
  if (cid.multihash.code === SHA2_256) return cid.multihash.digest
  throw new HoldfastError('unsupported', `${cid.toString()} is not named by SHA-256`)
}
