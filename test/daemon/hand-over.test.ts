import { expect, test } from 'vitest'
import { systemClock } from '#base'
import type { DeviceId, FolderId } from '#model'
import type { BackendContext } from '../../src/daemon/backend-context.ts'
import { folderUse } from '../../src/daemon/folder-use.ts'
import { handOver } from '../../src/daemon/hand-over.ts'
import type { Rebalancer } from '../../src/daemon/rebalancer.ts'

const [me, ann] = ['me', 'ann'] as DeviceId[] as [DeviceId, DeviceId]
const DIARY = 'diary' as FolderId

/** A device with two blocks of a folder, and another one that is away. What became of its leaving, and whether it is still said to leave. */
async function leave(set: {
  mine?: { keeps: boolean }
  takers?: DeviceId[]
  leavers?: DeviceId[]
  blocks?: number
}): Promise<[string, boolean]> {
  const { mine, takers = [], leavers = [], blocks = 2 } = set
  let isLeaving = false
  const state = {
    folders: [{ id: DIARY }],
    devices: [{ device: me }, { device: ann }],
    role: (_: FolderId, device: DeviceId) => (device === ann || mine !== undefined ? 'sync' : 'none'),
    takers: () => takers,
    leavers: () => leavers,
    isLeaving: () => isLeaving,
  }
  const group = { device: me, state, say: async (said: { isLeaving: boolean }) => void ({ isLeaving } = said) }
  const folder = { stored: { id: DIARY, name: 'diary' }, keeping: { ...mine, holders: { layout: undefined } } }
  const context = {
    network: { group, peers: () => [], devices: () => [{ device: ann, role: 'member', connected: false }] },
    layout: { hurry: () => undefined },
    blocks: {
      folders: async () => [DIARY],
      held: async () => ({ ids: new Uint8Array(32 * blocks), lengths: [], since: Array.from({ length: blocks }, () => null) }),
    },
    held: {
      use: (...of: Parameters<BackendContext['held']['use']>) =>
        folderUse(of[0], of[1], { isConnected: (device) => device === me, isAsked: false }),
    },
    registry: { folders: mine === undefined ? [] : [folder] },
    clock: systemClock,
    announce: () => undefined,
  } as unknown as BackendContext
  const rebalancer = { handOver: async () => [] } as unknown as Rebalancer
  const end = await handOver(context, rebalancer, new AbortController().signal).then(
    () => 'left',
    (error: Error & { hint: string }) => `${error.message} ${error.hint}`,
  )
  return [end, isLeaving]
}

test('what is here of a folder that others may read, though none has it on a disk, keeps a device from leaving', async () => {
  const kept = /^this device stays in the group.*2 blocks are here for others/
  expect(await leave({ takers: [ann] })).toEqual([expect.stringMatching(kept), false])
  expect(await leave({})).toEqual([expect.stringMatching(kept), false])
  expect(await leave({ leavers: [ann] })).toEqual(['left', true])
})

test('what a device holds for others of a folder that it reads without a place on its disk keeps it from leaving until it has left that', async () => {
  const kept = /diary: 2 blocks of it may be here alone.*holdfast folder leave diary/
  expect(await leave({ mine: { keeps: false }, takers: [ann] })).toEqual([expect.stringMatching(kept), false])
  expect(await leave({ mine: { keeps: false }, takers: [ann], blocks: 0 })).toEqual(['left', true])
  expect(await leave({ mine: { keeps: true }, takers: [me, ann] })).toEqual(['left', true])
})
