import { expect, it } from 'vitest'
import { deviceIdOf, type DeviceId, type FolderId } from '#model'
import { place } from '#replication'
import type { LayoutSource } from '../../src/daemon/folder-layout.ts'
import { beforeRemoval, changesWithout } from '../../src/daemon/removal-preview.ts'

const PARTITIONS = 64
const [anna, ben, nas] = [1, 2, 3].map((key) => deviceIdOf(new Uint8Array(32).fill(key))) as [DeviceId, DeviceId, DeviceId]

type Context = Parameters<typeof changesWithout>[0]

/** `takers` have a folder on their disks, and `nas` has pledged disk. */
function changes(device: DeviceId, { replicas, takers, pledges }: { replicas: number; takers: DeviceId[]; pledges: boolean }) {
  const state = {
    devices: [anna, ben, nas].map((each) => ({ device: each })),
    role: (_: FolderId, each: DeviceId) => (each === nas ? 'none' : 'sync'),
    takers: () => takers,
    leavers: () => [anna, ben].filter((each) => !takers.includes(each)),
    isLeaving: () => false,
    replicas,
    ringSize: PARTITIONS,
  }
  const devices = [{ device: nas, capacity: 5, away: false }]
  const current: LayoutSource['pledged'] = {
    hash: new Uint8Array(32),
    devices,
    holders: place({ devices, replicas, partitions: PARTITIONS, last: null }),
  }
  const folders = ['diary', 'scratch'].map((name) => ({ stored: { id: name, name }, keeping: { isKept: name === 'diary' } }))
  const context = { registry: { folders }, network: { group: { state } }, layout: { current: pledges ? current : null } }
  return changesWithout(context as unknown as Context, device)
}

it('the folders with a history are told with who holds them without a device', () => {
  const all = { folder: 'diary', places: PARTITIONS }
  const two = { replicas: 2, takers: [anna, ben], pledges: false }
  expect(changes(ben, two)).toEqual([{ ...all, newHolders: 0, copies: 2, copiesAfter: 1, wantedCopies: 2 }])
  // Half of it was on ben alone.
  expect(changes(ben, { ...two, replicas: 1 })).toMatchObject([{ newHolders: 32, copies: 1, copiesAfter: 1 }])
  // One of the members takes the place of what was pledged; only it had the folder on its disk.
  expect(changes(nas, { ...two, pledges: true })).toMatchObject([{ newHolders: PARTITIONS, copies: 2, copiesAfter: 2 }])
  expect(changes(anna, { replicas: 3, takers: [anna], pledges: true })).toMatchObject([{ newHolders: 0, copies: 2 }])
})

it('what only that device has can be saved yet, and it is said how', () => {
  const membership = { called: () => () => 'attic' } as unknown as Context['membership']
  const note = { folder: 'my letters', reasonCode: 'only-copy', message: 'of a', hint: 'it is over' }
  const hint = expect.stringMatching(/^start attic, and run holdfast leave on it instead/)
  expect(beforeRemoval({ membership }, ben, [note])).toEqual([{ ...note, hint }])
})
