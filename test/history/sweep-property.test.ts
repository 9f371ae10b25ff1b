import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Clock } from '#base'
import { inProcess, type FolderIndex } from '#db'
import { Holds, sweep } from '#history'
import { toHex, type VersionId } from '#model'
import { author, gone } from '../db/fixtures.ts'
import { each } from '../replication/files.ts'
import { keeperOver } from '../replication/keeper-over.ts'
import { chunksOf, fileOf, here, idOf, makeFolder, packed } from './sweep-parts.ts'

const NAMES = ['a', 'b', 'c']
const PATHS = ['one', 'two']

/** What somebody does who is not the sweep. */
type Act =
  | { act: 'edit' | 'put'; path: string; names: string[] }
  | { act: 'delete' | 'forget' | 'remember'; path: string }
  | { act: 'restore'; path: string; which: number }
  | { act: 'keep' }

const path = fc.constantFrom(...PATHS)
const names = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 2 })
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('edit' as const, 'put' as const), path, names }) },
  { weight: 4, arbitrary: fc.constant({ act: 'keep' as const }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('delete' as const, 'forget' as const), path }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('remember' as const), path }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('restore' as const), path, which: fc.nat(3) }) },
)

/** Each call of an object has to wait until it is its turn. */
function inTurns<T extends object>(scheduler: fc.Scheduler, target: T): T {
  return new Proxy(target, {
    get(_, method) {
      const found: unknown = Reflect.get(target, method)
      if (typeof found !== 'function') return found
      return async (...args: unknown[]) => {
        await scheduler.schedule(Promise.resolve(), String(method))
        return Reflect.apply(found, target, args) as unknown
      }
    },
  })
}

/** Acts and sweeps by turns, as the scheduler has it; the invariant is looked at after each. */
async function run(scheduler: fc.Scheduler, [acting, other]: Act[][], graces: readonly number[]): Promise<void> {
  const folder = makeFolder()
  const { index, sealing, store } = folder
  const chunks = inTurns(scheduler, store.chunks)
  const turns = inTurns(scheduler, inProcess<FolderIndex>(index))
  /** What of the content can be had elsewhere: each is there until it was fetched once. */
  const elsewhere = new Set<string>()
  /** Versions whose content has been in the store when that counted. */
  const counted = new Map<VersionId, string[]>()
  const contents = new Map<VersionId, string[]>()
  const holds = new Holds()
  let time = 1_000
  const clock: Clock = {
    now: () => time,
    monotonic: () => 0,
    after: (_, then) => (queueMicrotask(then), { cancel: () => undefined }),
  }
  const { keeper } = keeperOver(index, {
    index: turns,
    store: { lacking: (ids) => chunks.lacking(sealing.folder, ids), seal: (all) => chunks.seal(sealing, all) },
    finder: {
      find: async (ids) =>
        each(ids).map((id) => {
          const name = NAMES.find((one) => idOf(one) === toHex(id))!
          return elsewhere.delete(name) ? new Uint8Array(Buffer.from(name)) : null
        }),
    },
    clock,
  })

  const write = async (change: ReturnType<typeof fileOf>, of: string[]): Promise<VersionId> => {
    await scheduler.schedule(Promise.resolve(), 'author')
    author(index, change)
    const id = index.versions(change.path).find(({ isHead }) => isHead)!.version.id
    contents.set(id, of)
    return id
  }
  const recordsOf = (wanted: string): { record: number; isForgotten: boolean }[] => {
    const known = new Set(index.versions(wanted).map(({ version }) => version.id))
    return index
      .retainable(0)
      .paths.flat()
      .filter(({ version }) => known.has(version.id))
  }
  const does = async (what: Act): Promise<void> => {
    switch (what.act) {
      case 'edit':
        for (const name of what.names) elsewhere.add(name)
        await write(fileOf(what.path, what.names), what.names)
        return
      case 'put':
        return holds.during(async () => {
          await chunks.seal(sealing, chunksOf(what.names))
          counted.set(await write(fileOf(what.path, what.names), what.names), what.names)
        })
      case 'restore':
        return holds.during(async () => {
          const old = index.versions(what.path).filter(({ version }) => contents.has(version.id))
          const of = contents.get(old[what.which % Math.max(1, old.length)]?.version.id ?? ('' as VersionId))
          if (of === undefined || (await chunks.lengths(sealing.folder, packed(of))).includes(null)) return
          counted.set(await write(fileOf(what.path, of), of), of)
        })
      case 'delete':
        await scheduler.schedule(Promise.resolve(), 'author')
        author(index, gone(what.path))
        return
      case 'forget':
        await turns.forget(recordsOf(what.path).map(({ record }) => record))
        return
      case 'remember': {
        const records = recordsOf(what.path).filter(({ isForgotten }) => isForgotten)
        await keeper.between(() => turns.remember(records.map(({ record }) => record)))
        return
      }
      case 'keep':
        await keeper.keep()
    }
  }

  const check = (): void => {
    const open = new Set(index.toKeep(1_000, Infinity).map(({ version }) => version.id))
    for (const each of PATHS) {
      for (const { version, isForgotten } of index.versions(each)) {
        if (isForgotten) counted.delete(version.id)
        const of = contents.get(version.id) ?? []
        if (!isForgotten && !open.has(version.id)) counted.set(version.id, of)
        if (counted.has(version.id)) expect(here(folder, of), `${each} ${version.id}`).toEqual(of)
      }
    }
  }

  // At first nobody needs what is there.
  await store.chunks.seal(sealing, chunksOf(NAMES))
  let areDone = false
  let isDone = false
  const acts = Promise.all(
    [acting, other].map(async (list = []) => {
      for (const what of list) await does(what)
    }),
  ).finally(() => (areDone = true))
  const all = Promise.all([
    acts,
    (async () => {
      for (let round = 0; !areDone; round++) {
        const grace = graces[round % graces.length]!
        time++
        await sweep(
          {
            ...folder.parts,
            index: turns,
            store: inTurns(scheduler, folder.swept),
            obstacle: () => (holds.any ? 'content is being put there' : null),
          },
          { now: time, grace, isDry: false },
        )
      }
    })(),
  ]).finally(() => (isDone = true))
  while (!isDone) {
    if (scheduler.count() > 0) await scheduler.waitOne()
    await new Promise((resolve) => setImmediate(resolve))
    check()
  }
  await all
  await keeper.stop()
}

test('whatever happens between its steps, a sweep never takes a chunk that a retained version counts on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.tuple(fc.array(act, { minLength: 4, maxLength: 16 }), fc.array(act, { maxLength: 6 })),
      fc.array(fc.constantFrom(0, 0, 1), { minLength: 1, maxLength: 3 }),
      run,
    ),
    { numRuns: 150 },
  )
})
