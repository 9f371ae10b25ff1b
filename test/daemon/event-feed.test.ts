import { expect, test } from 'vitest'
import type { ApiEvent } from '#api/contract'
import type { BackendContext } from '../../src/daemon/backend-context.ts'
import { EventFeed } from '../../src/daemon/event-feed.ts'
import type { FolderId } from '#model'
import { HandClock } from '../base/hand-clock.ts'

const folder = 'f' as FolderId

/** A feed of one folder that has one conflict, and what it has told. */
function following() {
  const clock = new HandClock()
  const told: ApiEvent['event'][] = []
  const totals = { conflictFiles: 1, conflicts: 1, entries: 2, bytes: 2, needEntries: 0, needBytes: 0 }
  const sync = { totals, standing: { state: 'idle' }, actions: { held: 0 }, problems: { count: 0 }, transfers: [] }
  const state = { role: () => 'sync', folders: [], devices: [], pledge: () => 0, properties: () => ({}) }
  const feed = new EventFeed({
    clock,
    announce: ({ event }: ApiEvent) => told.push(event),
    registry: {
      folders: [{ stored: { id: folder, name: 'folder', path: '/f' }, sync, keeping: null, fault: null }],
      offered: [],
    },
    network: { group: { state, device: 'me' }, devices: () => [], peers: () => [] },
    membership: { removal: null, called: () => String },
    reach: { of: () => [] },
    mender: { damagedIn: () => 0 },
    rates: { read: () => ({ receiveBytesPerSecond: 0, sendBytesPerSecond: 0 }) },
    peerRates: { read: () => [] },
  } as unknown as BackendContext)
  const lists = (): string[] => told.splice(0).filter((event) => event === 'conflicts' || event === 'problems')
  return { clock, feed, totals, lists }
}

test('that one conflict came in the place of another one is told, though there are as many', () => {
  const { clock, feed, lists } = following()
  feed.folderChanged(folder)
  clock.pass(1_000)
  expect(lists()).toEqual(['conflicts', 'problems'])
  feed.folderChanged(folder)
  clock.pass(10_000)
  expect(lists()).toEqual(['conflicts', 'problems'])
  feed.stop()
})

test('in a folder without conflicts and problems nothing is told of them', () => {
  const { clock, feed, totals, lists } = following()
  totals.conflictFiles = 0
  feed.folderChanged(folder)
  clock.pass(10_000)
  lists()
  feed.folderChanged(folder)
  clock.pass(10_000)
  expect(lists()).toEqual([])
  feed.stop()
})
