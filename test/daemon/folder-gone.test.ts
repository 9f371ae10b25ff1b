import { expect, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { inProcess, type FolderIndex, type KeepItem } from '#db'
import { packChunks, toHex, type ChunkId, type DeviceId } from '#model'
import { giveUp, type ChunkFinder } from '#replication'
import { FolderGone, type Sought } from '../../src/daemon/folder-gone.ts'
import type { FolderHolders } from '../../src/daemon/folder-holders.ts'
import { A, author, B, FOLDER, open, send, stat } from '../db/fixtures.ts'
import { each, fileOf, named, some } from '../replication/files.ts'

/** Two versions of a path, of which the first one is gone; `there` are chunks in the store, `own` is one that this device is to have. */
function made(own = '') {
  const index = open(A)
  const [lost, last] = some(2)
  index.author([fileOf('f', [lost!])], { now: 1 })
  index.author([fileOf('f', [last!])], { now: 2 })
  const there = new Set<string>()
  const settings = new Map<string, string | null>()
  const told: string[] = []
  const gone = (): FolderGone =>
    new FolderGone({
      folder: FOLDER,
      index: inProcess<FolderIndex>(index),
      store: { lacking: async (ids) => Buffer.concat(each(ids).filter((id) => !there.has(toHex(id)))) },
      notes: {
        setting: async (key) => settings.get(key) ?? null,
        putSetting: async (key, value) => void settings.set(key, value),
      },
      holders: () =>
        ({
          areTogether: () => true,
          isAnchored: () => true,
          dutyOf: (_: KeepItem, chunk: Uint8Array) => (toHex(chunk) === own ? 'copy' : 'none'),
        }) as unknown as FolderHolders,
      isBusy: () => false,
      retention: () => ({ policy: null, pins: new Set(), snapshots: [] }) as never,
      activity: (items) => void told.push(...items.map(({ event, path, detail }) => `${event} ${path} ${detail}`)),
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
  /** The same of a version that was held. */
  const lose = async (of: FolderGone): Promise<void> => {
    index.kept(index.toKeep(9, 9).map((each) => ({ ...each, until: null, isHeld: true })))
    await of.noteGone([item])
    expect(index.forgetGone([item], 5)).toEqual([item.record])
  }
  return { gone, item, giveUp, lose, isForgotten, there, lost: named(lost!), settings, index, told }
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

test('what is lost is kept again when all of it is here, also where the note of it is gone', async () => {
  const { gone, lose, isForgotten, there, lost, settings, index } = made()
  await lose(gone())
  settings.clear()
  await gone().rescue()
  expect(index.losses()).toBe(1)
  there.add(lost)
  await gone().rescue()
  expect([index.losses(), isForgotten()]).toEqual([0, false])
})

test('what is lost is looked for on others by a chunk that is not here', async () => {
  const { gone, item, lose, lost } = made()
  await lose(gone())
  const asked: string[] = []
  const signal = new AbortController().signal
  const found =
    (bytes: Uint8Array | null, isSure = false): ChunkFinder['find'] =>
    async (ids, lengths, _signal, nowhere) => {
      asked.push(`${toHex(ids)} ${lengths.join()}`)
      if (isSure) nowhere?.(toHex(ids) as ChunkId)
      return [bytes]
    }
  const sought = (find: ChunkFinder['find']): Promise<Sought[]> => Array.fromAsync(gone().sought(find, false, signal))
  // It may be on a device that is away, or did not answer.
  expect(await sought(found(null))).toEqual([{ there: [], nowhere: [], open: [] }])
  const silent: ChunkFinder['find'] = async (ids, _lengths, _signal, _nowhere, unanswered) => {
    unanswered?.(toHex(ids) as ChunkId)
    return [null]
  }
  expect(await sought(silent)).toEqual([{ there: [], nowhere: [], open: [item.record] }])
  expect(await sought(found(null, true))).toEqual([{ there: [], nowhere: [item.record], open: [] }])
  expect(await sought(found(new Uint8Array(1)))).toEqual([{ there: [item.record], nowhere: [], open: [] }])
  expect(asked[0]).toMatch(new RegExp(`^${lost} [1-9]`))
})

test('what is lost is looked for by a chunk that this device is to have, where it lacks one', async () => {
  const [others, own] = some(2)
  const { index, gone } = made(named(own!))
  index.author([fileOf('g', [others!, own!])], { now: 3 })
  index.author([fileOf('g', some(1))], { now: 4 })
  index.kept(index.toKeep(9, 9).map((each) => ({ ...each, until: null, isHeld: true })))
  index.forgetGone(
    index.recordsAfter(2, 9).filter(({ isHead }) => !isHead),
    5,
  )
  const find: ChunkFinder['find'] = async (ids) => each(ids).map((id) => (toHex(id) === named(others!) ? others! : null))
  expect(await Array.fromAsync(gone().sought(find, false, new AbortController().signal))).toEqual([
    { there: [], nowhere: [], open: [] },
  ])
})

test('what nobody was known to have kept is looked for where that is asked for, and what was given up is not', async () => {
  const { index, gone } = made()
  const chunks = some(3)
  for (const bytes of chunks) index.author([fileOf('g', [bytes])], { now: 3 })
  const [never, given] = index.recordsAfter(0, 99).filter(({ version, isHead }) => version.path === 'g' && !isHead)
  index.forgetGone([never!], 5)
  index.kept([{ record: given!.record, isHead: false, until: null, isHeld: true }])
  index.forgetGone([given!], 5)
  index.forgetLost()
  const find: ChunkFinder['find'] = async (ids) => each(ids).map(() => new Uint8Array(1))
  const there = async (isAll: boolean): Promise<number[]> => {
    const parts = await Array.fromAsync(gone().sought(find, isAll, new AbortController().signal))
    return parts.flatMap((part) => part.there)
  }
  expect(await there(false)).toEqual([])
  expect(await there(true)).toEqual([never!.record])
})

test('what is lost is looked for in parts, of which the content fits into memory', async () => {
  const { index, gone } = made()
  const asked: number[] = []
  const MIB = 1024 * 1024
  for (let at = 0; at < 20; at++) {
    const chunks = packChunks([{ id: named(some(1)[0]!), length: MIB }])
    const content = { chunker: 1, size: MIB, chunks }
    index.author([{ path: `large${at}`, kind: 'file', stat: stat({ size: MIB }), content }], { now: 3 })
    index.author([fileOf(`large${at}`, some(1))], { now: 4 })
  }
  index.kept(index.toKeep(99, 9).map((each) => ({ ...each, until: null, isHeld: true })))
  const lost = index.recordsAfter(2, 99).filter(({ isHead }) => !isHead)
  expect(index.forgetGone(lost, 5)).toHaveLength(20)
  const find: ChunkFinder['find'] = async (_ids, lengths) => {
    asked.push(lengths.reduce((sum, length) => sum + length, 0) / MIB)
    return lengths.map(() => new Uint8Array(1))
  }
  const parts = await Array.fromAsync(gone().sought(find, false, new AbortController().signal))
  expect(parts.flatMap(({ there }) => there)).toHaveLength(20)
  expect(asked).toEqual([4, 4, 4, 4, 4])
})

test('of what others are to have no device tells a loss that had another part of the version, or nothing of it', async () => {
  const [nas, attic] = ['nas', 'attic'] as DeviceId[] as [DeviceId, DeviceId]
  const lossesWhere = async (isOwn: boolean, holder: DeviceId): Promise<number> => {
    const [had, never, last] = some(3)
    const { index, gone } = made(isOwn ? named(never!) : '')
    index.author([fileOf('g', [had!, never!])], { now: 3 })
    index.author([fileOf('g', [had!, last!])], { now: 4 })
    // This device had the first chunk, and a device that is to hold nothing of it has come by the version.
    index.kept(index.toKeep(9, 9).map((each) => ({ ...each, until: null, isHeld: true })))
    const known = gone()
    await known.noteBrought(holder, [[nas]], index.have())
    const items = index.recordsAfter(2, 9).filter(({ isHead }) => !isHead)
    const absent = [{ item: 0, id: Buffer.from(named(never!), 'hex'), length: 40, isAny: false }]
    const finder: ChunkFinder = {
      async find(_ids, lengths, _signal, nowhere) {
        nowhere?.(named(never!))
        return lengths.map(() => null)
      },
    }
    const parts = { index: inProcess<FolderIndex>(index), finder, gone: known, clock: systemClock, logger: silentLogger }
    expect(await giveUp(parts, items, absent, new AbortController().signal)).toHaveLength(1)
    return index.losses()
  }
  expect([await lossesWhere(false, attic), await lossesWhere(false, nas), await lossesWhere(true, attic)]).toEqual([0, 1, 1])
})

test('what was given up and never kept is told in one line, however many versions there are', async () => {
  const { gone, index, told } = made()
  const items = index.recordsAfter(0, 9)
  const all: Parameters<typeof giveUp>[0]['gone'] = {
    before: (of) => of.map(() => 'quiet'),
    missed: async () => true,
    gaveUp: (of) => gone().gaveUp(of),
  }
  const finder = { find: async () => [] }
  const parts = { index: inProcess<FolderIndex>(index), clock: systemClock, logger: silentLogger }
  await giveUp({ ...parts, finder, gone: all }, items, [], new AbortController().signal)
  gone().gaveUp(items.slice(0, 1).map(({ version }) => version))
  const why = 'replaced or deleted before any device had kept it: no device has the content of'
  expect(told).toEqual([`given-up f and 1 more ${why} these versions`, `given-up f ${why} that version`])
})

test('what is lost, and of which it is not known what it consists of, is looked for by a piece of its manifest', async () => {
  const { index, gone } = made()
  const other = open(B)
  const listOf = (all: readonly Uint8Array[]) => packChunks(all.map((bytes) => ({ id: named(bytes), length: bytes.length })))
  const chunks = some(2)
  const pieces = chunks.map((bytes) => new Uint8Array(listOf([bytes])))
  const content = { chunker: 1, size: 80, chunks: listOf(chunks), manifest: { chunks: listOf(pieces), pieces } }
  author(other, { path: 'large', kind: 'file', stat: stat({ size: 80 }), content })
  author(other, fileOf('large', some(1)))
  send(other, index)
  const lost = index.recordsAfter(0, 9).filter(({ isHead, version }) => !isHead && version.path === 'large')
  index.kept(lost.map((each) => ({ ...each, until: null, isHeld: true })))
  expect(index.forgetGone(lost, 5)).toHaveLength(1)
  index.putManifestPieces([{ id: Buffer.from(named(pieces[0]!), 'hex'), bytes: pieces[0]! }])
  const asked: string[] = []
  const find: ChunkFinder['find'] = async (ids, lengths, _signal, nowhere) => {
    asked.push(...each(ids).map(toHex))
    for (const id of each(ids)) nowhere?.(toHex(id) as ChunkId)
    return lengths.map(() => null)
  }
  const sought = await Array.fromAsync(gone().sought(find, false, new AbortController().signal))
  expect([asked, sought]).toEqual([[named(pieces[1]!)], [{ there: [], nowhere: [lost[0]!.record], open: [] }]])
})
