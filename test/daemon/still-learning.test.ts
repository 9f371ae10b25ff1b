import { expect, it } from 'vitest'
import type { DeviceId, FolderId } from '#model'
import { needLearned } from '../../src/daemon/still-learning.ts'

const [OWN, GONE, OTHER] = ['own', 'gone', 'other'] as DeviceId[]

/** Does this device let `gone` be taken out, where these are in the group with it? `isDone`: it knows what there is in its folder. */
function letsGo(others: { device: DeviceId; role: 'member' | 'storage' }[], isDone: boolean): boolean {
  const devices = [{ device: OWN, role: 'member' }, { device: GONE, role: 'member' }, ...others]
  const state = {
    devices,
    pledge: () => 0,
    role: (_: FolderId, device: DeviceId) =>
      devices.find((each) => each.device === device)?.role === 'member' ? 'sync' : 'none',
    takers: () => null,
    leavers: () => [],
  }
  const context = {
    network: { group: { state, device: OWN } },
    registry: { folders: [{ stored: { id: 'f', name: 'my docs' }, sync: { comparison: { done: isDone } } }] },
    membership: { called: () => (device: DeviceId) => device },
  } as unknown as Parameters<typeof needLearned>[0]
  try {
    needLearned(context, GONE!)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'blocked', message: expect.stringContaining('my docs') })
    return false
  }
}

it('no device is taken out while another one could still tell what that has written', () => {
  const storage = { device: OTHER!, role: 'storage' } as const
  const member = { device: OTHER!, role: 'member' } as const
  expect([letsGo([storage], false), letsGo([member], false)]).toEqual([false, false])
  expect([letsGo([storage], true), letsGo([member], true)]).toEqual([true, true])
  // Nobody is left who could.
  expect(letsGo([], false)).toBe(true)
})
