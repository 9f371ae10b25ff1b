import { partitionOf } from '#replication'
import { copies, versionsOf, whereIs } from './check-store.ts'
import type { Cluster } from './cluster.ts'
import { chunksIn } from './ledger.ts'
import { SimFailure } from './sim-failure.ts'

/**
 * Promise 5, at any time: of what a device takes for protected, as all holders have said that they have it, there are as many copies as its
 * layout has holders, but for those that were lost since all was at rest.
 */
export async function checkReceipts(cluster: Cluster): Promise<void> {
  const { devices, ledger } = cluster
  const there = copies(cluster)
  for (const device of devices) {
    const holders = device.upkeep?.keeping.holders
    if (holders === undefined) continue
    for (const { version, chunks } of await versionsOf(device)) {
      // One that has nothing to keep of a version does not know that it is gone.
      if (ledger.forgotten.has(version.id) || ledger.gone.has(version.id) || !holders.isProtected(version)) continue
      for (const chunk of chunksIn(chunks)) {
        const those = holders.layout!.holders
        const owed = those[partitionOf(chunk, those.length)]!.length - ledger.lostOn(chunk).size
        if ((there.get(chunk) ?? 0) >= owed) continue
        throw new SimFailure(
          `promise 5: ${device.name} takes version ${version.id.slice(0, 8)} of ${version.path} for protected, and of ${owed} copies there is ${whereIs(cluster, chunk)}`,
        )
      }
    }
  }
}
