import { expect, it } from 'vitest'
import { HoldfastError } from '#base'
import type { DeviceId, FolderId } from '#model'
import { HandClock } from '../base/hand-clock.ts'
import { needLearned } from '../../src/daemon/still-learning.ts'

const [OWN, GONE, OTHER] = ['own', 'gone', 'other'] as DeviceId[]

/** Does this device let `gone` be taken out, where these are in the group with it? `knows`: after so long, ms, it knows what there is in its folder. */
async function letsGo(
  others: { device: DeviceId; role: 'member' | 'storage' }[],
  knows: number,
  signal = new AbortController().signal,
  opened = 0,
): Promise<boolean> {
  const clock = new HandClock()
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
    registry: {
      folders: [
        {
          stored: { id: 'f', name: 'my docs' },
          fault: null,
          get sync() {
            return clock.time < opened ? null : { comparison: { done: clock.time >= knows } }
          },
        },
      ],
    },
    clock,
    membership: { called: () => (device: DeviceId) => device },
  } as unknown as Parameters<typeof needLearned>[0]
  const learned = needLearned(context, GONE!, signal)
  let isOver = false
  void learned.catch(() => undefined).finally(() => (isOver = true))
  for (let turn = 0; turn < 500 && !isOver; turn++) {
    await Promise.resolve()
    if (turn % 5 === 4) clock.pass(200)
  }
  expect(isOver).toBe(true)
  try {
    await learned
    return true
  } catch (error) {
    if (signal.aborted) throw error
    expect(error).toMatchObject({ code: 'blocked', message: expect.stringContaining('my docs') })
    return false
  }
}

it('no device is taken out while another one could still tell what that has written', async () => {
  const storage = { device: OTHER!, role: 'storage' } as const
  const member = { device: OTHER!, role: 'member' } as const
  expect([await letsGo([storage], Infinity), await letsGo([member], Infinity)]).toEqual([false, false])
  // What it hears within some seconds is waited for.
  expect([await letsGo([storage], 0), await letsGo([member], 5_000)]).toEqual([true, true])
  // Nor does it know anything of a folder that is still being opened.
  expect(await letsGo([member], Infinity, undefined, 3_000)).toBe(false)
  expect(await letsGo([member], 0, undefined, Infinity)).toBe(false)
  // Nobody is left who could.
  expect(await letsGo([], Infinity)).toBe(true)
})

it('who does not wait any more takes nobody out', async () => {
  const ending = new AbortController()
  ending.abort(new HoldfastError('offline', 'not waited for'))
  await expect(letsGo([{ device: OTHER!, role: 'member' }], 5_000, ending.signal)).rejects.toMatchObject({ code: 'offline' })
})
