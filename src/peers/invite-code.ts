import { isIPv6 } from 'node:net'
import { base32 } from 'multiformats/bases/base32'
import { HoldfastError } from '#base'
import { deviceIdOf, devicePublicKey, sameBytes, sha256, type DeviceId } from '#model'

/** What every code begins with. */
const PREFIX = 'hf1'
const FORMAT = 1
const CHECK_BYTES = 4
export const SECRET_BYTES = 16
/** Addresses in a code at most; each makes it 11 characters longer, or 30 for IPv6. */
const MAX_ADDRESSES = 4

/** What an invite code says (docs/format/peers.md). */
export interface InviteCode {
  device: DeviceId
  /** 128 random bits, for one use. */
  secret: Uint8Array
  /** ms, a whole second */
  expires: number
  /** TCP multiaddrs with an IP address. */
  addresses: string[]
}

/** `hf1` and base32 of format ‖ device key ‖ secret ‖ expiry (s, u32) ‖ count ‖ addresses ‖ checksum. */
export function encodeInvite(code: InviteCode): string {
  const head = Buffer.alloc(1 + 32 + SECRET_BYTES + 4)
  head[0] = FORMAT
  head.set(devicePublicKey(code.device), 1)
  head.set(code.secret, 33)
  head.writeUInt32BE(Math.floor(code.expires / 1000), 33 + SECRET_BYTES)
  const addresses = code.addresses
    .map(packAddress)
    .filter((packed) => packed !== null)
    .slice(0, MAX_ADDRESSES)
  const body = Buffer.concat([head, Uint8Array.of(addresses.length), ...addresses])
  return PREFIX + base32.baseEncode(Buffer.concat([body, checksum(body)]))
}

/** Reads a code, however its letters are cased and spaced. Throws `usage` for other text, `corrupt` for a code with a mistake in it. */
export function decodeInvite(text: string): InviteCode {
  const plain = text.replaceAll(/[\s-]/g, '').toLowerCase()
  if (!plain.startsWith(PREFIX)) {
    throw new HoldfastError('usage', `this is not an invite code: a code begins with ${PREFIX}`, {
      reason: 'no-code',
      hint: 'copy all of what `holdfast invite` printed',
    })
  }
  const bytes = decode(plain.slice(PREFIX.length))
  const body = bytes.subarray(0, -CHECK_BYTES)
  if (bytes.length < 1 + 32 + SECRET_BYTES + 4 + 1 + CHECK_BYTES || !sameBytes(bytes.subarray(-CHECK_BYTES), checksum(body)))
    throw mistaken()
  if (body[0] !== FORMAT)
    throw new HoldfastError('unsupported', 'this invite code needs a newer Holdfast', {
      reason: 'code-newer',
      hint: 'update this device',
    })
  const buffer = Buffer.from(body)
  return {
    device: deviceIdOf(body.slice(1, 33)),
    secret: body.slice(33, 33 + SECRET_BYTES),
    expires: buffer.readUInt32BE(33 + SECRET_BYTES) * 1000,
    addresses: unpackAddresses(buffer.subarray(37 + SECRET_BYTES)),
  }
}

function decode(text: string): Uint8Array {
  try {
    return base32.baseDecode(text)
  } catch {
    throw mistaken()
  }
}

function checksum(body: Uint8Array): Uint8Array {
  return sha256(Buffer.from('holdfast/v1/invite-code\0'), body).subarray(0, CHECK_BYTES)
}

/** 4, four bytes, port; or 6, sixteen bytes, port. Null for an address that is not of this kind. */
function packAddress(text: string): Uint8Array | null {
  const match = /^\/(ip4|ip6)\/([^/]+)\/tcp\/(\d+)(\/|$)/.exec(text)
  const [, kind, ip = '', port = ''] = match ?? []
  if (kind === undefined) return null
  const bytes = kind === 'ip4' ? ip.split('.').map(Number) : ip6Bytes(ip)
  return Uint8Array.of(kind === 'ip4' ? 4 : 6, ...bytes, Number(port) >> 8, Number(port) & 0xff)
}

function unpackAddresses(packed: Buffer): string[] {
  const addresses: string[] = []
  let at = 1
  for (let left = packed[0] ?? 0; left > 0; left--) {
    const kind = packed[at++]
    const length = kind === 4 ? 4 : 16
    if ((kind !== 4 && kind !== 6) || at + length + 2 > packed.length) throw mistaken()
    const ip = packed.subarray(at, at + length)
    const port = packed.readUInt16BE(at + length)
    addresses.push(kind === 4 ? `/ip4/${ip.join('.')}/tcp/${port}` : `/ip6/${ip6Text(ip)}/tcp/${port}`)
    at += length + 2
  }
  return addresses
}

function ip6Bytes(text: string): number[] {
  if (!isIPv6(text)) return Array.from({ length: 16 }, () => 0)
  const [head = '', tail] = text.split('::')
  const groups = (part: string): number[] =>
    part
      .split(':')
      .filter((group) => group !== '')
      .map((group) => Number.parseInt(group, 16))
  const before = groups(head)
  const after = groups(tail ?? '')
  const all =
    tail === undefined ? before : [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
  return all.flatMap((group) => [group >> 8, group & 0xff])
}

function ip6Text(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16)).join(':')
}

function mistaken(): HoldfastError {
  return new HoldfastError('corrupt', 'this invite code has a mistake in it, or is not all of it', {
    reason: 'code-mistake',
    hint: 'copy all of what `holdfast invite` printed',
  })
}
