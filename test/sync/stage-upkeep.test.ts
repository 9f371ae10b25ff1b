import { expect, test } from 'vitest'
import type { Clock } from '#base'
import type { Problem, TodoRow } from '#db'
import type { Version } from '#model'
import { StageUpkeep } from '../../src/sync/stage-upkeep.ts'
import { tombstone, version } from './versions.ts'

function row(path: string, ...heads: Version[]): TodoRow {
  return { path, heads, shown: [], directory: '', below: false, movable: null, movedFrom: null, twin: null, revision: 1 }
}

/** A stage with what lies in it, by size, on a disk of 100 bytes at first. */
function setUp(staged: Record<string, number>) {
  const lies = new Map(Object.entries(staged))
  const state = {
    due: [] as TodoRow[],
    putOff: [] as TodoRow[],
    problems: [] as Problem[],
    retried: [] as string[],
    capacity: 100,
  }
  const upkeep = new StageUpkeep({
    clock: { now: () => 5 } as Clock,
    index: {
      todo: (_phase, _limit, _now, after) => Promise.resolve(after === null ? state.due : []),
      rows: (paths) => Promise.resolve(state.putOff.filter(({ path }) => paths.includes(path))),
      problems: () => Promise.resolve(state.problems),
      retry: (paths) => {
        state.retried.push(...(paths ?? ['all']))
        return Promise.resolve()
      },
    },
    disk: {
      space: () =>
        Promise.resolve({
          freeBytes: state.capacity - [...lies.values()].reduce((sum, size) => sum + size, 0),
          totalBytes: state.capacity,
          foldsCase: false,
        }),
    },
  })
  const tidy = (need: number): Promise<boolean> =>
    upkeep.tidy(need, (keep) => {
      for (const name of lies.keys()) if (!keep.includes(name)) lies.delete(name)
      return Promise.resolve()
    })
  return { tidy, lies, state, lookForRoom: () => upkeep.lookForRoom() }
}

const [one, two, three] = [version('a', '1'), version('b', '2'), version('c', '3')]
const full = (path: string): Problem => ({ path, code: 'full', message: 'the disk is full' })

test('at the start only what is still to come stays in the stage', async () => {
  const { tidy, lies, state } = setUp({ [one.id]: 10, [two.id]: 10, old: 60 })
  state.due = [row('a', one), row('d', tombstone('d'))]
  state.putOff = [row('b', two)]
  state.problems = [{ path: 'b', code: 'missing-chunks', message: '' }]
  expect(await tidy(2)).toBe(false)
  expect([...lies.keys()]).toEqual([one.id, two.id])
})

test('on a full disk a superseded version makes room, and what did not fit is tried again at once', async () => {
  const { tidy, lies, state } = setUp({})
  await tidy(1)
  lies.set('superseded', 70).set(three.id, 30)
  state.putOff = [row('c', three)]
  state.problems = [full('c')]
  expect(await tidy(1)).toBe(true)
  expect([...lies.keys()]).toEqual([three.id])
  expect(state.retried).toEqual(['c'])
  expect(await tidy(1)).toBe(false)
})

test('what did not fit is tried again as soon as the disk has got room, once, and for no trifle', async () => {
  const { tidy, state, lookForRoom } = setUp({})
  state.problems = [full('c')]
  await tidy(1)
  for (const [more, retried] of [
    [0, []],
    [4096, []],
    [5_000_000, ['c']],
    [0, ['c']],
    [-5_000_000, ['c']],
    [5_000_000, ['c', 'c']],
  ] as const) {
    state.capacity += more
    // In between all is quiet again for whatever reason.
    await tidy(1)
    await lookForRoom()
    expect(state.retried).toEqual(retried)
  }
  await tidy(0)
  state.capacity += 5_000_000
  await lookForRoom()
  expect(state.retried).toEqual(['c', 'c'])
})

test('when nothing is to come nothing stays', async () => {
  const { tidy, lies } = setUp({ [one.id]: 10 })
  await tidy(0)
  expect(lies.size).toBe(0)
})
