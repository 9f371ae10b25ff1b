import { describe, expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock, type Clock } from '#base'
import { createIdentity } from '#peers'
import { decodeInvite, encodeInvite } from '../../src/peers/invite-code.ts'
import { PairingDoor } from '../../src/peers/pairing-door.ts'
import { inviteName } from '../../src/peers/pairing-proof.ts'
import { peerOf, startDevice, unite, until, type TestDevice } from './devices.ts'

/** Five seconds pass as fast as one. */
const fast: Clock = { ...systemClock, after: (ms, run, options) => systemClock.after(ms / 5, run, options) }

/** A door of a device that is no one's friend. */
async function stranger(): Promise<PairingDoor> {
  const parts = { identity: createIdentity(), clock: systemClock, logger: silentLogger }
  const door = new PairingDoor({ ...parts, asked: () => Promise.resolve(), seen: () => undefined }, { lan: false, listen: [] })
  await door.hold('test')
  onTestFinished(() => door.close())
  return door
}

function doorOf({ network }: TestDevice): string[] {
  return network.pairing.doorAddresses()
}

describe('an invite code', () => {
  test('joins a device, with its folders', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const photos = await a.network.group.createFolder({ name: 'photos' })
    const music = await b.network.group.createFolder({ name: 'music' })
    const secret = b.network.group.secret(music.id)
    const { code } = await a.network.pairing.createInvite()
    expect(code).toMatch(/^hf1[a-z2-7]+$/)
    const joined = await b.network.pairing.join(code)
    expect(joined).toEqual({ group: a.network.group.state.id, device: b.identity.device })
    await Promise.all([peerOf(a, b), peerOf(b, a)])
    await until(() => a.network.group.secret(music.id) !== null && b.network.group.secret(photos.id) !== null)
    expect(a.network.group.secret(music.id)).toEqual(secret)
    expect(b.network.group.secret(photos.id)).toEqual(a.network.group.secret(photos.id))
    expect(a.network.group.state.devices.map(({ name }) => name).sort()).toEqual(['a', 'b'])
    await until(() => !a.network.pairing.isOpen && !b.network.pairing.isOpen)
  })

  test('for a storage device gives it no key', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const { code } = await a.network.pairing.createInvite({ role: 'storage' })
    await b.network.pairing.join(code)
    const folder = await a.network.group.createFolder({ name: 'photos' })
    await peerOf(b, a)
    await until(() => b.network.group.state.folders.length === 1)
    expect(b.network.group.state.role(folder.id, b.identity.device)).toBe('none')
    expect(b.network.group.secret(folder.id)).toBe(null)
    await expect(b.network.pairing.createInvite()).rejects.toMatchObject({ code: 'denied' })
  })

  test('works once', async () => {
    const [a, b, c] = [await startDevice('a'), await startDevice('b'), await startDevice('c')]
    const { code } = await a.network.pairing.createInvite()
    await a.network.pairing.openWindow()
    await b.network.pairing.join(code)
    await expect(c.network.pairing.join(code)).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('used already') as string,
    })
    expect(c.network.group.alone).toBe(true)
    await expect(b.network.pairing.join(code)).rejects.toMatchObject({ code: 'exists' })
  })

  test('expires', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const { code } = await a.network.pairing.createInvite({ expiresMs: 1_000 })
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    await expect(b.network.pairing.join(code)).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('expired') as string,
    })
    // It let nobody in, as far as the inviting device knows, either.
    expect(a.network.group.alone).toBe(true)
  })

  test('opens the door of a device in a group for as long as it is good, as the pairing page does while it is shown', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const { pairing } = a.network
    expect(pairing.isOpen).toBe(true)
    await unite(a, b)
    await until(() => !pairing.isOpen)
    await pairing.createInvite({ expiresMs: 1_000 })
    expect(pairing.isOpen).toBe(true)
    await pairing.openWindow(200)
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(pairing.isOpen).toBe(true)
    await until(() => !pairing.isOpen, 3_000)
    await pairing.openWindow(200)
    expect(pairing.isOpen).toBe(true)
    await until(() => !pairing.isOpen, 3_000)
  })

  test('with a mistake in it is recognised here, before anyone is asked', async () => {
    const a = await startDevice('a')
    const { code } = await a.network.pairing.createInvite()
    for (const at of [3, 20, 60, code.length - 1]) {
      const other = code[at] === 'a' ? 'b' : 'a'
      const tampered = code.slice(0, at) + other + code.slice(at + 1)
      expect(() => decodeInvite(tampered)).toThrow(expect.objectContaining({ code: 'corrupt' }))
    }
    expect(() => decodeInvite(code.slice(0, -8))).toThrow(expect.objectContaining({ code: 'corrupt' }))
    expect(() => decodeInvite('hello')).toThrow(expect.objectContaining({ code: 'usage' }))
    const spaced = `${code.slice(0, 10).toUpperCase()}-${code.slice(10, 30)} \n${code.slice(30)}`
    expect(decodeInvite(spaced)).toEqual(decodeInvite(code))
  })

  test('of another secret gives nothing away, and guessing is slowed down', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const { code } = await a.network.pairing.createInvite()
    const wrong = encodeInvite({ ...decodeInvite(code), secret: new Uint8Array(16) })
    for (let i = 0; i < 5; i++) {
      await expect(b.network.pairing.join(wrong)).rejects.toMatchObject({
        code: 'denied',
        message: expect.stringMatching(/does not accept this code.*used.*expired.*restarted/) as string,
        hint: expect.stringContaining('holdfast invite') as string,
      })
    }
    // Even the right code is not heard for a minute now.
    await expect(b.network.pairing.join(code)).rejects.toMatchObject({ code: 'offline' })
    expect(a.network.group.alone).toBe(true)
  })

  test('is of no use to one that knows its name and not its secret', async () => {
    const a = await startDevice('a')
    const { code } = await a.network.pairing.createInvite()
    const conversation = await (await stranger()).visit(a.identity.device, doorOf(a))
    await conversation.send({ kind: 'invite-ask', invite: inviteName(decodeInvite(code).secret), nonce: new Uint8Array(32) })
    await conversation.expect('invite-challenge')
    await conversation.send({ kind: 'invite-proof', mac: new Uint8Array(32) })
    await expect(conversation.receive()).rejects.toMatchObject({ code: 'offline' })
    expect(a.network.group.alone).toBe(true)
  })

  test('is heard while strangers hold as many conversations as they can', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const { code } = await a.network.pairing.createInvite()
    const strangers = await Promise.all(Array.from({ length: 3 }, () => stranger()))
    const held = await Promise.all(strangers.flatMap((door) => [0, 1].map(() => door.visit(a.identity.device, doorOf(a)))))
    for (const conversation of held)
      await conversation.send({ kind: 'invite-ask', invite: new Uint8Array(8), nonce: new Uint8Array(32) })
    for (const conversation of held) await conversation.expect('invite-challenge')
    await b.network.pairing.join(code)
    expect(b.network.group.state.id).toBe(a.network.group.state.id)
  })

  test('is not for one that says nothing: after five silences its address is not heard', async () => {
    const a = await startDevice('a', {}, { clock: fast })
    await a.network.pairing.createInvite()
    const door = await stranger()
    for (let at = 0; at < 5; at++) {
      const conversation = await door.visit(a.identity.device, doorOf(a))
      await conversation.send({ kind: 'invite-ask', invite: new Uint8Array(8), nonce: new Uint8Array(32) })
      await conversation.expect('invite-challenge')
      await conversation.ended(10_000)
      expect(conversation.closed.aborted).toBe(true)
    }
    const last = await door.visit(a.identity.device, doorOf(a)).catch(() => null)
    await last?.send({ kind: 'who' }).catch(() => undefined)
    expect((await last?.expect('this').catch(() => null)) ?? null).toBe(null)
  })

  test('made on this device, or for one that is in a group with others, is refused with the reason', async () => {
    const [a, b, c] = [await startDevice('a'), await startDevice('b'), await startDevice('c')]
    await unite(a, b)
    const { code } = await c.network.pairing.createInvite()
    await expect(c.network.pairing.join(code)).rejects.toMatchObject({ code: 'usage' })
    const hint = expect.stringMatching(/holdfast leave.*files stay/) as string
    await expect(b.network.pairing.join(code)).rejects.toMatchObject({ code: 'conflict', hint })
    const own = await a.network.pairing.createInvite()
    await expect(b.network.pairing.join(own.code)).rejects.toMatchObject({ code: 'exists', hint })
  })

  test('ends with a restart of the device that made it, and says so', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const { code } = await a.network.pairing.createInvite()
    await a.network.stop()
    await startDevice('a', a)
    await expect(b.network.pairing.join(code)).rejects.toMatchObject({
      code: 'offline',
      message: expect.stringContaining('restarted') as string,
      hint: expect.stringContaining('holdfast invite') as string,
    })
  })

  test('of a device that cannot be reached says so', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const { code } = await a.network.pairing.createInvite()
    await a.network.stop()
    await expect(b.network.pairing.join(code)).rejects.toMatchObject({ code: 'offline' })
  })

  test('carries IPv6 addresses', () => {
    const device = 'x'
    const code = {
      device,
      secret: new Uint8Array(16),
      expires: 5_000,
      addresses: ['/ip6/fe80:0:0:0:0:0:1:2/tcp/70', '/ip4/10.0.0.1/tcp/65535'],
    }
    const real = {
      ...code,
      device: decodeInvite(encodeInvite({ ...code, device: '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN' as never }))
        .device,
    }
    expect(decodeInvite(encodeInvite(real))).toEqual(real)
    expect(decodeInvite(encodeInvite({ ...real, addresses: ['/ip6/fe80::1:2/tcp/70'] })).addresses).toEqual([real.addresses[0]])
  })
})
