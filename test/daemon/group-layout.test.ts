import { beforeEach, describe, expect, test } from 'vitest'
import { groupSetting } from '#peers'
import { MemoryStore } from '../peers/memory-store.ts'
import { capacities, LayoutRoom, shown, type Place } from './layout-room.ts'

const DAY = 24 * 60 * 60_000
const GB = 1e9

let room: LayoutRoom
beforeEach(() => {
  room = new LayoutRoom()
})

async function three(): Promise<[Place, Place, Place]> {
  return (await room.open(3)) as [Place, Place, Place]
}

/** All pledge, all are connected, and have their first layout. */
async function threeWithLayout(): Promise<[Place, Place, Place]> {
  const [a, b, c] = await three()
  room.meet(a, b, c)
  for (const [at, one] of [a, b, c].entries()) await room.pledge(one, (at + 1) * GB)
  room.pass(2_000)
  expect(shown(a)).toEqual([1, a.device, expect.any(String)])
  return [a, b, c]
}

describe('the layout of a group', () => {
  test('is none as long as nobody pledges anything, and none again when nobody does any more', async () => {
    const [a, b, c] = await three()
    room.meet(a, b, c)
    room.pass(60_000)
    expect([a, b, c].map(shown)).toEqual([null, null, null])
    await room.pledge(b, GB)
    room.pass(2_000)
    expect(capacities(c)).toEqual([[b.device, GB, false]])
    await room.pledge(b, 0)
    room.pass(60_000)
    expect([a, b, c].map(shown)).toEqual([null, null, null])
    expect(c.changes.map((layout) => layout?.counter)).toEqual([1, undefined])
    await room.pledge(a, GB)
    room.pass(2_000)
    expect(shown(c)).toEqual([2, a.device, expect.any(String)])
  })

  test('is made by the first of the members that are connected, and the same on all', async () => {
    const [a, b, c] = await three()
    room.meet(b, c)
    await room.pledge(a, GB, b, c)
    await room.pledge(b, 2 * GB, c)
    room.pass(1_900)
    expect(shown(b)).toBe(null)
    room.pass(200)
    expect(shown(b)).toEqual([1, b.device, expect.any(String)])
    expect(shown(c)).toEqual(shown(b))
    room.meet(a, b, c)
    expect(shown(a)).toEqual(shown(b))
    await room.pledge(c, 3 * GB)
    room.pass(2_000)
    expect([a, b, c].map(shown)).toEqual(Array.from({ length: 3 }, () => [2, a.device, expect.any(String)]))
    expect(capacities(a)).toEqual([a, b, c].map(({ device }, at) => [device, (at + 1) * GB, false]))
    room.pass(DAY)
    expect(shown(c)).toEqual([2, a.device, expect.any(String)])
  })

  test('is made by the next member where the first one makes none, ten seconds later', async () => {
    const [a, b, c] = await three()
    await a.layout.stop()
    room.meet(a, b, c)
    await a.layout.stop()
    await room.pledge(b, GB, b, c)
    room.pass(11_500)
    expect(shown(c)).toBe(null)
    room.pass(1_000)
    expect(shown(c)).toEqual([1, b.device, expect.any(String)])
  })

  test('follows replication_factor, and who is removed', async () => {
    const [a, b, c] = await threeWithLayout()
    await c.group.say(groupSetting('replicas', 2))
    await room.pledge(c, 3 * GB)
    room.pass(2_000)
    expect(b.layout.current).toMatchObject({ counter: 2, replicas: 2 })
    await a.group.removeDevice(b.device)
    room.part(b)
    await c.group.merge(a.group.log.operations().map(({ bytes }) => bytes))
    room.pass(2_000)
    expect(shown(c)).toEqual([3, a.device, expect.any(String)])
    expect(capacities(c)).toEqual([a, c].map(({ device }) => [device, expect.any(Number), false]))
  })

  test('is not a storage device’s to make; it takes that of the members', async () => {
    const [a, b] = (await room.open(2, ['member', 'storage'])) as [Place, Place]
    await room.pledge(b, GB)
    room.pass(60_000)
    expect(shown(a)).toEqual([1, a.device, expect.any(String)])
    expect(shown(b)).toBe(null)
    room.meet(a, b)
    expect(shown(b)).toEqual(shown(a))
  })

  test('is the greater one of two that were made at once, and then one that has all', async () => {
    const [a, b, c] = await threeWithLayout()
    room.part(a)
    await room.pledge(a, 5 * GB, a)
    await room.pledge(b, 6 * GB, b, c)
    room.pass(2_000)
    expect([shown(a), shown(b)]).toEqual([
      [2, a.device, expect.any(String)],
      [2, b.device, expect.any(String)],
    ])
    room.meet(a, b, c)
    expect(shown(a)).toEqual(shown(b))
    expect(shown(a)).toEqual([2, b.device, expect.any(String)])
    await room.pledge(c, 3 * GB)
    room.pass(2_000)
    expect([a, b, c].map(shown)).toEqual(Array.from({ length: 3 }, () => [3, a.device, expect.any(String)]))
    expect(capacities(b)).toEqual([
      [a.device, 5 * GB, false],
      [b.device, 6 * GB, false],
      [c.device, 3 * GB, false],
    ])
  })

  test('is told once over each link, and reaches a device that missed several', async () => {
    const [a, b, c] = await threeWithLayout()
    room.part(c)
    for (const bytes of [5, 6, 7]) {
      await room.pledge(a, bytes * GB, b)
      room.pass(2_000)
    }
    room.sent = 0
    room.meet(b, c)
    // b tells the one before and the current one; c has told its own.
    expect(room.sent).toBe(3)
    expect(shown(c)).toEqual([4, a.device, expect.any(String)])
    expect(c.wrongs).toEqual([])
    room.part(c)
    room.meet(a, b, c)
    expect(b.wrongs).toEqual([])
    expect(shown(c)).toEqual(shown(a))
  })

  test('is there again after a restart, and goes with the group', async () => {
    const [a, b] = await threeWithLayout()
    const before = shown(b)
    const again = await room.restart(b)
    expect(shown(again)).toEqual(before)
    await room.pledge(a, 7 * GB)
    room.meet(a, again)
    room.pass(2_000)
    expect(shown(again)).toEqual([2, a.device, expect.any(String)])
    await again.group.removeDevice(a.device)
    room.part(a)
    await a.group.merge(again.group.log.operations().map(({ bytes }) => bytes))
    await a.group.goAlone()
    expect(shown(a)).toBe(null)
    await a.layout.stop()
    expect(await a.store.setting('layout')).toBe(null)
  })

  test('that cannot be read after a restart is had anew', async () => {
    const [a, b] = await threeWithLayout()
    await b.layout.stop()
    await b.store.putSetting('layout', '{"current":"AAAA"}')
    room.part(b)
    const again = await room.place({ ...b })
    room.places.splice(room.places.indexOf(b), 1)
    expect(shown(again)).toBe(null)
    room.meet(a, again)
    expect(shown(again)).toEqual(shown(a))
  })
})

