import { afterAll, expect, test } from 'vitest'
import { silentLogger } from '#base'
import { inProcess, type Activity, type DeviceStore } from '#db'
import type { DeviceId, FolderId } from '#model'
import { DeletedApart, type DeletedApartParts } from '../../src/daemon/deleted-apart.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { HandClock } from '../base/hand-clock.ts'

const DAY_MS = 24 * 60 * 60_000
const [own, ben, cleo] = ['own', 'ben', 'cleo'] as DeviceId[]

const database = openDeviceStore(':memory:')
const store = inProcess<DeviceStore>(database)
afterAll(() => database.close())

test('what was deleted in a group without this device is told of, all together, also after a restart, and for a week; no other deletion is', async () => {
  const clock = Object.assign(new HandClock(), { skew: 10_000 })
  const start = clock.now()
  const told: Activity[] = []
  const devices = [
    { device: own, added: start - 500 },
    { device: ben, added: start - 900 },
    { device: cleo, added: start - 100 },
  ]
  const parts = {
    group: { device: own, state: { devices } },
    store,
    activity: (items: Activity[]) => told.push(...items),
    called: (device: DeviceId) => device,
    changed: () => undefined,
    clock,
    logger: silentLogger,
  } as unknown as DeletedApartParts
  const made = (): Promise<DeletedApart> => new DeletedApart(parts, { id: 'f' as FolderId, name: 'my letters' }).load()
  const apart = await made()
  apart.took(ben!, start - 400)
  apart.took(cleo!, start - 50)
  clock.pass(5_000)
  expect([told, apart.note(true)]).toEqual([[], null])
  apart.took(ben!, start - 600)
  clock.pass(1_000)
  apart.took(cleo!, start - 200)
  clock.pass(5_000)
  const words =
    '2 entries that were here were deleted by ben, cleo, as it seems before they were in one group with this device, or were again; what no other device'
  expect(told).toMatchObject([{ event: 'deleted', folder: 'f', path: null, device: ben, detail: expect.stringContaining(words) }])
  apart.took(ben!, start - 600)
  clock.pass(5_000)
  const again = await made()
  for (const each of [apart, again])
    expect(each.note(true)).toMatchObject({
      reasonCode: 'deleted-apart',
      message: expect.stringMatching(/^3 entries/),
      hint: expect.stringContaining("holdfast restore 'my letters/PATH'"),
    })
  expect(again.note(false)?.hint).toContain("holdfast folder archive 'my letters'")
  clock.pass(8 * DAY_MS)
  expect(again.note(true)).toBe(null)
})
