import { expect, test } from 'vitest'
import { Haste } from '../../src/daemon/haste.ts'
import type { OpenFolder } from '../../src/daemon/folder-opener.ts'
import { untilProtected } from '../../src/daemon/waiting.ts'

test('while somebody waits for a folder to be protected nothing is put off for a quiet moment, and after that it is again', async () => {
  const haste = new Haste()
  const awaited: boolean[] = []
  let looks = 3
  const keeping = {
    haste,
    isKept: true,
    samples: { isLooking: false },
    lacking: async () => {
      awaited.push(haste.isAwaited())
      return --looks > 0 ? [{ records: looks }, { records: 1 }] : []
    },
  }
  const folder = { stored: { name: 'f' }, sync: { whenChanged: async () => undefined }, keeping } as unknown as OpenFolder
  const told: number[] = []
  await untilProtected(folder, new AbortController().signal, (lacking) => told.push(lacking))
  expect(told).toEqual([3, 2, 0])
  expect([awaited, haste.isAwaited()]).toEqual([[true, true, true], false])
  looks = 3
  keeping.lacking = () => Promise.reject(new Error('it is stopped'))
  await expect(untilProtected(folder, new AbortController().signal)).rejects.toThrow('it is stopped')
  expect(haste.isAwaited()).toBe(false)
})
