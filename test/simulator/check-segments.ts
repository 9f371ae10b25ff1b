import { isWhole } from '../../src/store/inspect-segments.ts'
import type { Cluster } from './cluster.ts'
import { SimFailure } from './sim-failure.ts'

/** Promise 5, when all is protected: every storage device that is to hold blocks has whole index segments of all records. */
export async function checkSegments({ devices, storages }: Cluster): Promise<void> {
  const [device] = devices
  const holders = device?.upkeep?.keeping.holders.layout?.devices ?? []
  for (const storage of storages.filter(({ id }) => holders.includes(id))) {
    const there = storage.home.store.segments().filter((segment) => isWhole(segment, segment))
    for (const { author, epoch, seq } of await device!.core.facade.have()) {
      const chain = there.filter((segment) => segment.author === author && segment.epoch === epoch)
      let reached = 0
      for (const { first, last } of chain.toSorted((a, b) => a.first - b.first))
        if (first <= reached + 1) reached = Math.max(reached, last)
      if (reached < seq)
        throw new SimFailure(
          `promise 5: all is said to be protected, and ${storage.name} has segments of ${author.slice(-4)}'s records up to ${reached} of ${seq}`,
        )
    }
  }
}
