import { createCipheriv, createDecipheriv, scrypt } from 'node:crypto'
import { HoldfastError, type Random } from '#base'
import { decodeArray, deviceIdOf, devicePublicKey, encodeCbor, groupIdOf, idBytes, natural, sameBytes, sha256 } from '#model'
import type { DeviceId } from '#model'
import { SECRET_BYTES, type RecoveryCode } from './recovery-code.ts'

/** Bytes of a file that is looked at; a kit has a few thousand. */
export const MAX_KIT_BYTES = 256 * 1024

const BEGIN = '-----BEGIN HOLDFAST RECOVERY KIT-----'
const END = '-----END HOLDFAST RECOVERY KIT-----'
const LINE_CHARACTERS = 64
const MAGIC = Buffer.from('HFRK')
const VERSION = 1
const SALT_BYTES = 32
const HEADER_BYTES = MAGIC.length + 1 + 3 + SALT_BYTES
const TAG_BYTES = 16
const CHECK_BYTES = 8
const CHECKED_FOR = Buffer.from('holdfast/v1/recovery-kit\0')

/** scrypt (RFC 7914): 128 MiB, half a second. */
const COST = { logN: 17, r: 8, p: 1 }
/** What a file may ask for: a hostile one is not to take all memory, or hours. */
const MOST = { logN: 20, r: 16, p: 4, bytes: 512 * 1024 * 1024 }

const MIN_CHARACTERS = 12
const MIN_DIFFERENT = 6
const MAX_DEVICES = 64
const MAX_ADDRESSES = 8

/** What is sealed in the file. */
export interface RecoveryKit {
  code: RecoveryCode
  /** What the kit is called in the group. */
  name: string
  /** ms */
  made: number
  /** Where devices of the group were then, those that hold blocks for others first: multiaddrs that do not name the device. */
  devices: readonly { readonly device: DeviceId; readonly addresses: readonly string[] }[]
}

/** Throws `usage` for a passphrase that somebody who has the file could try out. */
export function checkPassphrase(passphrase: string): void {
  const characters = passphrase.normalize('NFKC').match(/./gsu) ?? []
  const hint = 'some words that are not a known sentence are easy to keep and hard to try out'
  if (passphrase.trim() === '')
    throw new HoldfastError('usage', 'a recovery kit needs a passphrase', { reason: 'passphrase-missing', hint })
  if (characters.length < MIN_CHARACTERS || new Set(characters).size < MIN_DIFFERENT) {
    throw new HoldfastError(
      'usage',
      `this passphrase is too weak: it needs at least ${MIN_CHARACTERS} characters, ${MIN_DIFFERENT} of them different`,
      { reason: 'passphrase-weak', values: { characters: MIN_CHARACTERS, different: MIN_DIFFERENT }, hint },
    )
  }
}

/** The file of a kit, text for people around it. */
export async function sealKit(kit: RecoveryKit, passphrase: string, { random }: { random: Random }): Promise<string> {
  const header = Buffer.concat([MAGIC, Uint8Array.of(VERSION, COST.logN, COST.r, COST.p), random.bytes(SALT_BYTES)])
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, header), new Uint8Array(12))
  cipher.setAAD(header)
  const body = Buffer.concat([header, cipher.update(encodeKit(kit)), cipher.final(), cipher.getAuthTag()])
  const base64 = Buffer.concat([body, checksum(body)]).toString('base64')
  const lines = base64.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? []
  return [
    `A recovery kit of Holdfast: ${kit.name}, of ${new Date(kit.made).toISOString().slice(0, 10)}.`,
    'Whoever has this file and its passphrase can read all folders of the group. Keep it apart from your computers.',
    'If all of these are gone, install Holdfast on another one, start it, and run: holdfast recovery restore FILE',
    '',
    BEGIN,
    ...lines,
    END,
    '',
  ].join('\n')
}

