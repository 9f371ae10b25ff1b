import { expect, test } from 'vitest'
import { HoldfastError } from '#base'
import { StagingTurns } from '../../src/sync/staging-turns.ts'

/** A disk that files are staged on side by side, a byte of each in turn; a part stays until it is dropped. */
function openDisk(capacity: number) {
  const parts = new Map<string, number>()
  const turns = new StagingTurns()
  const disk = { capacity, parts, written: 0 }
  const stage = async (name: string, size: number): Promise<string> => {
    const build = async (): Promise<void> => {
      for (let done = parts.get(name) ?? 0; done < size; done++) {
        await Promise.resolve()
        const used = [...parts.values()].reduce((sum, part) => sum + part, 0)
        if (used >= disk.capacity) throw new HoldfastError('full', 'the disk is full')
        parts.set(name, done + 1)
        disk.written++
      }
    }
    const drop = (): Promise<void> => Promise.resolve(void parts.delete(name))
    return await turns.run({ size, build, drop }).then(
      () => name,
      () => `${name} failed`,
    )
  }
  return { disk, stage: (...files: [string, number][]) => Promise.all(files.map(([name, size]) => stage(name, size))) }
}

test('as many large files arrive as fit, though all of them together fill the disk', async () => {
  const { disk, stage } = openDisk(18)
  expect(await stage(['a', 5], ['b', 5], ['c', 5], ['d', 5], ['e', 5], ['f', 5])).toHaveLength(6)
  expect([...disk.parts.values()].toSorted()).toEqual([3, 5, 5, 5])
})

test('the smallest arrive, in whatever order they came', async () => {
  const { disk, stage } = openDisk(12)
  expect(await stage(['large', 11], ['middle', 7], ['small', 3])).toEqual(['large failed', 'middle', 'small'])
  expect(disk.parts.get('large')).toBe(2)
  // It keeps its part, and a smaller one that comes later has its try.
  disk.capacity = 14
  expect(await stage(['large', 11], ['tiny', 1])).toEqual(['large failed', 'tiny'])
})

test('a file that is alone keeps its part for the next try', async () => {
  const { disk, stage } = openDisk(10)
  expect(await stage(['a', 15])).toEqual(['a failed'])
  disk.capacity = 15
  expect(await stage(['a', 15])).toEqual(['a'])
  expect(disk.written).toBe(15)
})

test('when there is room again all arrive, and side by side', async () => {
  const { disk, stage } = openDisk(6)
  await stage(['a', 5], ['b', 5], ['c', 5])
  disk.capacity = 100
  expect(await stage(['a', 5], ['b', 5], ['c', 5])).toEqual(['a', 'b', 'c'])
})
