import { expect, test } from 'vitest'
import { silentLogger } from '#base'
import type { Have } from '#db'
import { deviceIdOf } from '#model'
import { FolderCount } from '../../src/daemon/folder-count.ts'
import { HandClock } from '../base/hand-clock.ts'

const author = deviceIdOf(new Uint8Array(32).fill(1))

/** A folder of ten records; `at`: how things stand, to be changed. */
async function made({ isKeeping = true } = {}) {
  const clock = new HandClock()
  const at = {
    have: [{ author, epoch: 1, seq: 10 }] as Have[],
    looked: 0,
    heard: false,
    percent: 40,
    lost: 0,
    copies: 1,
    state: 'idle',
    looking: false,
    unsure: false,
  }
  let changes = 0
  const holders = {
    layout: 'one',
    isCurrent: true,
    get isAnyLooking() {
      return at.looking
    },
    percent: () => at.percent,
    get areHeard() {
      return at.heard
    },
    get copies() {
      return at.copies
    },
  }
  const count = new FolderCount({
    index: {
      have: async () => at.have,
      unkept: async () => [],
      records: async () => 10,
      keeping: async () => 0,
      looked: async (after) => (at.looked > after ? ([{}] as never) : []),
      losses: async () => at.lost,
    },
    isKeeping,
    holders: () => holders as never,
    sync: () => ({ standing: { state: at.state }, exchange: { announce: () => undefined } }) as never,
    obstacles: () => [],
    isUnsure: () => at.unsure,
    changed: () => void changes++,
    clock,
    logger: silentLogger,
  })
  await count.begin()
  const percent = async (): Promise<number | null> => {
    await count.now()
    return count.percent
  }
  return { clock, at, count, percent, changes: () => changes }
}

test('what is protected is not known before this device has gone through all, and the others have said what they have', async () => {
  const { at, percent } = await made()
  at.heard = true
  expect(await percent()).toBeNull()
  Object.assign(at, { heard: false, looked: 10 })
  expect(await percent()).toBeNull()
  at.heard = true
  expect(await percent()).toBe(40)
  // By then it is known, whoever comes and goes.
  at.heard = false
  expect(await percent()).toBe(40)
})

test('a device that keeps nothing of it has nothing to look at', async () => {
  const { at, percent } = await made({ isKeeping: false })
  expect(await percent()).toBeNull()
  at.heard = true
  expect(await percent()).toBe(40)
})

test('a device that says nothing for half a minute counts as having nothing', async () => {
  const { clock, percent } = await made()
  expect(await percent()).toBeNull()
  clock.pass(30_000)
  expect(await percent()).toBe(40)
})

test('of another layout nothing is known again', async () => {
  const { at, count, percent } = await made()
  Object.assign(at, { looked: 10, heard: true })
  expect(await percent()).toBe(40)
  await count.begin()
  expect([count.own, await percent()]).toEqual([[], 40])
  at.heard = false
  await count.begin()
  expect(await percent()).toBeNull()
})

test('nor is it while a device looks at something again', async () => {
  const { at, percent } = await made()
  Object.assign(at, { looked: 10, heard: true })
  expect(await percent()).toBe(40)
  at.looking = true
  expect(await percent()).toBeNull()
  at.looking = false
  expect(await percent()).toBe(40)
})

test('a folder is not told to be protected before it was looked at', async () => {
  const { at, percent } = await made()
  Object.assign(at, { have: [], state: 'scanning', percent: 100 })
  expect(await percent()).toBeNull()
  at.state = 'idle'
  expect(await percent()).toBe(100)
})

test('it is told when anything has changed, and only then', async () => {
  const { at, percent, changes } = await made()
  Object.assign(at, { looked: 10, heard: true })
  const told: number[] = []
  for (const change of [{}, {}, { percent: 41 }, { lost: 1 }, {}, { copies: 2 }]) {
    Object.assign(at, change)
    await percent()
    told.push(changes())
  }
  expect(told).toEqual([1, 1, 2, 3, 3, 4])
})

test('nothing is told to be lost, nor that all is protected, before the devices that have just come were asked for it', async () => {
  const { at, count, percent } = await made()
  Object.assign(at, { looked: 10, heard: true, lost: 2, unsure: true })
  expect([await percent(), count.lost]).toEqual([null, 0])
  at.unsure = false
  expect([await percent(), count.lost]).toEqual([40, 2])
  Object.assign(at, { lost: 0, unsure: true })
  expect([await percent(), count.lost]).toEqual([40, 0])
})
