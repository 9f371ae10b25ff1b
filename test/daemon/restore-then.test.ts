import { expect, test } from 'vitest'
import type { Restoration } from '#db'
import type { BackendContext } from '../../src/daemon/backend-context.ts'
import type { OpenFolder } from '../../src/daemon/folder-opener.ts'
import { restoreThen } from '../../src/daemon/restore-then.ts'
import { HandClock } from '../base/hand-clock.ts'

test('a restoration is of what was there when it was decided, and says how much of that somebody has changed since', async () => {
  let asked: readonly Restoration[] = []
  const version = { id: 'new', path: 'a', kind: 'file', size: 1, hlc: 2_000 * 1024 }
  const past = {
    async *histories() {
      yield [{ version, isHead: true, isForgotten: false }]
    },
    unavailable: async () => [],
  }
  const restore = async (decide: () => Promise<readonly Restoration[]>) => {
    asked = await decide()
    return [null]
  }
  const holds = { during: <T>(work: () => Promise<T>): Promise<T> => work() }
  const found = { sync: { actions: { restore } }, keeping: { past, holds } } as unknown as OpenFolder
  const context = { clock: new HandClock(), announce: () => undefined } as unknown as BackendContext
  const words = { command: 'restore', state: '', another: '', rest: '' } as const
  const wanted = { at: 1_000, under: '', dryRun: false, partial: false, words }
  const plan = await restoreThen(context, found, null, wanted, new AbortController().signal)
  expect(asked).toEqual([{ path: 'a', id: null, expected: ['new'] }])
  expect(plan.left).toBe(1)
})
