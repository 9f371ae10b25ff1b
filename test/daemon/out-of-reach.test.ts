import { expect, test } from 'vitest'
import { systemClock } from '#base'
import { inProcess, type FolderIndex, type Have } from '#db'
import { chunkIds, eachId, hlcTime, toHex, type DeviceId, type Version } from '#model'
import { keptUpTo } from '#replication'
import { outOfReach, type OutOfReach, type OutOfReachParts } from '../../src/daemon/out-of-reach.ts'
import { A, author, B, C, file, gone, NOW, open, send } from '../db/fixtures.ts'

const DAY_MS = 24 * 60 * 60_000

/** Of B, which is here, and whose are the words: C, too, holds all chunks, and is away. */
function made() {
  const index = open(B)
  author(index, file('letter', 'first'), file('photo', 'a photo'))
  author(index, file('letter', 'second'))
  author(index, gone('photo'))
  const all = index.have()
  const missing = new Set<string>()
  const set = {
    isKept: true,
    kept: new Map<DeviceId, readonly Have[]>([[C.id, all]]),
    there: new Set<DeviceId>([B.id]),
    seen: NOW + DAY_MS,
    live: [] as Have[][],
    asked: 0,
  }
  const look = (more: Partial<OutOfReachParts> = {}): Promise<OutOfReach[]> =>
    outOfReach(
      {
        index: inProcess<FolderIndex>(index),
        isKept: set.isKept,
        holders: [[B.id, C.id]],
        keptOf: (device) => keptUpTo(set.kept.get(device) ?? []),
        isThere: (device) => set.there.has(device),
        live: set.live.map(keptUpTo),
        away: new Map([[C.id, set.seen]]),
        lacking: async (ids) => {
          set.asked += ids.length / 32
          return new Set(
            Array.from({ length: ids.length / 32 }, (_, at) => toHex(ids.subarray(at * 32, at * 32 + 32))),
          ).intersection(missing)
        },
        rest: () => Promise.resolve(),
        clock: systemClock,
        ...more,
      },
      new AbortController().signal,
    )
  const versions = (path: string): Version[] => index.versions(path).map(({ version }) => version)
  const miss = (...of: Version[]): void => of.forEach(({ chunks }) => missing.add(toHex(chunkIds(chunks!))))
  return { set, look, miss, versions, all }
}

const told = (found: readonly OutOfReach[]): unknown[] =>
  found.map(({ paths, ...rest }) => ({ ...rest, paths: [...paths.values()] }))

test('what a holder that is away has said to have, and nobody here has, is out of reach: old versions and what the folder shows', async () => {
  const { look, miss, versions, set } = made()
  expect(await look()).toEqual([])
  const [second, first] = versions('letter')
  const [, photo] = versions('photo')
  miss(first!, photo!)
  const of = { devices: [C.id], isSaid: true }
  expect(told(await look())).toEqual([
    {
      ...of,
      files: 0,
      versions: 2,
      paths: [
        { path: 'letter', isFile: false, versions: 1 },
        { path: 'photo', isFile: false, versions: 1 },
      ],
    },
  ])
  miss(second!)
  expect(told(await look())).toMatchObject([
    { ...of, files: 1, versions: 3, paths: [{ path: 'letter', isFile: true, versions: 2 }, {}] },
  ])
  // One that is here, and has all on its disk.
  set.live = [[{ author: B.id, epoch: second!.epoch, seq: second!.seq }]]
  expect(told(await look())).toMatchObject([{ files: 0, versions: 2 }])
  // A folder without history needs what it shows only.
  Object.assign(set, { isKept: false, live: [] })
  expect(told(await look())).toMatchObject([{ files: 1, versions: 1 }])
})

test('where one that is here has said to have it nothing is looked for', async () => {
  const { look, miss, versions, set, all } = made()
  miss(...versions('letter'))
  set.kept.set(B.id, all)
  expect([await look(), set.asked]).toEqual([[], 0])
  // Its word ends before the last version of the letter: that is asked for, and the tombstone has nothing.
  set.kept.set(B.id, [{ ...all[0]!, seq: 2 }])
  expect([(await look()).length, set.asked]).toEqual([1, 1])
})

test('what nobody has said to have may be on a device that was seen since it was written, and is on its author, if the folder shows it', async () => {
  const { look, miss, versions, set } = made()
  const [second] = versions('letter')
  miss(second!)
  set.kept.clear()
  expect(told(await look())).toMatchObject([{ devices: [C.id], isSaid: false, files: 1, versions: 1 }])
  set.seen = hlcTime(second!.hlc) - 1
  expect(await look()).toEqual([])
  // The same device as the author.
  const [shown, other] = [open(B), open(C)]
  author(other, file('new', 'first'))
  author(other, file('new', 'by C'))
  send(other, shown)
  const index = inProcess<FolderIndex>(shown)
  const lacking: OutOfReachParts['lacking'] = async (ids) => new Set(eachId(ids).map((id) => toHex(id)))
  const all = (await look({ index, lacking, holders: null })).toSorted((one) => (one.isSaid ? -1 : 1))
  expect(told(all)).toMatchObject([
    { devices: [C.id], isSaid: true, files: 1, versions: 1 },
    { devices: [C.id], isSaid: false, files: 0, versions: 1 },
  ])
  // Another one that was seen since may have what its author has; one that was seen last before cannot.
  const written = hlcTime(shown.versions('new')[0]!.version.hlc)
  const byWhom = async (seen: number): Promise<unknown[]> => {
    const away = new Map([[C.id, NOW] as const, [A.id, seen] as const])
    return told((await look({ index, lacking, holders: null, away })).filter(({ files }) => files > 0))
  }
  expect(await byWhom(written)).toMatchObject([{ devices: [A.id, C.id].toSorted(), isSaid: false }])
  expect(await byWhom(0)).toMatchObject([{ devices: [C.id], isSaid: true, files: 1 }])
})

test('what its author, who is here, never had the time to keep is nowhere', async () => {
  const { look, miss, versions, set } = made()
  const [, first] = versions('letter')
  miss(first!)
  set.kept.clear()
  expect(await look()).toEqual([])
})
