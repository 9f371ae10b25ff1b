import { isDeepStrictEqual } from 'node:util'
import { checkQuiet } from './check.ts'
import { checkSegments } from './check-segments.ts'
import { checkOwed, checkProtected, versionsOf, whereIs } from './check-store.ts'
import type { Cluster } from './cluster.ts'
import { chunksIn } from './ledger.ts'
import type { SimDevice } from './sim-device.ts'
import { SimFailure } from './sim-failure.ts'
import { gc } from './store-acts.ts'
import { REST_MS } from './workload.ts'

/** Versions asked for at once. */
const PAGE = 500

/**
 * Where storage devices have all, when all is protected: every member is lost with all that it had, and a device that has nothing but the folder's keys,
 * as a recovery kit gives them, comes in their place. It has to get from storage devices alone every version (promise 1) with its content, and
 * all has to be protected again (promise 5). False where members are needed for that, too.
 */
export async function loseMembers(cluster: Cluster, join: () => SimDevice): Promise<boolean> {
  const { devices, storages, ledger, contents, world } = cluster
  const [last] = devices
  if (storages.length === 0) return false
  // What they were told may go is on as many other devices as policy asks for, members among them: it counts for gone.
  for (const { home } of storages) home.grace = 0
  await cluster.done(Promise.all(storages.map(gc)), 'sweeping on storage devices')
  const there = new Set(storages.flatMap(({ home }) => [...home.store.sound()]))
  const kept = (await versionsOf(last!)).filter(
    ({ version }) => !ledger.gone.has(version.id) && !ledger.forgotten.has(version.id),
  )
  if (!kept.every(({ chunks }) => chunksIn(chunks).every((chunk) => there.has(chunk)))) return false
  const had = await historyOf(last!)
  world.trace.note(`${world.now.toFixed(1)} loss: all members`)
  const lost = [...devices]
  const device = join()
  for (const member of lost) {
    member.crash(false)
    contents.diskLost(member.name)
    cluster.remove(member)
    ledger.lostDisk(member.name, 'both')
  }
  await cluster.pass(5_000)
  void device.start()
  await cluster.settle(REST_MS)
  checkOwed(cluster, 'after all members were lost')
  if (!isDeepStrictEqual(await historyOf(device), had))
    throw new SimFailure(`promise 1: ${device.name}, which came when all members were lost, knows other versions than they had`)
  await cluster.protect(REST_MS)
  await cluster.settle(REST_MS)
  await checkQuiet(cluster)
  await checkProtected(cluster)
  await checkSegments(cluster)
  const now = cluster.files.on(device).union(device.home.store.sound()).union(there)
  for (const { version, chunks } of kept) {
    const lacking = chunksIn(chunks).find((chunk) => !now.has(chunk))
    if (lacking !== undefined) throw new SimFailure(`promise 1: of ${version.path} is lacking ${whereIs(cluster, lacking)}`)
  }
  return true
}

/** Every version that a device's index knows, and which of them are current. */
async function historyOf({ core }: SimDevice): Promise<string[]> {
  const found: string[] = []
  for (let after = ''; ;) {
    const page = await core.facade.versionsBelow('', after, PAGE)
    found.push(...page.map(({ version, isHead }) => `${version.path} ${version.id} ${isHead ? 'current' : 'past'}`))
    const last = page.at(-1)
    if (last === undefined) return found.toSorted()
    after = last.version.path
  }
}
