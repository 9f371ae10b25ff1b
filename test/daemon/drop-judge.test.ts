import { expect, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { signingKey, type ChunkId, type DeviceId } from '#model'
import { DropJudge, type JudgedFolder } from '../../src/daemon/drop-judge.ts'
import type { Asker } from '../../src/exchange/asker.ts'
import { Capabilities } from '../../src/exchange/capabilities.ts'
import { DropAsker } from '../../src/exchange/drop-asker.ts'
import { LinkBrokenError } from '../../src/exchange/ask-errors.ts'
import { A, B, C, FOLDER } from '../db/fixtures.ts'
import { DropCluster, SHELF, type Member } from './drop-cluster.ts'

const HOUR_MS = 3_600_000
const NONE = new Uint8Array(0)

/** Members that have all records of each other, and a storage device that has what they wrote. */
async function cluster(...devices: (typeof A)[]): Promise<DropCluster & { members: [Member, Member, ...Member[]] }> {
  const made = new DropCluster(devices)
  for (const member of made.members) await member.start()
  return made as DropCluster & { members: [Member, Member, ...Member[]] }
}

async function settled(...members: Member[]): Promise<void> {
  for (const one of members) for (const other of members) if (one !== other) one.hear(other)
  for (const member of members) await member.bring()
}

test('what nothing needs, of versions that were forgotten or never known, is told once, and goes', async () => {
  const world = await cluster(A, B)
  const [anna, ben] = world.members
  for (const names of [
    ['old', 'both'],
    ['new', 'both'],
  ]) {
    anna.edit('one', names)
    await settled(anna, ben)
  }
  expect(world.has(['old', 'new', 'both'])).toEqual(['old', 'new', 'both'])
  expect(await anna.judges()).toMatchObject([{ device: SHELF, blocks: 0, obstacle: null }])
  anna.forget('one')
  const [judged] = await anna.judges()
  expect(judged).toMatchObject({ blocks: 1, obstacle: null })
  expect(judged!.bytes).toBeGreaterThan(40)
  expect(await world.sweep(HOUR_MS)).toMatchObject({ blocks: 0, waitingBlocks: 1 })
  world.now += HOUR_MS
  // Told again it would wait anew.
  expect(await anna.judges()).toMatchObject([{ blocks: 1 }])
  expect(await world.sweep(HOUR_MS)).toMatchObject({ blocks: 1 })
  expect(world.has(['old', 'new', 'both'])).toEqual(['new', 'both'])
})

test('one that has not seen what another has brought judges nothing, and is told why', async () => {
  const world = await cluster(A, B)
  const [anna, ben] = world.members
  anna.edit('one', ['a'])
  await anna.bring()
  expect(await ben.judges()).toMatchObject([{ obstacle: expect.stringContaining('versions that are not known here') as string }])
  expect(await world.sweep(0)).toMatchObject({ blocks: 0, waitingBlocks: 0 })
  ben.hear(anna)
  expect(await ben.judges()).toMatchObject([{ blocks: 0, obstacle: null }])
})

test('a chunk that is to go and is used anew stays, whoever uses it: also one who was away when it was said', async () => {
  const world = await cluster(A, B, C)
  const [anna, ben, carl] = world.members as [Member, Member, Member]
  anna.edit('one', ['a', 'b'])
  await settled(anna, ben, carl)
  anna.edit('one', ['c'])
  await settled(anna, ben, carl)
  carl.connect(false)
  // Away, and unknown to the others, he uses what they forget.
  carl.edit('two', ['b'])
  for (const member of [anna, ben]) member.forget('one')
  expect(await anna.judges()).toMatchObject([{ blocks: 2, obstacle: null }])
  world.now += HOUR_MS - 1
  ben.edit('two', ['a'])
  await ben.bring()
  expect(await anna.judges()).toMatchObject([{ obstacle: expect.stringContaining('not known here') as string }])
  world.now += 1
  expect(await world.sweep(HOUR_MS)).toMatchObject({ blocks: 1 })
  expect(world.has(['a', 'b', 'c'])).toEqual(['a', 'c'])
  carl.connect(true)
  await settled(anna, ben, carl)
  expect(world.has(['a', 'b', 'c'])).toEqual(['a', 'b', 'c'])
  expect(await anna.judges()).toMatchObject([{ blocks: 0, obstacle: null }])
})

test('what is needed and is to go by a wrong word is kept by the next one that looks, and one who knows less keeps nothing for ever', async () => {
  const world = await cluster(A, B)
  const [anna, ben] = world.members
  anna.edit('one', ['a', 'b'])
  await settled(anna, ben)
  const ids = Buffer.concat(['a', 'b'].map((name) => Buffer.from(world.idOf(name), 'hex')))
  const lie = { kind: 'unneeded' as const, folder: world.sealing.folder, horizon: anna.index.have(), ids }
  expect(await anna.drops.say(SHELF, lie, new AbortController().signal)).toBe('taken')
  expect(await world.sweep(HOUR_MS)).toMatchObject({ waitingBlocks: 2 })
  await ben.judges(true)
  expect(await world.sweep(HOUR_MS)).toMatchObject({ waitingBlocks: 0 })
  expect(await anna.drops.say(SHELF, lie, new AbortController().signal)).toBe('taken')
  await ben.judges(true)
  expect(await world.sweep(0)).toMatchObject({ blocks: 0, waitingBlocks: 0 })
  anna.edit('one', ['c'])
  await settled(anna, ben)
  anna.forget('one')
  await anna.judges()
  // By his own policy he has not come to it yet.
  await ben.judges(true)
  ben.forget('one')
  expect(await anna.judges()).toMatchObject([{ blocks: 2 }])
  await ben.judges(true)
  expect(await world.sweep(0)).toMatchObject({ blocks: 2 })
})

test('what others hold now goes as well, and only there', async () => {
  const world = await cluster(A, B)
  const [anna] = world.members
  anna.edit('one', ['a', 'b'])
  await anna.bring()
  anna.moved = ['a']
  expect(await anna.judges()).toMatchObject([{ blocks: 1 }])
  expect(await world.sweep(0)).toMatchObject({ blocks: 1 })
  expect(world.has(['a', 'b'])).toEqual(['b'])
})

test('what there is of a lost version stays where it is, whoever holds it now', async () => {
  const world = await cluster(A, B)
  const [anna] = world.members
  for (const names of [
    ['a', 'b'],
    ['b', 'c'],
  ]) {
    anna.edit('one', names)
    await anna.bring()
  }
  const items = anna.index.toKeep(9, world.now)
  anna.index.kept(items.map((item) => ({ ...item, until: null, isHeld: true })))
  expect(anna.index.forgetGone(items, world.now)).toHaveLength(1)
  anna.moved = ['a', 'b']
  expect(await anna.judges()).toMatchObject([{ blocks: 1 }])
  anna.index.forgetLost()
  expect(await anna.judges()).toMatchObject([{ blocks: 2 }])
})

test('a storage device says of single chunks whether it has them, unless it is away', async () => {
  const world = await cluster(A, B)
  const [anna, ben] = world.members
  anna.edit('one', ['a'])
  await settled(anna, ben)
  const [there, gone] = ['a', 'b'].map((name) => Buffer.from(world.idOf(name), 'hex')) as [Buffer, Buffer]
  expect(await ben.replicas.heldBy(SHELF, Buffer.concat([gone, there]))).toEqual(new Uint8Array(there))
  expect(await ben.replicas.heldBy(A.id, there)).toHaveLength(0)
  ben.connect(false)
  expect(await ben.replicas.heldBy(SHELF, there)).toHaveLength(0)
})

test('a device of a version that closes its link at such a question is asked no more while it is connected', async () => {
  const world = await cluster(A, B)
  const [anna] = world.members
  let asked = 0
  world.shelf.list = () => {
    asked++
    return Promise.reject(new LinkBrokenError(SHELF))
  }
  anna.edit('one', ['a'])
  expect(await anna.judges()).toMatchObject([{ blocks: 0 }])
  expect(await anna.judges()).toEqual([])
  expect(asked).toBe(2)
  anna.connect(false)
  anna.connect(true)
  await anna.judges()
  expect(asked).toBe(4)
})

test('of a device that names more and more little is held in memory, and one that never ends is not listened to for ever', async () => {
  let asked = 0
  let [unjudged, most] = [0, 0]
  const id = (): ChunkId => (++asked).toString(16).padStart(64, '0') as ChunkId
  const listed = () => ({ listed: { number: 0, isLast: false, chunks: [{ id: id(), length: 1, isPending: true }] } })
  const asker = {
    connection: () => 1,
    ask: async (_: DeviceId, __: AbortSignal, ___: unknown, read: (answer: unknown) => unknown) => {
      most = Math.max(most, ++unjudged)
      return read(listed())
    },
  } as unknown as Asker
  const signer = { device: A.id, key: signingKey(A.seed) }
  const capabilities = new Capabilities({ asker, logger: silentLogger })
  const drops = new DropAsker({ asker, capabilities, clock: systemClock, signer })
  const group = { device: A.id, state: new DropCluster([A]).state([A]) }
  const judge = new DropJudge({ group, drops, logger: silentLogger })
  const index = {
    have: async () => [],
    endGathering: async () => undefined,
    onlyLost: async () => NONE,
    unneeded: async () => NONE,
  }
  const holders = { heldBy: () => NONE, movedFrom: () => NONE }
  const keeping = { lacking: async () => (unjudged--, []), holders, isKept: true }
  const folder = { id: FOLDER, index, keeping } as unknown as JudgedFolder
  const signal = new AbortController().signal
  const options = { isDry: false, isPendingOnly: true, signal, obstacle: () => null, step: async () => undefined }
  expect(await judge.judge(folder, options)).toMatchObject([{ obstacle: 'it did not answer' }])
  expect([asked, most]).toEqual([65_536, 64])
})
