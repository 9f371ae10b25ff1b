import { afterEach, expect, test } from 'vitest'
import { Cluster } from './cluster.ts'

const MINUTE_MS = 60_000
const clusters: Cluster[] = []
afterEach(() => clusters.splice(0).forEach((cluster) => cluster.end()))

async function started(count: number): Promise<Cluster> {
  const cluster = new Cluster(1, count, {})
  clusters.push(cluster)
  for (const device of cluster.devices) void device.start()
  await cluster.pass(10_000)
  return cluster
}

/** A program saves a file twice in place on the first device while that is alone, before it has kept what came first. */
async function saveTwice(cluster: Cluster, paths = ['saved']): Promise<void> {
  const [a, ...others] = cluster.devices
  for (const { id } of others) cluster.network.cut(a!.id, id, false)
  for (const content of ['first '.repeat(50), 'second '.repeat(50), 'third '.repeat(50)]) {
    for (const path of paths) a!.hand.write(path, new Uint8Array(Buffer.from(`${path} ${content}`)), { flush: true })
    a!.folder!.hint(paths)
    await cluster.pass(content.startsWith('first') ? 5 * MINUTE_MS : 1_000)
  }
  for (const { id } of others) cluster.network.heal(a!.id, id)
  await cluster.pass(30_000)
}

async function versionsOn(cluster: Cluster, path = 'saved'): Promise<string[][]> {
  const asked = Promise.all(cluster.devices.map(({ upkeep }) => upkeep!.keeping.past.versions(path)))
  await cluster.done(asked, 'asking for versions')
  return (await asked).map((versions) => versions.map(({ state, isForgotten }) => (isForgotten ? `${state}, forgotten` : state)))
}

const OVER = ['protected', 'incomplete, forgotten', 'protected']

test.each([1, 2, 3])(
  '%i devices come to an end with a version whose content was gone before anyone had kept it',
  async (count) => {
    const cluster = await started(count)
    await saveTwice(cluster)
    await cluster.protect(2 * MINUTE_MS)
    expect(cluster.ledger.gone.size).toBe(1)
    expect(await versionsOn(cluster)).toEqual(cluster.devices.map(() => OVER))
    const [past] = await cluster.devices[0]!.core.facade.versions('saved').then((all) => all.slice(1))
    const asked = cluster.devices[0]!.upkeep!.keeping.past.needContent(past!, new AbortController().signal)
    await expect(cluster.done(asked, 'asking for it').then(() => asked)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('before any device had kept it') as string,
    })
  },
)

test('a device comes to an end also with a version that only storage devices are to hold', async () => {
  const cluster = new Cluster(1, 2, {})
  clusters.push(cluster)
  cluster.policy.hasLayouts = true
  cluster.policy.replicas = 2
  const storages = [cluster.addStorage(64 * 1024 * 1024), cluster.addStorage(64 * 1024 * 1024)]
  for (const node of cluster.nodes) void node.start()
  await cluster.pass(60_000)
  for (const { id } of storages) cluster.network.cut(cluster.devices[0]!.id, id, false)
  const paths = Array.from({ length: 8 }, (_, at) => `saved-${at}`)
  await saveTwice(cluster, paths)
  for (const { id } of storages) cluster.network.heal(cluster.devices[0]!.id, id)
  await cluster.protect(10 * MINUTE_MS)
  expect(cluster.ledger.gone.size).toBe(paths.length)
  for (const path of paths) expect(await versionsOn(cluster, path)).toEqual([OVER, OVER])
})

test('nothing is given up while a device is away that may have it', async () => {
  const cluster = await started(3)
  await cluster.done(cluster.devices[2]!.stop(), 'stopping')
  await saveTwice(cluster)
  await cluster.pass(30 * MINUTE_MS)
  expect(cluster.ledger.gone.size).toBe(0)
  void cluster.devices[2]!.start()
  await cluster.protect(2 * MINUTE_MS)
  expect(await versionsOn(cluster)).toEqual([OVER, OVER, OVER])
})

test('nothing is given up while a device has paused the folder, or its disk is away', async () => {
  for (const why of ['paused', 'away'] as const) {
    const cluster = await started(2)
    const away = cluster.devices[1]!
    if (why === 'paused') await cluster.done(away.folder!.pause(), 'pausing')
    else away.takeAway('root')
    if (why === 'away')
      await cluster.done(
        away.folder!.scan().catch(() => undefined),
        'a look',
      )
    await saveTwice(cluster)
    await cluster.pass(30 * MINUTE_MS)
    expect(cluster.ledger.gone.size, why).toBe(0)
    if (why === 'paused') away.folder!.resume()
    else away.bringBack()
    await cluster.protect(2 * MINUTE_MS)
    expect(await versionsOn(cluster)).toEqual([OVER, OVER])
  }
})

test('a device that joins late comes to the same end', async () => {
  const cluster = await started(2)
  await saveTwice(cluster)
  await cluster.protect(2 * MINUTE_MS)
  void cluster.add().start()
  await cluster.protect(2 * MINUTE_MS)
  expect(await versionsOn(cluster)).toEqual([OVER, OVER, OVER])
})
