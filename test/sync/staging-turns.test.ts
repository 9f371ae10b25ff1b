import { expect, test } from 'vitest'
import { HoldfastError } from '#base'
import { DiskRoom } from '../../src/sync/disk-room.ts'
import { StagingTurns } from '../../src/sync/staging-turns.ts'

const MIB = 1024 * 1024

/** A disk that files are staged on side by side, a byte of each in turn; a part stays until it is dropped. */
function openDisk(capacity: number, { tells = true } = {}) {
  const parts = new Map<string, number>()
  const disk = { capacity, parts, written: 0, now: 0, asked: 0, failed: [] as unknown[] }
  const used = (): number => [...parts.values()].reduce((sum, part) => sum + part, 0)
  const space = async () => {
    disk.asked++
    const totalBytes = tells ? disk.capacity : 0
    return { freeBytes: Math.max(0, totalBytes - used()), totalBytes, foldsCase: false }
  }
  const turns = new StagingTurns(new DiskRoom({ space }, { monotonic: () => disk.now }))
  const stage = async (name: string, size: number): Promise<string> => {
    const done = (): number => parts.get(name) ?? 0
    const build = async (check: () => Promise<void>): Promise<void> => {
      while (done() < size) {
        await check()
        if (used() >= disk.capacity) throw new HoldfastError('full', 'the disk is full')
        parts.set(name, done() + 1)
        disk.written++
      }
    }
    const drop = (): Promise<void> => Promise.resolve(void parts.delete(name))
    return await turns.run({ size, staged: async () => done(), done, build, drop }).then(
      () => name,
      (error: unknown) => {
        disk.failed.push(error)
        return `${name} failed`
      },
    )
  }
  return { disk, stage: (...files: [string, number][]) => Promise.all(files.map(([name, size]) => stage(name, size))) }
}

// 2 % of a disk are kept: of 20 bytes it is less than one.
test('as many large files arrive as have room, the smallest, and nothing of others is begun', async () => {
  const { disk, stage } = openDisk(18)
  expect(await stage(['a', 7], ['b', 11], ['c', 5], ['d', 6])).toEqual(['a failed', 'b failed', 'c', 'd'])
  expect(disk.written).toBe(11)
  expect(disk.asked).toBe(1)
})

test('a file says how much it needs and how much there is', async () => {
  const { disk, stage } = openDisk(30 * MIB)
  await stage(['a', 40 * MIB])
  expect(disk.failed).toMatchObject([
    { code: 'full', message: 'it needs 40 MiB; 30 MiB are free on the disk, 0.6 MiB of them kept for other files' },
  ])
})

test('what is left of an interrupted file goes on where it has room, and is dropped where it has none', async () => {
  const { disk, stage } = openDisk(20)
  disk.parts.set('a', 12)
  expect(await stage(['a', 18])).toEqual(['a'])
  expect(disk.written).toBe(6)
  disk.parts.clear()
  disk.parts.set('b', 12)
  disk.now += 1000
  expect(await stage(['b', 21], ['c', 15])).toEqual(['b failed', 'c'])
  expect([...disk.parts]).toEqual([['c', 15]])
})

test('a file that lost its room to somebody else does not go on', async () => {
  const disk = { freeBytes: 60 * MIB, totalBytes: 60 * MIB, foldsCase: false, now: 0 }
  const room = new DiskRoom({ space: async () => disk }, { monotonic: () => disk.now })
  const claim = await room.claim({ size: 50 * MIB, staged: async () => 0, done: () => 10 * MIB })
  await room.check(claim)
  Object.assign(disk, { freeBytes: 20 * MIB, now: 1000 })
  await expect(room.check(claim)).rejects.toMatchObject({ code: 'full', message: expect.stringContaining('lacks 40 MiB') })
})

test('what is promised to a file is no room for a later one', async () => {
  const { disk, stage } = openDisk(20)
  expect(await Promise.all([stage(['a', 12]), Promise.resolve().then(() => stage(['b', 9]))])).toEqual([['a'], ['b failed']])
  expect(disk.written).toBe(12)
})

test('on a disk that does not tell its room they come one after another, the smallest first, once it was found full', async () => {
  const { disk, stage } = openDisk(18, { tells: false })
  const files = await stage(['a', 5], ['b', 5], ['c', 5], ['d', 5], ['large', 17])
  expect(files.toSorted()).toEqual(['a', 'b', 'c', 'd failed', 'large failed'])
  expect([...disk.parts.values()]).toEqual([5, 5, 5])
  expect(await stage(['tiny', 1])).toEqual(['tiny'])
})

test('when there is room again all arrive, and side by side', async () => {
  const { disk, stage } = openDisk(6)
  await stage(['a', 5], ['b', 5], ['c', 5])
  disk.capacity = 100
  disk.now += 1000
  expect(await stage(['a', 5], ['b', 5], ['c', 5])).toEqual(['a', 'b', 'c'])
})
