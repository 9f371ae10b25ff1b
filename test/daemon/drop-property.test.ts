import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Version, VersionId } from '#model'
import { A, B } from '../db/fixtures.ts'
import { DropCluster, type Member } from './drop-cluster.ts'

const NAMES = ['a', 'b', 'c']
const PATHS = ['one', 'two']

/** What somebody does: a member, or the storage device. */
type Act = { member: number } & (
  | { act: 'edit'; path: string; names: string[] }
  | { act: 'forget'; path: string }
  | { act: 'hear' | 'bring' | 'judge' | 'go' | 'come' | 'sweep' }
)

const member = fc.nat(1)
const path = fc.constantFrom(...PATHS)
const names = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 2 })
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ member, act: fc.constant('edit' as const), path, names }) },
  { weight: 3, arbitrary: fc.record({ member, act: fc.constant('forget' as const), path }) },
  { weight: 10, arbitrary: fc.record({ member, act: fc.constantFrom('hear' as const, 'bring' as const, 'judge' as const) }) },
  { weight: 3, arbitrary: fc.record({ member, act: fc.constantFrom('go' as const, 'come' as const, 'sweep' as const) }) },
)

async function run(scheduler: fc.Scheduler, lists: Act[][]): Promise<void> {
  const cluster = new DropCluster([A, B], (what) => scheduler.schedule(Promise.resolve(), what))
  const contents = new Map<VersionId, string[]>()
  const forgotten = new Set<VersionId>()
  for (const each of cluster.members) await each.start()
  const does = async (what: Act): Promise<unknown> => {
    const [one, other] = what.member === 0 ? cluster.members : cluster.members.toReversed()
    switch (what.act) {
      case 'edit': {
        const id = one!.edit(what.path, what.names)
        return id === null ? null : contents.set(id, what.names)
      }
      case 'forget':
        return one!.forget(what.path).forEach((id) => forgotten.add(id))
      case 'hear':
        return one!.hear(other!)
      case 'bring':
        return one!.bring()
      case 'judge':
        return one!.judges()
      case 'go':
        return one!.connect(false)
      case 'come':
        return one!.connect(true)
      case 'sweep':
        return cluster.sweep(0)
    }
  }
  const versionsOf = ({ index }: Member): Version[] => PATHS.flatMap((each) => index.versions(each).map(({ version }) => version))
  const check = (): void => {
    for (const each of cluster.members) {
      for (const version of versionsOf(each)) {
        if (forgotten.has(version.id) || !each.countsOn(version)) continue
        const of = contents.get(version.id)!
        expect(cluster.has(of), `version ${version.id} of ${version.path}`).toEqual(of)
      }
    }
  }
  let isDone = false
  const acts = lists.map(async (list) => {
    for (const what of list) {
      await cluster.turn(what.act)
      await does(what)
    }
  })
  // What they do by themselves needs its turns as well.
  const ends = Promise.all(acts).then(() => Promise.all(cluster.members.map(({ replicas }) => replicas.stop())))
  const all = ends.finally(() => (isDone = true))
  while (!isDone) {
    if (scheduler.count() > 0) await scheduler.waitOne()
    await new Promise((resolve) => setImmediate(resolve))
    check()
  }
  await all
}

test('whatever members write, forget and say, and in whatever order it comes, nothing goes that one of them counts on, also without grace', async () => {
  const list = fc.array(act, { minLength: 4, maxLength: 14 })
  await fc.assert(fc.asyncProperty(fc.scheduler(), fc.tuple(list, list, list), run), { numRuns: 80 })
})
