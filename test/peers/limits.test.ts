import { describe, expect, test } from 'vitest'
import type { Link } from '#peers'
import { peerOf, startDevice, unite, until, type TestDevice } from './devices.ts'

const KB = 1000

/** Bulk links from the first device to others. */
async function linked(count: number, bulk = true): Promise<{ devices: TestDevice[]; links: Link[]; got: number[][] }> {
  const devices: TestDevice[] = []
  for (let at = 0; at <= count; at++) devices.push(await startDevice(`device ${at}`, {}, { bulk }))
  const [first, ...others] = devices as [TestDevice, ...TestDevice[]]
  await unite(first, ...others)
  const links: Link[] = []
  const got: number[][] = []
  for (const [at, other] of others.entries()) {
    got.push([])
    const toFirst = await peerOf(other, first)
    toFirst.onBulk((link) => link.onMessage((message) => void got[at]!.push(message.length)))
    links.push(await (await peerOf(first, other)).bulk())
  }
  return { devices, links, got }
}

/** Sends, whether it arrives before the test ends or not. */
function post(link: Link, message: Uint8Array): void {
  link.send(message).catch(() => undefined)
}

/** Seconds until `holds`. */
async function seconds(holds: () => boolean): Promise<number> {
  const since = performance.now()
  await until(holds)
  return (performance.now() - since) / 1000
}

describe.each([
  ['a socket', true],
  ['a libp2p stream', false],
])('over %s', (_, bulk) => {
  test.each([
    ['sends', 2000 * KB, 0],
    ['takes', 0, 2000 * KB],
  ])('a device %s no more a second than it is to, and goes on at once without a limit', async (_does, up, down) => {
    const { devices, links, got } = await linked(1, bulk)
    const limited = devices[up > 0 ? 0 : 1]!
    limited.network.limits.set(up, down)
    for (let at = 0; at < 3; at++) post(links[0]!, new Uint8Array(500 * KB))
    // A quarter of a second's is free.
    const took = await seconds(() => got[0]!.length === 3)
    expect(took).toBeGreaterThan(0.45)
    expect(took).toBeLessThan(1.5)

    limited.network.limits.set(up > 0 ? 20 * KB : 0, down > 0 ? 20 * KB : 0)
    post(links[0]!, new Uint8Array(500 * KB))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(got[0]).toHaveLength(3)
    limited.network.limits.set(0, 0)
    expect(await seconds(() => got[0]!.length === 4)).toBeLessThan(0.5)
  })
})

test.each([
  ['for no part more of a large one', true, [10, 10, 300]],
  ['over a libp2p stream for no more than one large one', false, [300, 10, 10]],
])('a small message waits %s, and all arrive', async (_, bulk, order) => {
  const { devices, links, got } = await linked(1, bulk)
  devices[0]!.network.limits.set(1000 * KB, 0)
  for (let at = 0; at < 4; at++) post(links[0]!, new Uint8Array(300 * KB))
  for (let at = 0; at < 2; at++) post(links[0]!, new Uint8Array(10 * KB))
  await until(() => got[0]!.length === 6)
  expect(got[0]!.slice(0, 3)).toEqual(order.map((size) => size * KB))
})

test('small messages that go between the parts of a large one do not keep it from coming, and it comes as it was', async () => {
  const { devices, links, got } = await linked(1)
  devices[0]!.network.limits.set(1000 * KB, 0)
  const large = new Uint8Array(300 * KB).map((_, at) => at % 251)
  let came: Uint8Array | null = null
  const peer = await peerOf(devices[1]!, devices[0]!)
  peer.onBulk((link) =>
    link.onMessage((message) => {
      got[0]!.push(message.length)
      if (message.length === large.length) came = message
    }),
  )
  post(links[0]!, large.slice())
  for (let at = 0; at < 100; at++) post(links[0]!, new Uint8Array(10 * KB))
  await until(() => came !== null)
  expect(came).toEqual(large)
  expect(got[0]!.length).toBeGreaterThan(10)
  expect(got[0]!.length).toBeLessThan(60)
})

test('what goes to one device does not hold up what goes to another', async () => {
  const { devices, links, got } = await linked(2)
  devices[0]!.network.limits.set(1000 * KB, 0)
  let sent = 0
  for (let at = 0; at < 4; at++)
    links[0]!.send(new Uint8Array(2000 * KB)).then(
      () => sent++,
      () => undefined,
    )
  await links[1]!.send(new Uint8Array(50 * KB))
  await until(() => got[1]!.length === 1)
  expect(sent).toBe(0)
})

test('a link whose device takes in slowly delivers all that was sent before it closed', async () => {
  const { devices, links, got } = await linked(1)
  devices[1]!.network.limits.set(0, 2000 * KB)
  await Promise.all([links[0]!.send(new Uint8Array(500 * KB)), links[0]!.send(new Uint8Array(500 * KB))])
  links[0]!.close()
  await until(() => got[0]!.length === 2)
})
