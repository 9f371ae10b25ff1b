import { describe, expect, test } from 'vitest'
import { systemClock, type Clock } from '#base'
import { createIdentity, type PairingEnd, type PairingSession } from '#peers'
import { peerOf, startDevice, unite, until, type TestDevice } from './devices.ts'

/** Tells `device` where the other's door is, as mDNS would. */
function introduce(device: TestDevice, other: TestDevice): void {
  device.network.pairing.introduce(other.identity.device, other.network.pairing.doorAddresses())
}

/** `device` asks `other`; resolves with both sides' sessions. */
async function pair(device: TestDevice, other: TestDevice): Promise<[PairingSession, PairingSession]> {
  await other.network.pairing.openWindow()
  introduce(device, other)
  const here = await device.network.pairing.pair(other.identity.device)
  await until(() => other.network.pairing.sessions().length === 1)
  return [here, other.network.pairing.sessions()[0] as PairingSession]
}

describe('pairing with a device nearby', () => {
  test('lists it by name', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('laptop of b')]
    introduce(a, b)
    const found = await a.network.pairing.nearby()
    expect(found).toMatchObject([{ device: b.identity.device, name: 'laptop of b', digits: null }])
  })

  test('tells who comes while the window is open, and who is there each time that it opens', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const told: string[][] = []
    a.network.pairing.on('nearby', (devices) => told.push(devices.map(({ name }) => name)))
    await a.network.pairing.openWindow()
    introduce(a, b)
    await until(() => told.length === 2, 5_000)
    await a.network.pairing.openWindow()
    expect(told).toEqual([[], ['b'], ['b']])
  })

  test('shows the same six digits on both, and joins them when both accept', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const [here, there] = await pair(a, b)
    expect(here.digits).toMatch(/^\d{6}$/)
    expect(there).toMatchObject({ digits: here.digits, name: 'a', device: a.identity.device, asker: 'there' })
    expect(b.network.pairing.list()).toMatchObject([{ device: a.identity.device, digits: here.digits }])
    const group = b.network.group.state.id
    const accepted = a.network.pairing.accept(b.identity.device, here.digits)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(a.network.group.alone && b.network.group.alone).toBe(true)
    await b.network.pairing.accept(a.identity.device, `${there.digits.slice(0, 3)} ${there.digits.slice(3)}`)
    await accepted
    await Promise.all([peerOf(a, b), peerOf(b, a)])
    expect(a.network.group.state.id).toBe(group)
    expect(b.network.group.state.id).toBe(group)
  })

  test('keeps the asking group where only that one has others in it', async () => {
    const [a, b, c] = [await startDevice('a'), await startDevice('b'), await startDevice('c')]
    await unite(a, b)
    const group = a.network.group.state.id
    const [here] = await pair(a, c)
    await Promise.all([
      a.network.pairing.accept(c.identity.device, here.digits),
      c.network.pairing.accept(a.identity.device, here.digits),
    ])
    expect(c.network.group.state.id).toBe(group)
    expect(a.network.group.state.devices).toHaveLength(3)
  })

  test('of two groups with others is refused, with the reason', async () => {
    const [a, b, c, d] = [await startDevice('a'), await startDevice('b'), await startDevice('c'), await startDevice('d')]
    await unite(a, b)
    await unite(c, d)
    await c.network.pairing.openWindow()
    introduce(a, c)
    await expect(a.network.pairing.pair(c.identity.device)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('ends when one side refuses, and changes nothing', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const [here] = await pair(a, b)
    const accepted = a.network.pairing.accept(b.identity.device, here.digits)
    await b.network.pairing.refuse(a.identity.device)
    await expect(accepted).rejects.toMatchObject({ code: 'denied' })
    expect(a.network.group.alone && b.network.group.alone).toBe(true)
    expect([...a.network.pairing.sessions(), ...b.network.pairing.sessions()]).toEqual([])
  })

  test('tells both sides why it ended, and when it ended well', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const ends: Record<string, PairingEnd[]> = { a: [], b: [] }
    a.network.pairing.on('ended', (end) => ends['a']!.push(end))
    b.network.pairing.on('ended', (end) => ends['b']!.push(end))
    await pair(a, b)
    await b.network.pairing.refuse(a.identity.device, 'differ')
    await until(() => ends['a']!.length === 1)
    expect(ends).toMatchObject({
      a: [
        { name: 'b', error: { code: 'denied', message: 'the other device says that the digits differ: the pairing was ended' } },
      ],
      b: [{ name: 'a', error: { code: 'denied', message: 'it was said here that the digits differ: the pairing was ended' } }],
    })
    const [here, there] = await pair(a, b)
    await Promise.all([
      a.network.pairing.accept(b.identity.device, here.digits),
      b.network.pairing.accept(a.identity.device, there.digits),
    ])
    await until(() => ends['a']!.length === 2 && ends['b']!.length === 2)
    expect([ends['a']![1], ends['b']![1]]).toMatchObject([
      { name: 'b', error: null },
      { name: 'a', error: null },
    ])
    expect([...a.network.pairing.list(), ...b.network.pairing.list()]).toEqual([])
  })

  test('ends on both sides when the digits typed in are wrong', async () => {
    const [a, b] = [await startDevice('a'), await startDevice('b')]
    const [here] = await pair(a, b)
    const wrong = here.digits === '000000' ? '000001' : '000000'
    await expect(b.network.pairing.accept(a.identity.device, wrong)).rejects.toMatchObject({ code: 'denied' })
    await expect(a.network.pairing.accept(b.identity.device, here.digits)).rejects.toMatchObject({
      code: expect.stringMatching(/denied|not-found/) as string,
    })
    expect(a.network.group.alone && b.network.group.alone).toBe(true)
  })

  test('ends on both sides when its time is up, which both are told beforehand', async () => {
    let passed = 0
    const ringing = (early: number): Clock => ({
      ...systemClock,
      now: () => Date.now() + passed,
      after: (ms, run, options) => systemClock.after(ms === 120_000 ? early : ms, run, options),
    })
    const begun = Date.now()
    const [a, b] = [await startDevice('a', {}, { clock: ringing(500) }), await startDevice('b', {}, { clock: ringing(60_000) })]
    const ends: PairingEnd[] = []
    for (const { network } of [a, b]) network.pairing.on('ended', (end) => ends.push(end))
    for (const { expires } of await pair(a, b)) {
      expect(expires).toBeGreaterThanOrEqual(Math.floor(begun) + 120_000)
      expect(expires).toBeLessThan(Math.floor(begun) + 140_000)
    }
    passed = 119_500
    await until(() => ends.length === 2)
    const late = { code: 'timeout', told: { reason: 'pairing-late' } }
    expect(ends).toMatchObject([{ error: late }, { error: late }])
  })

  test('is one at a time', async () => {
    const [a, b, c] = [await startDevice('a'), await startDevice('b'), await startDevice('c')]
    await pair(a, b)
    introduce(c, b)
    await expect(c.network.pairing.pair(b.identity.device)).rejects.toMatchObject({ code: 'blocked' })
  })

  test('keeps nobody from joining with a code', async () => {
    const [a, b, c] = [await startDevice('a'), await startDevice('b'), await startDevice('c')]
    const { code } = await b.network.pairing.createInvite()
    await pair(a, b)
    await c.network.pairing.join(code)
    expect(c.network.group.state.id).toBe(b.network.group.state.id)
  })

  test('remembers only so many of those that were announced', async () => {
    const a = await startDevice('a')
    const introduced = Array.from({ length: 200 }, () => createIdentity().device)
    for (const device of introduced) a.network.pairing.introduce(device, ['/ip4/127.0.0.1/tcp/1'])
    await expect(a.network.pairing.pair(introduced[0]!)).rejects.toMatchObject({ code: 'not-found' })
    await expect(a.network.pairing.pair(introduced[199]!)).rejects.toMatchObject({ code: 'offline' })
  })

  test('needs an open door', async () => {
    const [a, b, c] = [await startDevice('a'), await startDevice('b'), await startDevice('c')]
    introduce(c, a)
    await unite(a, b)
    await until(() => !a.network.pairing.isOpen)
    await expect(c.network.pairing.pair(a.identity.device)).rejects.toMatchObject({ code: 'offline' })
  })
})