/** Opens a file. Throws `usage` where it is no kit, `corrupt` where it is damaged, `denied` for another passphrase, `unsupported` for a newer one. */
export async function openKit(text: string, passphrase: string): Promise<RecoveryKit> {
  const body = unpack(text)
  const header = body.subarray(0, HEADER_BYTES)
  const sealed = body.subarray(HEADER_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', await keyOf(passphrase, header), new Uint8Array(12))
  decipher.setAAD(header)
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  let plain: Buffer
  try {
    plain = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw new HoldfastError('denied', 'this is not the passphrase of this recovery kit', {
      reason: 'passphrase-wrong',
      hint: 'case and spaces count; without it the kit cannot be opened by anybody',
      cause,
    })
  }
  return decodeKit(plain)
}

function encodeKit({ code, name, made, devices }: RecoveryKit): Uint8Array {
  const known = devices.slice(0, MAX_DEVICES)
  return encodeCbor([
    code.secret,
    idBytes(code.group),
    name,
    made,
    known.map(({ device, addresses }) => [devicePublicKey(device), addresses.slice(0, MAX_ADDRESSES)]),
  ])
}

function decodeKit(plain: Uint8Array): RecoveryKit {
  const [secret, group, name, made, devices] = decodeArray(plain)
  if (!(secret instanceof Uint8Array) || secret.length !== SECRET_BYTES || !(group instanceof Uint8Array)) throw damaged()
  if (typeof name !== 'string' || !Array.isArray(devices)) throw damaged()
  return {
    code: { secret, group: groupIdOf(group) },
    name,
    made: natural(made),
    devices: (devices as unknown[]).slice(0, MAX_DEVICES).map((item) => {
      const [device, addresses] = Array.isArray(item) ? (item as unknown[]) : []
      if (!(device instanceof Uint8Array) || !Array.isArray(addresses)) throw damaged()
      return { device: deviceIdOf(device), addresses: addresses.map(String).slice(0, MAX_ADDRESSES) }
    }),
  }
}

/** What stands between the lines, without its checksum: so damage is told from another passphrase, and from a file that is none. */
function unpack(text: string): Buffer {
  const begin = text.indexOf(BEGIN)
  if (begin < 0)
    throw new HoldfastError('usage', 'this file is no recovery kit of Holdfast', {
      reason: 'no-kit',
      hint: 'holdfast recovery export FILE makes one',
    })
  const end = text.indexOf(END, begin)
  if (end < 0) throw damaged()
  const bytes = Buffer.from(text.slice(begin + BEGIN.length, end), 'base64')
  const body = bytes.subarray(0, -CHECK_BYTES)
  if (bytes.length < HEADER_BYTES + TAG_BYTES + CHECK_BYTES || !body.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged()
  if (!sameBytes(bytes.subarray(-CHECK_BYTES), checksum(body))) throw damaged()
  if (body[MAGIC.length] !== VERSION)
    throw new HoldfastError('unsupported', 'this recovery kit needs a newer Holdfast', {
      reason: 'kit-newer',
      hint: 'update Holdfast on this device',
    })
  return body
}

function checksum(body: Uint8Array): Uint8Array {
  return sha256(CHECKED_FOR, body).subarray(0, CHECK_BYTES)
}

/** scrypt, with what the header says. */
function keyOf(passphrase: string, header: Uint8Array): Promise<Buffer> {
  const [logN = 0, r = 0, p = 0] = header.subarray(MAGIC.length + 1)
  const bytes = 128 * 2 ** logN * r
  const isSane = logN >= 1 && r >= 1 && p >= 1 && logN <= MOST.logN && r <= MOST.r && p <= MOST.p && bytes <= MOST.bytes
  if (!isSane)
    throw new HoldfastError('corrupt', 'this recovery kit asks for more work than any kit needs, and is not tried', {
      reason: 'kit-damaged',
      hint: 'use another copy of it',
    })
  const salt = header.subarray(-SALT_BYTES)
  return new Promise((resolve, reject) => {
    // Two parts of a block each come on top of the table.
    scrypt(passphrase.normalize('NFKC'), salt, 32, { N: 2 ** logN, r, p, maxmem: bytes + 1024 * 1024 }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}

function damaged(): HoldfastError {
  return new HoldfastError('corrupt', 'this recovery kit is damaged, or is not all of it', {
    reason: 'kit-damaged',
    hint: 'use another copy of it, or its words',
  })
}
