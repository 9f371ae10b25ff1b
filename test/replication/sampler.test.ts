import { afterEach, expect, test } from 'vitest'
import { seededRandom, silentLogger } from '#base'
import { inProcess, type FolderIndex, type Have } from '#db'
import { toHex } from '#model'
import { keptUpTo, Sampler, type Claim, type Sample, type SampleAnswer } from '#replication'
import { HandClock } from '../base/hand-clock.ts'
import { A, B, gone, open } from '../db/fixtures.ts'
import { fileOf, named, some } from './files.ts'

const running: Sampler[] = []
afterEach(() => Promise.all(running.splice(0).map((sampler) => sampler.stop())))

/** A device that says that it has all that there is, and has none of these chunks. */
function subject() {
  const index = open(A)
  const clock = new HandClock()
  const set = {
    answers: new Map<string, SampleAnswer>(),
    isHolderOf: (chunk: Uint8Array): boolean => chunk.length === 32,
    after: [] as Have[],
    connected: true,
    busy: false,
    isWhole: true,
  }
  const asked: string[] = []
  const said: ('counts' | 'lies')[] = []
  const claim = (): Claim | null => (set.connected ? { upTo: index.have(), after: keptUpTo(set.after) } : null)
  const sampler = new Sampler({
    device: B.id,
    index: inProcess<FolderIndex>(index),
    claim,
    isWhole: () => set.isWhole,
    isHolderOf: (chunk) => set.isHolderOf(chunk),
    ask: async ({ id }: Sample) => {
      asked.push(toHex(id))
      return set.answers.get(toHex(id)) ?? 'there'
    },
    counts: () => void said.push('counts'),
    lies: () => void said.push('lies'),
    isBusy: () => set.busy,
    isAwaited: () => false,
    clock,
    random: seededRandom(1),
    logger: silentLogger,
  })
  running.push(sampler)
  /** What it says of each look, one after so many ms each. */
  async function looks(...waits: number[]): Promise<string[]> {
    const seen: string[] = []
    for (const ms of waits) {
      clock.time += ms
      const before = said.length
      await whilePassing(clock, sampler.look())
      seen.push(said.slice(before).join() || 'nothing')
    }
    return seen
  }
  return { index, clock, set, asked, said, sampler, looks }
}

/** Lets time pass until something is done: it rests in between. */
async function whilePassing(clock: HandClock, work: Promise<unknown>): Promise<void> {
  let isDone = false
  const done = work.finally(() => (isDone = true))
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.pass(1)
  }
  await done
}

test('of what a device says anew a few chunks that it is to hold are asked of it, whatever there is', async () => {
  const { index, set, asked, looks } = subject()
  const chunks = some(200)
  index.author(
    chunks.map((bytes, at) => fileOf(`f${at}`, [bytes])),
    { now: 1 },
  )
  expect(await looks(0)).toEqual(['counts'])
  expect(new Set(asked).size).toBe(3)
  // Only of what is new.
  asked.length = 0
  set.after = index.have()
  const [one, two, other] = some(3)
  index.author([fileOf('new', [one!, two!, other!])], { now: 2 })
  set.isHolderOf = (chunk) => toHex(chunk) === named(two!)
  expect([await looks(0), asked]).toEqual([['counts'], [named(two!)]])
  // What nothing is to be had of counts without a question.
  set.isHolderOf = () => false
  expect([await looks(0), asked.length]).toEqual([['counts'], 1])
})

test('large chunks are asked for one at a time', async () => {
  const { index, asked, looks } = subject()
  const large = some(20, 700_000)
  index.author(
    large.map((bytes, at) => fileOf(`f${at}`, [bytes])),
    { now: 1 },
  )
  expect([await looks(0), asked.length]).toEqual([['counts'], 1])
})

test('who does not give a chunk is asked again, and does not have what it says where it gives none for seconds; and has, when it does', async () => {
  const { index, set, asked, looks } = subject()
  const [bytes] = some(1)
  index.author([fileOf('f', [bytes!])], { now: 1 })
  set.answers.set(named(bytes!), 'absent')
  expect(await looks(0, 1_000, 3_900, 200)).toEqual(['nothing', 'nothing', 'nothing', 'lies'])
  expect(asked).toHaveLength(4)
  set.answers.clear()
  expect(await looks(30_000)).toEqual(['counts'])
  // What it is at work on may be of the same content as what it lost.
  set.answers.set(named(bytes!), 'absent')
  set.isWhole = false
  expect(await looks(0, 170_000, 11_000)).toEqual(['nothing', 'nothing', 'lies'])
  // That something is wrong shows at once.
  set.answers.set(named(bytes!), 'wrong')
  expect(await looks(0)).toEqual(['lies'])
  set.answers.set(named(bytes!), 'there')
  expect(await looks(0)).toEqual(['counts'])
})

test('what cannot be read there now tells nothing of what can, and without anything else does not count', async () => {
  const { index, clock, set, asked, sampler, looks } = subject()
  const [open, closed] = some(2)
  index.author([fileOf('open', [open!])], { now: 1 })
  set.answers.set(named(open!), 'silent')
  expect(await looks(0, ...Array.from({ length: 6 }, () => 1_000), 60_000)).toEqual(new Array(8).fill('nothing'))
  // It is asked less often by and by.
  const before = asked.length
  for (let seconds = 0; seconds < 20; seconds++) {
    sampler.review()
    await whilePassing(clock, Promise.resolve())
    clock.pass(1_000)
  }
  expect(asked.length).toBe(before)
  index.author([fileOf('closed', [closed!])], { now: 2 })
  expect(await looks(20_000)).toEqual(['counts'])
})

test('who has just replaced the file that a chunk was in does not lie', async () => {
  const { index, set, looks } = subject()
  const [before, after] = some(2)
  index.author([fileOf('f', [before!])], { now: 1 })
  set.answers.set(named(before!), 'absent')
  expect(await looks(0)).toEqual(['nothing'])
  index.author([fileOf('f', [after!])], { now: 2 })
  expect(await looks(10_000)).toEqual(['counts'])
})

test('of what others supersede nothing is held against a device but what is wrong: it may have forgotten it', async () => {
  const { index, set, looks } = subject()
  const [past] = some(1)
  index.author([fileOf('f', [past!])], { now: 1 })
  index.author([gone('f')], { now: 2 })
  set.answers.set(named(past!), 'absent')
  expect(await looks(0)).toEqual(['counts'])
  set.answers.set(named(past!), 'wrong')
  expect(await looks(0)).toEqual(['lies'])
})

test('it waits for sync, and for a device that is away', async () => {
  const { index, clock, set, said, sampler } = subject()
  index.author([fileOf('f', some(1))], { now: 1 })
  const pass = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at += 100) {
      clock.pass(100)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  set.connected = false
  sampler.review()
  await pass(5_000)
  ;[set.connected, set.busy] = [true, true]
  sampler.review()
  await pass(4_000)
  expect([said, sampler.isLooking]).toEqual([[], true])
  set.busy = false
  await pass(3_000)
  expect(said).toEqual(['counts'])
})
