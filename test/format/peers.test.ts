import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '#base'
import { folderIdOf, groupIdOf } from '#model'
import { loadIdentity } from '#peers'
import { decodeGreeting } from '../../src/peers/bulk-greeting.ts'
import { decodeControl } from '../../src/peers/control.ts'
import { FrameReader } from '../../src/peers/frames.ts'
import { decodeInvite } from '../../src/peers/invite-code.ts'
import { decodeOperation, verifyOperation } from '../../src/peers/operation.ts'
import { decodePairing } from '../../src/peers/pairing-messages.ts'
import { openName } from '../../src/peers/sealed-names.ts'
import { unwrapDataKey, unwrapSecret } from '../../src/peers/wrap.ts'
import { controls, dataKey, founder, invite, madeNow, messages, operations, other, place, secret } from './peers-cases.ts'
import frozen from './peers.json' with { type: 'json' }

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

describe('the frozen formats between devices', () => {
  it('are still written the same', () => {
    expect(madeNow()).toEqual(frozen.made)
  })

  it('of group operations are still read, with their signatures', () => {
    const read = Object.values(frozen.made.operations).map((hex) => decodeOperation(fromHex(hex)))
    expect(read.map(({ body }) => body)).toEqual(operations.map(({ body }) => body))
    expect(read.every(verifyOperation)).toBe(true)
    expect(new Set(read.map(({ group }) => group))).toEqual(new Set([frozen.made.group]))
  })

  it('of wrapped secrets are still opened, by their device only', () => {
    const body = decodeOperation(fromHex(frozen.made.operations['9 key.wrap'])).body
    if (body.kind !== 'key.wrap') throw new Error('not a wrap')
    expect(unwrapSecret(body, place.group, other.x25519)).toEqual(secret)
    expect(unwrapSecret(body, place.group, founder.x25519)).toBe(undefined)
    expect(unwrapSecret({ ...body, device: founder.device }, place.group, other.x25519)).toBe(undefined)
  })

  it('of wrapped data keys are still opened, by their device only, in their folder, as that key of that time', () => {
    const body = decodeOperation(fromHex(frozen.made.operations['15 data-key.wrap'])).body
    if (body.kind !== 'data-key.wrap') throw new Error('no wraps')
    const [wrap] = body.wraps
    expect(unwrapDataKey(wrap!, place, other.x25519)).toEqual(dataKey.key)
    expect(unwrapDataKey(wrap!, place, founder.x25519)).toBe(undefined)
    for (const moved of [{ device: founder.device }, { hlc: wrap!.hlc + 1 }, { id: secret.slice(0, 16) }])
      expect(unwrapDataKey({ ...wrap!, ...moved }, place, other.x25519)).toBe(undefined)
    const elsewhere = folderIdOf(secret.slice(0, 16))
    expect(unwrapDataKey(wrap!, { ...place, folder: elsewhere }, other.x25519)).toBe(undefined)
    expect(unwrapDataKey(wrap!, { ...place, group: groupIdOf(secret.slice(0, 16)) }, other.x25519)).toBe(undefined)
  })

  it('of sealed names are still opened, in their folder only', () => {
    const names = (['26 folder.create', '27 snapshot.create'] as const).map((key) => {
      const { body } = decodeOperation(fromHex(frozen.made.operations[key]))
      if ((body.kind !== 'folder.create' && body.kind !== 'snapshot.create') || typeof body.name === 'string') return null
      const elsewhere = folderIdOf(secret.slice(0, 16))
      expect(openName(secret, elsewhere, body.kind, body.name)).toBe(null)
      return openName(secret, body.folder, body.kind, body.name)
    })
    expect(names).toEqual(['Bilder & Töne', 'nach der Reise'])
  })

  it('of messages on the group link and of pairing are still read', () => {
    expect(Object.values(frozen.made.controls).map((hex) => decodeControl(fromHex(hex)))).toEqual(controls)
    expect(Object.values(frozen.made.pairing).map((hex) => decodePairing(fromHex(hex)))).toEqual(messages)
    expect(decodeControl(fromHex('8118c8'))).toBe(undefined)
  })

  it('of refusals keep their numbers, and one that is not known yet is a refusal all the same', () => {
    const reasons = ['refused', 'used', 'expired', 'busy', 'conflict', 'exists', 'differ', 'refused']
    for (const [number, reason] of reasons.entries()) {
      expect(decodePairing(fromHex(`82050${number}`))).toEqual({ kind: 'refused', reason })
    }
  })

  it('of messages in parts on bulk sockets are still read', () => {
    const messages = new FrameReader(16, undefined, true).push(fromHex(frozen.made.parts))
    expect(messages.map((message) => Buffer.from(message).toString())).toEqual(['x', 'abcde'])
  })

  it('of greetings on bulk sockets are still read', () => {
    expect(decodeGreeting(fromHex(frozen.made.bulkGreeting))).toBe(founder.device)
  })

  it('of invite codes are still read', () => {
    expect(decodeInvite(frozen.made.invite)).toEqual(invite)
  })

  it('of identity files are still read', async () => {
    const home = await mkdtemp(join(tmpdir(), 'holdfast-identity-'))
    onTestFinished(() => rm(home, { recursive: true }))
    await writeFile(join(home, 'identity.json'), frozen.identityFile, { mode: 0o600 })
    const { device, seed, x25519 } = await loadIdentity(home, silentLogger)
    expect({ device, seed, x25519 }).toEqual({ device: founder.device, seed: founder.seed, x25519: founder.x25519 })
  })
})
