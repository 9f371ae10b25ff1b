import { afterEach, expect, it } from 'vitest'
import { silentLogger, type Timer } from '#base'
import { inProcess, type FolderIndex } from '#db'
import { packChunks, toHex, type ChunkId } from '#model'
import { keepUp } from '../../src/sync/folder-upkeep.ts'
import { HandClock } from '../base/hand-clock.ts'
import { A, open as openIndex } from '../db/fixtures.ts'
import { simSubject } from '../folder/subjects.ts'
import { idOf, TestFolder } from '../folder/test-folder.ts'

const DAY = 86_400_000
const MINUTE = 60_000

let folder: TestFolder
let upkeep: Timer

afterEach(() => {
  upkeep.cancel()
  folder.close()
})

/** A clock that does not begin in 1970, where nothing could be years old. */
function newClock(): HandClock {
  const clock = new HandClock()
  clock.time = Date.UTC(2026, 0, 1)
  return clock
}

/** Lets time pass, and what rang meanwhile do its work. */
async function pass(clock: HandClock, ms: number): Promise<void> {
  clock.pass(ms)
  await new Promise((resolve) => setTimeout(resolve, 5))
}

async function started(
  clock: HandClock,
  onlyInArchive?: (names: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<{ index: FolderIndex; start(): void; rescans: () => number }> {
  folder = await TestFolder.adopted({ ...simSubject({ clock }), clock })
  const index = inProcess<FolderIndex>(openIndex(A))
  let rescans = 0
  const start = (): void => {
    const work = { retry: () => Promise.resolve(), rescan: () => void rescans++ }
    upkeep = keepUp({ clock, logger: silentLogger, disk: folder.disk, index, ...(onlyInArchive && { onlyInArchive }) }, work)
  }
  start()
  return { index, start, rescans: () => rescans }
}

/** Deletes a file as sync does. */
async function archive(index: FolderIndex, path: string, text: string): Promise<string> {
  folder.user.write(path, text)
  const [result] = await folder.disk.transition([{ do: 'remove', path, expected: await folder.thing(path), archiveAs: 'v1' }])
  if (result?.ok !== true || result.archived === undefined) throw new Error('it was not archived')
  const chunks = packChunks([{ id: toHex(idOf(text)) as ChunkId, length: text.length }])
  await index.commit({ shown: [], gone: [], done: [], again: [], archived: [{ ...result.archived, version: null, chunks }] })
  return result.archived.name
}

async function days(clock: HandClock, count: number): Promise<void> {
  for (let day = 0; day < count; day++) await pass(clock, DAY)
}

it('what sync deleted is kept for 30 days, and then dropped from the disk and the index', async () => {
  const clock = newClock()
  const { index } = await started(clock)
  await pass(clock, 2 * MINUTE)
  const name = await archive(index, 'thesis.txt', 'the only copy')
  await days(clock, 30)
  expect(folder.user.archived()).toEqual(['the only copy'])
  await days(clock, 2)
  expect(folder.user.archived()).toEqual([])
  expect(await index.isArchived([name])).toEqual([false])
  expect(folder.user.tree()).toEqual({})
})

it('a device that never runs for a whole day drops it, too, and a clock that is years wrong drops nothing early', async () => {
  const clock = newClock()
  const { index, start } = await started(clock)
  clock.skew = -56 * 365 * DAY
  await archive(index, 'thesis.txt', 'the only copy')
  clock.skew = 0
  await pass(clock, 2 * MINUTE)
  clock.skew = 20 * 365 * DAY
  await pass(clock, DAY)
  clock.skew = 0
  const runs = async (count: number): Promise<void> => {
    for (let day = 0; day < count; day++) {
      upkeep.cancel()
      await pass(clock, DAY - 2 * MINUTE)
      start()
      await pass(clock, 2 * MINUTE)
    }
  }
  await runs(27)
  expect(folder.user.archived()).toEqual(['the only copy'])
  await runs(5)
  expect(folder.user.archived()).toEqual([])
})

it('what a program wrote to after it was archived comes back as a file of its own', async () => {
  const clock = newClock()
  const { index, rescans } = await started(clock)
  await pass(clock, 2 * MINUTE)
  const name = await archive(index, 'thesis.txt', 'the only copy')
  folder.user.write(`.holdfast/archive/${name}`, 'written late.')
  await days(clock, 32)
  expect(folder.user.archived()).toEqual([])
  expect(Object.values(folder.user.tree())).toEqual(['written late.'])
  expect(rescans()).toBeGreaterThan(0)
})

it('what may be the only copy of a version stays until it is not, but is back in the tree where a program wrote to it', async () => {
  const clock = newClock()
  const only = new Set<string>()
  const { index, rescans } = await started(clock, () => Promise.resolve(only))
  await pass(clock, 2 * MINUTE)
  const names = [await archive(index, 'thesis.txt', 'the only copy'), await archive(index, 'notes.txt', 'written late')]
  for (const name of names) only.add(name)
  clock.pass(MINUTE)
  folder.user.write(`.holdfast/archive/${names[1]}`, 'WRITTEN LATE')
  await days(clock, 70)
  expect(folder.user.archived()).toEqual(['the only copy'])
  expect(Object.values(folder.user.tree())).toEqual(['WRITTEN LATE'])
  expect(rescans()).toBeGreaterThan(0)
  expect(await index.isArchived(names)).toEqual([true, false])
  only.clear()
  await days(clock, 70)
  expect(folder.user.archived()).toEqual([])
  expect(await index.isArchived(names)).toEqual([false, false])
})
