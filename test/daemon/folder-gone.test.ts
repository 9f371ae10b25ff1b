import { expect, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { inProcess, type FolderIndex, type KeepItem } from '#db'
import { toHex } from '#model'
import { FolderGone } from '../../src/daemon/folder-gone.ts'
import type { FolderHolders } from '../../src/daemon/folder-holders.ts'
import { A, FOLDER, open } from '../db/fixtures.ts'
import { each, fileOf, named, some } from '../replication/files.ts'

/** Two versions of a path, of which the first one is gone; `there` are chunks in the store. */
function made() {
  const index = open(A)
  const [lost, last] = some(2)
  index.author([fileOf('f', [lost!])], { now: 1 })
  index.author([fileOf('f', [last!])], { now: 2 })
  const there = new Set<string>()
  const settings = new Map<string, string | null>()
  const gone = (): FolderGone =>
    new FolderGone({
      folder: FOLDER,
      index: inProcess<FolderIndex>(index),
      store: { lacking: async (ids) => Buffer.concat(each(ids).filter((id) => !there.has(toHex(id)))) },
      notes: {
        setting: async (key) => settings.get(key) ?? null,
        putSetting: async (key, value) => void settings.set(key, value),
      },
      holders: () => ({ areTogether: () => true }) as unknown as FolderHolders,
      isBusy: () => false,
      retention: () => ({ policy: null, pins: new Set(), snapshots: [] }) as never,
      clock: systemClock,
      logger: silentLogger,
    })
  const item = index.recordsAfter(0, 9).find(({ isHead }) => !isHead)!
  const isForgotten = (): boolean => index.versions('f').find(({ isHead }) => !isHead)!.isForgotten
  const giveUp = async (of: FolderGone, { record }: KeepItem): Promise<void> => {
    expect(await of.missed(item, of.before([item])[0]!, [each(Buffer.from(named(lost!), 'hex'))[0]!])).toBe(true)
    await of.noteGone([{ ...item, record }])
    index.forget([record])
  }
  return { gone, item, giveUp, isForgotten, there, lost: named(lost!), settings, index }
}

test('a version that was given up is kept again when all of it is here after all, also after a restart', async () => {
  const { gone, item, giveUp, isForgotten, there, lost, settings, index } = made()
  await giveUp(gone(), item)
  await gone().rescue()
  expect(isForgotten()).toBe(true)
  there.add(lost)
  await gone().rescue()
  expect([isForgotten(), [...settings.values()]]).toEqual([false, [null]])
  expect(index.toKeep(9, Date.now()).some(({ record }) => record === item.record)).toBe(true)
})

test('what the policy has forgotten stays forgotten, and so does what has another number since', async () => {
  const { gone, item, giveUp, isForgotten, there, lost, settings, index } = made()
  there.add(lost)
  index.forget([item.record])
  await gone().rescue()
  expect(isForgotten()).toBe(true)
  await giveUp(gone(), item)
  const [key, value] = [...settings][0]!
  const other = value!.replace(`[[${item.record},`, `[[${item.record + 1},`)
  expect(other).not.toBe(value)
  settings.set(key, other)
  await gone().rescue()
  expect([isForgotten(), settings.get(key)]).toEqual([true, other])
})
