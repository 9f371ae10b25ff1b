import { HoldfastError } from '#base'
import { deviceIdOf, folderIdOf, natural, toHex, type DeviceId, type FolderId, type VersionId } from '#model'
import type { Place } from './group.ts'

// How the fields of an operation's body are read: each gives what is meant, or throws `corrupt`.

export const MAX_NAME_BYTES = 255
/** A nonce, the longest name with its length, and a tag. */
export const SEALED_NAME_BYTES = 12 + 1 + MAX_NAME_BYTES + 16
/** Numbers of a retention policy at most. */
const MAX_POLICY_NUMBERS = 64

/** Why a device or a folder may not be called so, or undefined when it may. */
export function nameFault(text: string): string | undefined {
  if (text === '' || text.trim() !== text) return 'it is empty, or begins or ends with a space'
  if (Buffer.byteLength(text) > MAX_NAME_BYTES) return `it is longer than ${MAX_NAME_BYTES} bytes`
  // Control characters and directional marks would let a name pose as another on a screen.
  if (/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text) || !text.isWellFormed())
    return 'it contains a character that cannot be shown'
  return undefined
}

export function name(value: unknown): string {
  if (typeof value !== 'string' || nameFault(value) !== undefined) throw bad('name')
  return value
}

/** A name that only those can read who have the folder's secret (sealName). */
export function sealedName(value: unknown): Uint8Array {
  return bytes(value, SEALED_NAME_BYTES)
}

export function bytes(value: unknown, length: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) throw bad('key')
  return value
}

/** An id of 16 bytes, as hex. */
export function hexId(value: unknown): string {
  return toHex(bytes(value, 16))
}

export function version(value: unknown): VersionId {
  return hexId(value) as VersionId
}

/** The numbers of a retention policy; what they mean is for whoever applies it. */
export function policy(value: unknown): readonly number[] {
  if (!Array.isArray(value) || value.length > MAX_POLICY_NUMBERS || !value.every(Number.isSafeInteger)) throw bad('policy')
  return value as number[]
}

export function device(value: unknown): DeviceId {
  return deviceIdOf(bytes(value, 32))
}

export function folder(value: unknown): FolderId {
  return folderIdOf(bytes(value, 16))
}

export function place(epoch: unknown, seq: unknown): Place {
  return { epoch: natural(epoch), seq: natural(seq) }
}

export function counted(item: unknown[]): readonly [DeviceId, readonly Place[]] {
  if (item.length !== 2) throw bad('list')
  return [
    device(item[0]),
    list(item[1]).map((pair) => {
      if (pair.length !== 2) throw bad('list')
      return place(pair[0], pair[1])
    }),
  ]
}

export function list(value: unknown): unknown[][] {
  if (!Array.isArray(value) || !value.every((item) => Array.isArray(item))) throw bad('list')
  return value as unknown[][]
}

export function oneOf<T>(values: readonly T[], at: unknown): T {
  const value = values[natural(at)]
  if (value === undefined) throw bad('choice')
  return value
}

export function bad(what: string): HoldfastError {
  return new HoldfastError('corrupt', `a group operation has a wrong ${what}`)
}
