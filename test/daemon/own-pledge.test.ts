import { expect, onTestFinished, test, vi } from 'vitest'
import { silentLogger } from '#base'
import type { FolderId } from '#model'
import { OwnPledge } from '../../src/daemon/own-pledge.ts'
import { Settings } from '../../src/daemon/settings.ts'
import { HandClock } from '../base/hand-clock.ts'
import { member } from '../peers/members.ts'
import { temporaryDirectory } from '../store/subjects.ts'

const MINUTE = 60_000

/** A device whose disk, store and layout are what `disk` says, and all that it has said of its pledge. */
async function device(set: number, disk: { room: number; held: number; placed: number }) {
  const { group } = await member('b')
  const clock = new HandClock()
  const home = temporaryDirectory()
  const settings = new Settings(home)
  const pledge = new OwnPledge({
    group,
    settings,
    home,
    blocks: { sizes: async () => [{ folder: 'of others' as FolderId, bytes: disk.held }] },
    layout: () => ({ devices: [{ device: group.device, capacity: disk.placed }] }),
    clock,
    logger: silentLogger,
    roomOn: () => disk.room,
  })
  const words: number[] = []
  group.on('changed', () => {
    const word = group.state.pledge(group.device)
    if (word !== words.at(-1)) words.push(word)
  })
  const end = pledge.start()
  onTestFinished(end)
  settings.set('pledge', set)
  await pledge.tell()
  const says = (...all: number[]) => vi.waitFor(() => expect(words).toEqual(all), 5_000)
  /** Every minute something is refused. */
  const refuse = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      pledge.refused()
      await new Promise(setImmediate)
      clock.pass(MINUTE)
    }
  }
  const rest = async (hours: number) => {
    clock.pass(hours * 60 * MINUTE)
    await new Promise(setImmediate)
  }
  return { clock, pledge, words, says, refuse, rest, settings, end }
}

test('a device says what its disk can hold, less when that is full, and all again when it has room', async () => {
  const disk = { room: 6_000, held: 0, placed: 0 }
  const { clock, pledge, words, says, refuse, rest, settings, end } = await device(10_000, disk)
  expect(words).toEqual([10_000])
  pledge.refused()
  await says(10_000, 6_000)
  clock.pass(10 * MINUTE)
  disk.placed = 6_000
  expect(await pledge.limit()).toBe(10_000)

  // Somebody else takes its disk: what it takes before the next layout leaves room for what that one asks for.
  Object.assign(disk, { held: 2_000, room: 2_000 })
  expect(await pledge.limit()).toBe(2_000)
  pledge.refused()
  await says(10_000, 6_000, 4_000)
  expect(await pledge.limit()).toBe(2_000)
  disk.placed = 4_000
  expect(await pledge.limit()).toBe(10_000)

  // That was not enough; one word in ten minutes.
  Object.assign(disk, { held: 4_000, room: -500 })
  await refuse(9)
  expect(words).toEqual([10_000, 6_000, 4_000])
  await refuse(2)
  await says(10_000, 6_000, 4_000, 1_000)
  disk.placed = 1_000

  // There is a little room, then enough. An hour may pass before it looks.
  Object.assign(disk, { held: 4_000, room: 500 })
  await rest(1)
  Object.assign(disk, { held: 2_000, room: 5_000 })
  await rest(1)
  await says(10_000, 6_000, 4_000, 1_000, 7_000)
  settings.set('pledge', 3_000)
  await pledge.tell()
  await end()
  expect(words).toEqual([10_000, 6_000, 4_000, 1_000, 7_000, 3_000])
})

test('one whose pledge is full says less while it goes on refusing, by the layout that counts, and what was set once it has room', async () => {
  const disk = { room: 90_000, held: 10_000, placed: 10_000 }
  const { words, says, refuse, rest } = await device(10_000, disk)
  await refuse(2)
  await says(10_000, 2_500)
  await refuse(30)
  expect(words).toEqual([10_000, 2_500])
  disk.placed = 2_500
  await refuse(1)
  await says(10_000, 2_500, 625)
  disk.held = 7_000
  await rest(2)
  await says(10_000, 2_500, 625, 10_000)
})

test('what changes a little is not worth a word, nor is anything where no pledge is set', async () => {
  const disk = { room: 9_500, held: 0, placed: 10_000 }
  const { pledge, words, rest, end } = await device(10_000, disk)
  pledge.refused()
  await new Promise(setImmediate)
  await rest(2)
  disk.room = 4_000
  await rest(2)
  await end()
  expect(words).toEqual([10_000])

  const none = await device(0, { room: 0, held: 9, placed: 0 })
  none.pledge.refused()
  await none.rest(2)
  await none.end()
  expect([await none.pledge.limit(), none.words]).toEqual([0, []])
})
