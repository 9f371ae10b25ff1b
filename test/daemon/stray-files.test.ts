import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { SweptBlocks, type FolderSealing } from '#store'
import { StrayFiles } from '../../src/daemon/stray-files.ts'
import { filesOf, newForeign, newSealing, openStore, SMALL, temporaryDirectory, type OpenStore } from '../store/subjects.ts'

const COUNT = 3

let sealings: FolderSealing[]
let settings: Map<string, string>
let store: OpenStore
let strays: StrayFiles
const theirs = newSealing()

/** A device that holds large blocks for others, and has lost the database of its store. */
beforeEach(async () => {
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
  const { bytes, blocks, strays: left } = await strays.tidy({ before: Infinity, isAbandonedToo, step: async () => undefined })
  expect((await filesOf(store)).length).toBeGreaterThanOrEqual(left.files)
  expect(left.bytes > left.files * SMALL).toBe(left.files > 0)
  expect(blocks).toBe(bytes > 0 ? COUNT : 0)
  return [left.files, bytes > 0]
}

test('files of blocks of which nobody can tell what they are stay as long as nobody says that they are to go', async () => {
  for (let times = 0; times < 3; times++) expect(await run()).toEqual([COUNT, false])
  expect(await run(true)).toEqual([0, true])
  expect(settings.size).toBe(0)
})

test('they go at once where that is asked for, if an earlier run has told of them', async () => {
  expect(await run(true)).toEqual([COUNT, false])
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
