import { randomBytes, type KeyObject } from 'node:crypto'
import { chmod, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, HoldfastError, type Logger } from '#base'
import { deviceIdOf, publicKeyOf, signingKey, type DeviceId } from '#model'

const FILE = 'identity.json'
const VERSION = 1
const OWNER_ONLY = 0o600

/** What a device is: two private keys that never leave its home directory. */
export interface Identity {
  readonly device: DeviceId
  /** The 32-byte Ed25519 private key (RFC 8032's seed). */
  readonly seed: Uint8Array
  /** `seed` as a key for signing. */
  readonly key: KeyObject
  /** The 32-byte X25519 private key, to which others wrap folders' secrets. */
  readonly x25519: Uint8Array
}

export function identityOf(seed: Uint8Array, x25519: Uint8Array): Identity {
  const key = signingKey(seed)
  return { device: deviceIdOf(publicKeyOf(key)), seed, key, x25519 }
}

/** An identity of fresh random keys that is written nowhere. */
export function createIdentity(): Identity {
  return identityOf(new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(32)))
}

/**
 * The identity kept in `<home>/identity.json` (docs/format/peers.md), made on the first call; `home` must exist. A file that others may
 * read is closed to them again, with a warning. Throws `corrupt` when the file is damaged: losing it means pairing anew.
 */
export async function loadIdentity(home: string, logger: Logger): Promise<Identity> {
  const path = join(home, FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    const identity = createIdentity()
    await write(home, path, identity)
    return identity
  }
  await restrict(path, logger)
  return parse(path, text)
}

function parse(path: string, text: string): Identity {
  let fields: Record<string, unknown>
  try {
    fields = JSON.parse(text) as Record<string, unknown>
  } catch (cause) {
    throw damaged(path, 'it is not JSON', cause)
  }
  if (typeof fields !== 'object' || fields === null) throw damaged(path, 'it is not an object')
  if (typeof fields['version'] === 'number' && fields['version'] > VERSION) {
    throw new HoldfastError('unsupported', `${path} was written by a newer Holdfast`, { hint: 'update Holdfast on this device' })
  }
  if (fields['version'] !== VERSION) throw damaged(path, 'its version is unknown')
  const identity = identityOf(key(path, fields['ed25519']), key(path, fields['x25519']))
  if (fields['device'] !== identity.device) throw damaged(path, 'its key is not that of the device it names')
  return identity
}

function key(path: string, value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64url')) : new Uint8Array()
  if (bytes.length !== 32) throw damaged(path, 'a key in it is damaged')
  return bytes
}

function damaged(path: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('corrupt', `the identity in ${path} cannot be read: ${why}`, {
    cause,
    hint: 'restore the file from a backup, or move it away and pair this device again as a new one',
  })
}

async function restrict(path: string, logger: Logger): Promise<void> {
  if (process.platform === 'win32') return
  const { mode } = await stat(path)
  if ((mode & 0o077) === 0) return
  await chmod(path, OWNER_ONLY)
  logger.warn({ path, mode: (mode & 0o777).toString(8) }, 'others could read the identity file; it is closed to them now')
}

async function write(home: string, path: string, identity: Identity): Promise<void> {
  const text = JSON.stringify({
    version: VERSION,
    device: identity.device,
    ed25519: Buffer.from(identity.seed).toString('base64url'),
    x25519: Buffer.from(identity.x25519).toString('base64url'),
  })
  const draft = `${path}.new`
  const file = await open(draft, 'w', OWNER_ONLY)
  try {
    await file.chmod(OWNER_ONLY)
    await file.writeFile(`${text}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  if (process.platform === 'win32') return
  const directory = await open(home, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
