import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { SweptBlocks, type FolderSealing } from '#store'
import { StrayFiles } from '../../src/daemon/stray-files.ts'
import { filesOf, newForeign, newSealing, openStore, SMALL, temporaryDirectory, type OpenStore } from '../store/subjects.ts'

const DAY_MS = 24 * 60 * 60_000
const COUNT = 3

let now: number
let sealings: FolderSealing[]
let settings: Map<string, string>
let store: OpenStore
let strays: StrayFiles
const theirs = newSealing()

/** A device that holds large blocks for others, and has lost the database of its store. */
beforeEach(async () => {
  now = 1_700_000_000_000
  ;[sealings, settings] = [[], new Map()]
  const directory = temporaryDirectory()
  const before = openStore(directory)
  const given = Array.from({ length: COUNT }, () => newForeign(theirs, 2 * SMALL))
  await before.foreign.take(theirs.folder, given, null)
  before.table.close()
  store = openStore(directory, ':memory:')
  onTestFinished(() => store.table.close())
  strays = new StrayFiles({
    blocks: new SweptBlocks(store),
    store: {
      setting: async (key: string) => settings.get(key) ?? null,
      putSetting: async (key: string, value: string | null) =>
        void (value === null ? settings.delete(key) : settings.set(key, value)),
    },
    sealings: () => sealings,
  })
})

/** One run: how many strays are left of it, and whether something was freed. */
async function run(isAbandonedToo = false): Promise<[left: number, isFreed: boolean]> {
  const {
    bytes,
    blocks,
    strays: left,
  } = await strays.tidy({ now, before: Infinity, isAbandonedToo, step: async () => undefined })
  expect((await filesOf(store)).length).toBeGreaterThanOrEqual(left.files)
  expect(left.bytes > left.files * SMALL).toBe(left.files > 0)
  expect(blocks).toBe(bytes > 0 ? COUNT : 0)
  return [left.files, bytes > 0]
}

test('files of blocks of which nobody can tell what they are stay for 30 days, however the clock leaps, and go then', async () => {
  expect(await run()).toEqual([COUNT, false])
  now += 20 * 365 * DAY_MS
  expect(await run()).toEqual([COUNT, false])
  now -= 20 * 365 * DAY_MS
  for (let day = 3; day < 30; day++) {
    // Twice on one day counts once.
    for (let time = 0; time < 2; time++) expect(await run()).toEqual([COUNT, false])
    now += DAY_MS
  }
  expect(await run()).toEqual([COUNT, false])
  now += DAY_MS
  expect(await run()).toEqual([0, true])
  expect(settings.size).toBe(0)
})

test('they go at once where that is asked for, if an earlier run has told of them', async () => {
  expect(await run(true)).toEqual([COUNT, false])
  now += 1
  expect(await run(true)).toEqual([0, true])
})

test('what a key opens that comes meanwhile is kept, to be taken in', async () => {
  expect(await run()).toEqual([COUNT, false])
  sealings = [theirs]
  // Those that were seen before are opened when they are to go.
  expect(await run(true)).toEqual([COUNT, false])
  expect(await run()).toEqual([0, false])
  expect((await filesOf(store)).length).toBe(COUNT)
})
