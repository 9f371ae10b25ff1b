import { beforeEach, expect, test } from 'vitest'
import { groupSetting } from '#peers'
import { makeLayout } from '#replication'
import { meet } from '../peers/members.ts'
import { capacities, LayoutRoom, shown, type Place } from './layout-room.ts'

const DAY = 24 * 60 * 60_000
const YEAR = 365 * DAY
const GB = 1e9

let room: LayoutRoom
let [a, b, c]: Place[] = []

/** Three devices that pledge nothing, each chunk of their folder on two of them. */
beforeEach(async () => {
  room = new LayoutRoom()
  ;[a, b, c] = await room.open(3)
  await a!.group.say(groupSetting('replicas', 2))
  await a!.group.createFolder({ name: 'diary' })
  await meet(...room.places)
  for (const { group } of room.places) await group.takeFolders(() => true)
  await meet(...room.places)
  room.meet(a!, b!, c!)
})

test('a group without pledges has no layout before somebody is away, and then one that says who, and who is back', async () => {
  room.pass(20 * DAY)
  expect([room.sent, ...[a!, b!, c!].map(shown)]).toEqual([0, null, null, null])
  room.part(c!)
  room.pass(7 * DAY - 120_000)
  expect(shown(a!)).toBe(null)
  room.pass(180_000)
  expect(capacities(b!)).toEqual([[c!.device, 0, true]])
  room.meet(b!, c!)
  room.pass(12_000)
  expect([a!, b!, c!].map(capacities)).toEqual(Array.from({ length: 3 }, () => [[c!.device, 0, false]]))
  room.meet(a!, c!)
  room.sent = 0
  room.pass(20 * DAY)
  expect([room.sent, a!.layout.current?.counter]).toEqual([0, 2])
  room.part(c!)
  room.pass(7 * DAY - 120_000)
  expect(a!.layout.current?.counter).toBe(2)
  room.pass(180_000)
  expect(capacities(a!)).toEqual([[c!.device, 0, true]])
  await a!.group.removeDevice(c!.device)
  expect(shown(a!)).toBe(null)
})

test('two that never see each other, but a third one both, say so ever more seldom', async () => {
  await b!.group.say(groupSetting('leaveAfter', 3600))
  await meet(...room.places)
  room.part(a!, c!)
  const made = [60, 60].map((hours) => {
    const before = b!.layout.current?.counter ?? 0
    room.pass(hours * 3_600_000)
    return b!.layout.current!.counter - before
  })
  expect(capacities(b!)).toEqual([a!, c!].map(({ device }) => [device, 0, false]))
  expect(made[0]).toBeLessThan(24)
  expect(made[1]).toBeLessThan(6)
})

test('one in whose place no other could come is not said to be away', async () => {
  await a!.group.say(groupSetting('replicas', 3))
  await meet(a!, b!)
  room.part(c!)
  room.pass(8 * DAY)
  expect(shown(a!)).toBe(null)
  await a!.group.say(groupSetting('replicas', 2))
  for (const one of [a!, b!]) await room.pledge(one, GB, a!, b!)
  room.pass(8 * DAY)
  expect(capacities(b!)).toEqual([a!, b!].map(({ device }) => [device, GB, false]))
  await room.pledge(b!, 0, a!, b!)
  room.pass(60_000)
  expect(capacities(b!)).toEqual([
    [a!.device, GB, false],
    [c!.device, 0, true],
  ])
})

test('one that has no folder on its disk is not said to be away', async () => {
  await c!.group.takeFolders(() => false)
  await meet(...room.places)
  room.part(c!)
  room.pass(8 * DAY)
  expect(shown(a!)).toBe(null)
})

test('it is as long away as it was before a restart, without a layout too', async () => {
  room.part(c!)
  room.pass(5 * DAY)
  const again = await room.restart(a!)
  await b!.layout.stop()
  room.meet(again, b!)
  room.pass(3 * DAY)
  expect(capacities(again)).toEqual([[c!.device, 0, true]])
})

test('who was asleep, or had a clock that was ahead, calls nobody away for it', async () => {
  room.part(c!)
  await b!.layout.stop()
  room.pass(20 * 60_000)
  room.clock.skew += YEAR
  room.pass(9 * 60_000)
  room.meet(a!, b!, c!)
  room.pass(60 * 60_000)
  expect(shown(a!)).toBe(null)
  room.part(c!)
  room.clock.skew -= YEAR
  room.pass(5 * 60_000)
  expect(shown(a!)).toBe(null)
  // What was noted while it was ahead does not keep it from being away.
  room.pass(8 * DAY)
  expect(capacities(a!)).toEqual([[c!.device, 0, true]])
})

test('where an older version leaves it out of the next layout, that is not undone at once', async () => {
  await room.pledge(a!, GB)
  room.part(c!)
  room.pass(8 * DAY)
  const { current } = a!.layout
  expect(current?.devices).toHaveLength(2)
  await b!.layout.stop()
  const { id, ringSize } = b!.group.state
  const devices = current!.devices.filter(({ device }) => device === a!.device)
  const older = makeLayout(
    { group: id, author: b!.device, replicas: 2, partitions: ringSize, devices, last: current },
    b!.identity.key,
  )
  room.give(b!, a!, older.bytes)
  expect(shown(a!)).toEqual([current!.counter + 1, b!.device, expect.any(String)])
  room.pass(13 * DAY)
  expect(shown(a!)).toEqual([current!.counter + 1, b!.device, expect.any(String)])
  room.pass(2 * DAY)
  expect(capacities(a!)).toEqual([
    [a!.device, GB, false],
    [c!.device, 0, true],
  ])
})