describe('a device that nobody sees', () => {
  test('is away after leave_after, and here again when a member sees it', async () => {
    const [a, b, c] = await threeWithLayout()
    room.part(c)
    room.pass(7 * DAY - 120_000)
    expect(shown(a)).toEqual([1, a.device, expect.any(String)])
    room.pass(180_000)
    expect(shown(a)).toEqual([2, a.device, expect.any(String)])
    expect(capacities(b)?.at(-1)).toEqual([c.device, 3 * GB, true])
    room.pass(20 * DAY)
    expect(shown(b)).toEqual([2, a.device, expect.any(String)])
    room.meet(b, c)
    expect(shown(c)).toEqual(shown(b))
    room.pass(12_000)
    expect(shown(a)).toEqual([3, expect.any(String), expect.any(String)])
    expect([b, c].map(shown)).toEqual([shown(a), shown(a)])
    expect(capacities(a)?.at(-1)).toEqual([c.device, 3 * GB, false])
    // a has not seen it for weeks; b has, so it is here for leave_after at least.
    room.part(c)
    room.pass(7 * DAY - 120_000)
    expect(a.layout.current?.counter).toBe(3)
    room.pass(180_000)
    expect(a.layout.current?.counter).toBe(4)
    expect(capacities(b)?.at(-1)).toEqual([c.device, 3 * GB, true])
  })

  test('is away after leave_after, also where there is another layout more often', async () => {
    const [a, b, c] = await threeWithLayout()
    room.part(c)
    for (const day of [1, 2, 3]) {
      await room.pledge(b, day * GB, a)
      room.pass(2.5 * DAY)
    }
    expect(capacities(a)?.at(-1)).toEqual([c.device, 3 * GB, true])
  })

  test('is away after as long as the group says, and never where that is 0', async () => {
    const [a, b, c] = await threeWithLayout()
    await a.group.say(groupSetting('leaveAfter', 0))
    await room.pledge(a, GB)
    room.part(c)
    room.pass(30 * DAY)
    expect(shown(a)).toEqual([1, a.device, expect.any(String)])
    await b.group.say(groupSetting('leaveAfter', 3600))
    await room.pledge(b, 2 * GB)
    room.pass(60_000)
    expect(capacities(a)?.at(-1)).toEqual([c.device, 3 * GB, true])
  })

  test('is not away for one that was cut off until now: the others have to be reached first', async () => {
    const [a, b, c] = await threeWithLayout()
    await a.group.say(groupSetting('leaveAfter', 7200))
    for (const one of [a, b, c]) room.part(one)
    room.pass(10 * 3_600_000)
    room.meet(a, b)
    room.pass(5 * 60_000)
    room.meet(a, b, c)
    room.pass(20 * 60_000)
    expect([a, b, c].map((one) => one.layout.current?.counter)).toEqual([1, 1, 1])
  })

  test('is not away for one that has just been started, or has slept: the others have to be reached first', async () => {
    const [a, b, c] = await threeWithLayout()
    room.part(c)
    room.part(a)
    await a.layout.stop()
    room.clock.time += 30 * DAY
    const again = await room.restart(a)
    room.meet(again, b)
    room.pass(5 * 60_000)
    room.meet(again, b, c)
    room.pass(20 * 60_000)
    expect(shown(c)).toEqual([1, a.device, expect.any(String)])
    room.part(c)
    room.clock.skew += 30 * DAY
    room.pass(5 * 60_000)
    expect(shown(b)).toEqual([1, a.device, expect.any(String)])
    room.pass(10 * 60_000)
    expect(shown(b)).toEqual([2, a.device, expect.any(String)])
  })

  test('is as long away as it was before a restart', async () => {
    const [a, b, c] = (await room.open(3, ['member', 'storage'])) as [Place, Place, Place]
    room.meet(a, b, c)
    for (const one of [a, b, c]) await room.pledge(one, 3 * GB)
    room.pass(2_000)
    room.part(c)
    room.pass(5 * DAY)
    const again = await room.restart(a)
    room.meet(again, b)
    room.pass(3 * DAY)
    expect(capacities(b)?.at(-1)).toEqual([c.device, 3 * GB, true])
  })

  test('counts as seen until its last connected hour, also for one that was killed meanwhile', async () => {
    const [a, b, c] = (await room.open(3, ['member', 'storage'])) as [Place, Place, Place]
    room.meet(a, b, c)
    for (const one of [a, b, c]) await room.pledge(one, 3 * GB)
    room.pass(2_000)
    room.pass(20 * DAY)
    // What is being kept is, by then.
    await new Promise(setImmediate)
    const store = new MemoryStore()
    for (const key of ['layout', 'seen']) store.settings.set(key, (await a.store.setting(key))!)
    for (const one of [a, c]) room.part(one)
    room.places.splice(room.places.indexOf(a), 1)
    const again = await room.place({ ...a, store })
    room.meet(again, b)
    room.pass(6 * DAY)
    expect(shown(b)).toEqual([1, a.device, expect.any(String)])
    room.pass(1.5 * DAY)
    expect(capacities(b)?.at(-1)).toEqual([c.device, 3 * GB, true])
  })

  test('is not away for a member that sees none of several others, which may be the one that is gone', async () => {
    const [a, b, c] = await threeWithLayout()
    room.part(a)
    room.pass(8 * DAY)
    expect(shown(a)).toEqual([1, a.device, expect.any(String)])
    expect(capacities(c)?.[0]).toEqual([a.device, GB, true])
    room.meet(a, b, c)
    room.pass(2_000)
    expect([a, b, c].map(capacities)).toEqual(
      Array.from({ length: 3 }, () => [a, b, c].map(({ device }, at) => [device, (at + 1) * GB, false])),
    )
  })

  test('is away for the only other one of a group of two', async () => {
    const [a, b] = (await room.open(2)) as [Place, Place]
    await room.pledge(a, GB)
    await room.pledge(b, GB)
    room.pass(8 * DAY)
    expect(capacities(a)).toEqual([
      [a.device, GB, false],
      [b.device, GB, true],
    ])
  })
})
