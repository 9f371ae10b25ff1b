import { describe, expect, it } from 'vitest'
import { activityRuns } from '../../renderer/live/activity-runs.ts'
import { withKnown, withNewest, withOlder } from '../../renderer/live/activity-list.ts'
import { oneAtATime } from '../../renderer/live/one-at-a-time.ts'
import { patch, type Snapshot } from '../../renderer/live/state.ts'
import { folderStatus, MemoryBackend, OTHER, THIS } from '../api/memory-backend.ts'

const backend = new MemoryBackend()
const empty: Snapshot = {
  device: { id: THIS, name: 'desk', addresses: [] },
  removed: null,
  folders: [folderStatus('photos', 'a'.repeat(26))],
  devices: backend.deviceList,
  peers: [],
  nearby: [],
  pairings: [],
  pairingEnd: null,
  transfers: backend.transferState,
  activity: [],
  conflicts: [],
  problems: {},
}

const patched = (...args: Parameters<typeof patch>): Snapshot => {
  const next = patch(...args)
  if ('ask' in next) throw new Error(`asks for ${next.ask}`)
  return next
}

describe('an event', () => {
  it('puts a folder in the place of what was known of it, and leaves the others', () => {
    const added = patched(empty, { event: 'folder', data: folderStatus('music', 'e'.repeat(26)) })
    const paused = patched(added, { event: 'folder', data: folderStatus('photos', 'a'.repeat(26), { state: 'paused' }) })
    expect(paused.folders.map(({ name, state }) => [name, state])).toEqual([
      ['photos', 'paused'],
      ['music', 'idle'],
    ])
    expect(paused.folders[1]).toBe(added.folders[1])
    expect(patched(paused, { event: 'folder-gone', data: { id: 'a'.repeat(26) } }).folders.map(({ name }) => name)).toEqual([
      'music',
    ])
    expect(empty.folders).toHaveLength(1)
  })

  it('of a peer tells of the device too', () => {
    const next = patched(empty, {
      event: 'peer',
      data: { device: OTHER, name: 'kitchen', connected: false, address: null, rttMs: null, syncedPercent: null, obstacle: null },
    })
    expect(next.devices.map(({ connected }) => connected)).toEqual([true, false])
    expect(next.peers).toHaveLength(1)
  })

  it('of the group tells what this device is called, too', () => {
    const devices = backend.deviceList.map((device) => (device.device === THIS ? { ...device, name: 'study' } : device))
    const next = patched(empty, { event: 'devices', data: devices })
    expect(next.device.name).toBe('study')
  })

  it('of a group that this device is not in, or in alone, asks for what the status tells of that', () => {
    for (const data of [[], backend.deviceList.slice(0, 1), backend.deviceList.slice(1)]) {
      expect(patch(empty, { event: 'devices', data })).toEqual({ ask: 'everything' })
    }
    const removed = { by: OTHER, name: 'kitchen', time: '2030-01-02T03:04:05.000Z', role: 'member' as const }
    expect(patch({ ...empty, removed }, { event: 'devices', data: backend.deviceList })).toEqual({ ask: 'everything' })
  })

  it('of an activity comes first, and only once', () => {
    const [item] = backend.activityList
    const once = patched(empty, { event: 'activity', data: item! })
    expect(patched(once, { event: 'activity', data: item! }).activity).toEqual([item])
  })

  it('that tells no state asks for it', () => {
    expect(patch(empty, { event: 'resync', data: {} })).toEqual({ ask: 'everything' })
    expect(patch(empty, { event: 'problems', data: { folder: 'photos' } })).toEqual({ ask: 'problems', folder: 'photos' })
  })
})

describe('what is asked while the same is being asked', () => {
  it('is asked once more, after that, however often it was', async () => {
    const ends: (() => void)[] = []
    const ask = oneAtATime(() => new Promise((resolve) => ends.push(resolve)))
    const all = Promise.all([ask(), ask(), ask()])
    expect(ends).toHaveLength(1)
    ends[0]!()
    await expect.poll(() => ends.length).toBe(2)
    ends[1]!()
    await all
    expect(ends).toHaveLength(2)
    void ask()
    expect(ends).toHaveLength(3)
  })
})

describe('the list of activity', () => {
  const items = (from: number, to: number) =>
    Array.from({ length: from - to + 1 }, (_, at) => ({ ...backend.activityList[0]!, number: from - at }))
  const ends = (list: readonly { number: number }[]) => [list[0]?.number, list.at(-1)?.number, list.length]

  it('keeps what somebody asked for beside what came by itself', () => {
    expect(ends(withNewest(items(500, 1), items(501, 501)[0]!))).toEqual([501, 2, 500])
    expect(ends(withNewest(items(700, 1), items(701, 701)[0]!))).toEqual([701, 2, 700])
    expect(ends(withOlder(withOlder(items(20, 11), items(10, 1)), items(10, 1)))).toEqual([20, 1, 20])
  })

  it('keeps the older ones when the newest are told anew, unless some in between may be missing', () => {
    expect(ends(withKnown(items(30, 11), items(20, 1)))).toEqual([30, 1, 30])
    expect(ends(withKnown(items(40, 31), items(20, 1)))).toEqual([40, 31, 10])
    expect(withKnown([], items(20, 1))).toEqual([])
  })

  it('tells what one device did to many files in a row as one', () => {
    const item = (number: number, event: string, path: string | null = `${number}.txt`) => ({
      ...backend.activityList[0]!,
      number,
      event,
      path,
    })
    const runs = activityRuns([
      item(6, 'added'),
      item(5, 'added'),
      item(4, 'deleted'),
      item(3, 'added'),
      item(2, 'paired', null),
      item(1, 'paired', null),
    ])
    expect(runs.map(({ newest, more }) => [newest.number, more])).toEqual([
      [6, 1],
      [4, 0],
      [3, 0],
      [2, 0],
      [1, 0],
    ])
  })
})
