import { hkdfSync } from 'node:crypto'

/** What a folder's members derive from its secret; 32 bytes each. Neither is ever sent or written to disk. */
export interface FolderKeys {
  idKey: Uint8Array
  chunkerKey: Uint8Array
}

/** Length of a gear table in bytes: 256 little-endian 64-bit numbers. */
export const GEAR_LENGTH = 256 * 8

/** HKDF-SHA256 (RFC 5869, empty salt) of the folder's 32-byte secret. */
export function deriveFolderKeys(secret: Uint8Array): FolderKeys {
  if (secret.length !== 32) throw new RangeError(`A folder secret has 32 bytes, not ${secret.length}`)
  return {
    idKey: expand(secret, 'holdfast/v1/chunk-id', 32),
    chunkerKey: expand(secret, 'holdfast/v1/chunker', 32),
  }
}

/** The gear table of a folder, as it lies in memory. Keyed, so that cut points are no fingerprint of known files. */
export function gearTable(chunkerKey: Uint8Array): Uint8Array {
  return expand(chunkerKey, 'holdfast/v1/gear', GEAR_LENGTH)
}

function expand(key: Uint8Array, info: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), info, length))
}
