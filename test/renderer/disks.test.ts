import { expect, test } from 'vitest'
import { disksBeside } from '../../renderer/health/disks.ts'

test('each disk that folders are on is told once, but for the one of the store', () => {
  const store = { volumeBytes: 1_000, freeBytes: 400 }
  const on = (folder: string, volumeBytes: number | null, freeBytes: number | null) => ({ folder, volumeBytes, freeBytes })
  const folders = [on('a', 1_000, 405), on('b', 20, 1), on('c', 1_000, 90), on('d', 20, 1), on('e', null, null)]
  expect(disksBeside(store, folders)).toEqual([
    { all: 20, free: 1, names: ['b', 'd'] },
    { all: 1_000, free: 90, names: ['c'] },
  ])
})
