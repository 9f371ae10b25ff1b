import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { Random } from '#base'
import { idBytes, type FolderId } from '#model'
import { MAX_NAME_BYTES, nameFault, SEALED_NAME_BYTES } from './operation-fields.ts'

/** A name as the log has it: sealed, or in the clear, as older versions write it. */
export type LoggedName = string | Uint8Array

/** Operations that name something of a folder. */
type NamingKind = 'folder.create' | 'snapshot.create'

interface Naming {
  kind: NamingKind
  folder: FolderId
  name: LoggedName
}

/** Opens a sealed name; null where that cannot be done here. */
export type OpenName = (folder: FolderId, kind: NamingKind, sealed: Uint8Array) => string | null

/** The numbers that these kinds have with a sealed name. */
export const SEALED_KINDS: Readonly<Record<NamingKind, number>> = { 'folder.create': 20, 'snapshot.create': 21 }
const INFO = 'holdfast/v1/name'
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Characters of an id that stand for a name that is not known. */
const SHORT = 8

/** What something is called where its name is not known: the beginning of its id. */
export function unnamed(id: string): string {
  return id.slice(0, SHORT)
}

/**
 * The same with its name sealed, for whoever has the folder's 32-byte secret: AES-256-GCM under a key derived from that, bound to the folder and
 * the kind. All sealed names have one length.
 */
export function sealName<B extends Naming>(body: B, secret: Uint8Array, random: Random): B {
  if (typeof body.name !== 'string') return body
  const padded = Buffer.alloc(1 + MAX_NAME_BYTES)
  padded[0] = padded.write(body.name, 1)
  const nonce = random.bytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, nameKey(secret), nonce)
  cipher.setAAD(boundTo(body.folder, body.kind))
  const name: LoggedName = new Uint8Array(Buffer.concat([nonce, cipher.update(padded), cipher.final(), cipher.getAuthTag()]))
  return { ...body, name }
}

/** The name in what `sealName` made; null where the secret is another one, it is of something else, or no name. */
export function openName(secret: Uint8Array, folder: FolderId, kind: NamingKind, sealed: Uint8Array): string | null {
  try {
    const decipher = createDecipheriv(CIPHER, nameKey(secret), sealed.subarray(0, NONCE_BYTES))
    decipher.setAAD(boundTo(folder, kind))
    decipher.setAuthTag(sealed.subarray(SEALED_NAME_BYTES - TAG_BYTES, SEALED_NAME_BYTES))
    const padded = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    const name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(padded.subarray(1, 1 + padded[0]!))
    return nameFault(name) === undefined ? name : null
  } catch {
    return null
  }
}

function nameKey(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), INFO, 32))
}

function boundTo(folder: FolderId, kind: NamingKind): Uint8Array {
  return Buffer.concat([idBytes(folder), Uint8Array.of(SEALED_KINDS[kind])])
}
