import { expect, test } from 'vitest'
import { Events, silentLogger } from '#base'
import { inProcess, type FolderIndex, type Have } from '#db'
import { eachId, type DeviceId, type FolderId } from '#model'
import { keptUpTo } from '#replication'
import { Reach, type ReachParts } from '../../src/daemon/reach.ts'
import { HandClock } from '../base/hand-clock.ts'
import { A, author, B, C, file, FOLDER, NOW, open } from '../db/fixtures.ts'

const DAY_MS = 24 * 60 * 60_000

/** What has been resolved is heard by all. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 9; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** This device, A, and B, which is away; each holds all chunks, and A lacks all. */
function made() {
  const clock = new HandClock()
  const index = open(A)
  author(index, file('letter', 'first'))
  author(index, file('letter', 'second'))
  const set = {
    connected: false,
    kept: [] as readonly Have[],
    state: 'idle',
    need: 0,
    looks: 0,
    changed: 0,
    fails: false,
    others: [B.id],
    words: index.have(),
    peers: [] as unknown[],
  }
  const events = new Events<{ connected: never; disconnected: never }>()
  const indexed = inProcess<FolderIndex>(index)
  const folder = {
    stored: { id: FOLDER, name: 'diary' },
    index: {
      have: () => indexed.have(),
      locate: async (ids: Uint8Array) => eachId(ids).map(() => []),
      recordsAfter: (...of: [number, number]) => {
        if (of[0] === 0) set.looks++
        if (set.fails) clock.pass(1_000)
        return set.fails ? Promise.reject(new Error('busy')) : indexed.recordsAfter(...of)
      },
      version: (...of: [string, string]) => indexed.version(...of),
      chunksOf: (...of: [string, never]) => indexed.chunksOf(...of),
    },
    sync: {
      get exchange() {
        return { peers: set.peers }
      },
      get standing() {
        return { state: set.state, reasonCode: set.state }
      },
      get totals() {
        return { needEntries: set.need }
      },
    },
    keeping: {
      keeps: true,
      isKept: true,
      holders: {
        isCurrent: true,
        isAnyLooking: false,
        layout: { name: 'one', devices: [A.id, B.id], holders: [[A.id, B.id]] },
        keptOf: (device: DeviceId) => keptUpTo(device === A.id ? set.kept : device === B.id ? set.words : []),
      },
    },
  }
  const state = {
    get devices() {
      return [A.id, ...set.others].map((device) => ({ device, role: 'member' }))
    },
    role: () => 'sync',
    takers: () => [A.id, ...set.others],
    leavers: () => [],
    pledge: () => 0,
  }
  const reach = new Reach({
    network: {
      devices: () => [
        { device: A.id, connected: true, lastSeen: null },
        ...set.others.map((device) => ({ device, connected: device === B.id && set.connected, lastSeen: NOW + DAY_MS })),
      ],
      on: events.on.bind(events),
      group: { device: A.id, state },
    } as unknown as ReachParts['network'],
    registry: { folders: [folder] } as unknown as ReachParts['registry'],
    exchange: {
      isConnected: (device: DeviceId) => device === B.id && set.connected,
      has: async (_device: DeviceId, _folder: FolderId, ids: Uint8Array) => eachId(ids).map(() => true),
    } as unknown as ReachParts['exchange'],
    blocks: { lacking: async (_: FolderId, ids: Uint8Array) => ids },
    changed: () => set.changed++,
    clock,
    logger: silentLogger,
  })
  const after = async (ms = 3_000): Promise<number[]> => {
    clock.pass(ms)
    await settled()
    // The rest after a page.
    clock.pass(1)
    await settled()
    return reach.of(FOLDER).map(({ versions }) => versions)
  }
  return { set, reach, after, folder: folder as never, all: index.have(), versions: index.versions('letter') }
}

test('records are gone through where words do not tell that all is here, once for each such state, and while nothing is on its way', async () => {
  const { set, reach, after, all } = made()
  set.kept = all
  reach.start()
  expect([await after(), set.looks]).toEqual([[], 0])
  set.kept = []
  set.state = 'syncing'
  reach.review(FOLDER)
  expect([await after(), set.looks]).toEqual([[], 0])
  set.state = 'idle'
  reach.review(FOLDER)
  expect([await after(2_000), await after(999), set.looks, set.changed]).toEqual([[], [2], 1, 1])
  reach.review(FOLDER)
  expect([await after(), set.looks]).toEqual([[2], 1])
  // At once when the device is back, and for good when that was looked at.
  set.connected = true
  expect(await after(0)).toEqual([])
  reach.review(FOLDER)
  await after()
  // It has not said again what it has; but nobody is away.
  set.words = []
  reach.review(FOLDER)
  await after()
  set.connected = false
  expect([await after(0), set.looks, set.changed]).toEqual([[], 1, 2])
  reach.stop()
  reach.review(FOLDER)
  expect([await after(), set.looks]).toEqual([[], 1])
})

test('what the folder shows is within reach where another device has all of it on a disk that is there', async () => {
  const { set, reach, after, all } = made()
  const whole = { materialised: true, needEntries: 0, have: all }
  set.peers = [{ state: { ...whole, hindrance: 'blocked' } }, { state: { ...whole, needEntries: 1 } }]
  reach.start()
  expect(await after()).toEqual([2])
  set.peers = [{ state: whole }]
  reach.review(FOLDER)
  expect(await after()).toEqual([1])
  reach.stop()
})

test('a look that fails is repeated, with as much rest as one that does not', async () => {
  const { set, reach, after } = made()
  set.fails = true
  reach.start()
  expect([await after(), set.looks]).toEqual([[], 1])
  set.fails = false
  expect([await after(19_000), set.looks]).toEqual([[], 1])
  expect([await after(1_000), set.looks]).toEqual([[2], 2])
  reach.stop()
})

test('of a single version it is told who has it, and nobody where one that is here does', async () => {
  const { set, reach, folder, versions } = made()
  const [second, first] = versions
  const who = (id: string): ReturnType<typeof reach.whoHas> => reach.whoHas(folder, 'letter', id)
  expect(await who(first!.version.id)).toEqual({ devices: [B.id], isSaid: true })
  expect(await who('f'.repeat(32))).toEqual({ devices: [], isSaid: false })
  set.others = [B.id, C.id]
  set.words = []
  expect(await who(second!.version.id)).toEqual({ devices: [B.id, C.id].toSorted(), isSaid: false })
  set.connected = true
  expect((await who(second!.version.id)).devices).toEqual([])
  reach.stop()
})
