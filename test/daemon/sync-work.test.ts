import { expect, test } from 'vitest'
import { workOf } from '../../src/daemon/sync-work.ts'

type Sync = NonNullable<ReturnType<Parameters<typeof workOf>[0]>>

const need = (needEntries: number, needBytes = 0) => ({ needEntries, needBytes })

function work({ state = 'idle', totals = need(0), peers = [] as (ReturnType<typeof need> | undefined)[], isOnDisk = true } = {}) {
  const at = { standing: { state }, totals, exchange: { peers: peers.map((each) => ({ state: each })) } } as unknown as Sync
  const { isBusy, isBulk } = workOf(() => at, isOnDisk)
  return [isBusy(), isBulk()]
}

test.each([
  ['nothing is to be done', {}, [false, false]],
  ['of a device nothing is known yet', { peers: [undefined] }, [false, false]],
  ['a file is on its way here', { state: 'syncing', totals: need(1, 5_000) }, [true, false]],
  ['many are', { state: 'syncing', totals: need(257) }, [true, true]],
  ['a device lacks a little', { peers: [need(0), need(1, 64 * 1024 * 1024)] }, [true, false]],
  ['it lacks a large file', { peers: [need(0), need(1, 64 * 1024 * 1024 + 1)] }, [true, true]],
  ['the files are looked at for the first time', { state: 'scanning' }, [true, true]],
  ['the folder is on no disk here, and all of it counts as to come', { totals: need(9_999), isOnDisk: false }, [false, false]],
])('%s', (_, at, expected) => {
  expect(work(at)).toEqual(expected)
})

test('sync that does not run goes first as well', () => {
  const { isBusy, isBulk } = workOf(() => null, true)
  expect([isBusy(), isBulk()]).toEqual([true, true])
})
