import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '#base'
import { inProcess, type DeviceStore, type Have } from '#db'
import type { FolderId } from '#model'
import { FolderReceipts } from '../../src/daemon/folder-receipts.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { HandClock } from '../base/hand-clock.ts'
import { A, B } from '../db/fixtures.ts'

const [ONE, OTHER] = ['layout one', 'layout two']

function upTo(seq: number): Have[] {
  return [{ author: A.id, epoch: 7, seq }]
}

/** A device's database, and what begins with it each time that the device does. */
function subject() {
  const database = openDeviceStore(':memory:')
  onTestFinished(() => database.close())
  const clock = new HandClock()
  const notes = inProcess<DeviceStore>(database)
  async function start(layout: string) {
    const receipts = new FolderReceipts({ folder: 'f' as FolderId, notes, clock, logger: silentLogger })
    await receipts.follow(layout)
    return { receipts, told: () => receipts.of(B.id)?.get(`${A.id}/7`) }
  }
  return { clock, start }
}

test('what a device says that it keeps counts once it was looked into, and after a restart', async () => {
  const { start } = subject()
  const { receipts, told } = await start(ONE)
  receipts.hear(B.id, ONE, upTo(5))
  expect([told(), receipts.claim(B.id)]).toEqual([undefined, { upTo: upTo(5), after: new Map() }])
  receipts.counts(B.id, upTo(5))
  expect([told(), receipts.claim(B.id)]).toEqual([5, null])
  await receipts.stop()
  const again = await start(ONE)
  expect(again.told()).toBe(5)
  // Which is looked into again when it is heard, and counts meanwhile.
  again.receipts.hear(B.id, ONE, upTo(6))
  expect([again.told(), again.receipts.claim(B.id)]).toEqual([5, { upTo: upTo(6), after: new Map() }])
  await again.receipts.stop()
})

test('of what a device says only what is new is looked into, and what it takes back counts no more at once', async () => {
  const { clock, start } = subject()
  const { receipts, told } = await start(ONE)
  receipts.hear(B.id, ONE, upTo(5))
  receipts.hear(B.id, ONE, upTo(4))
  // It was found to have what it has taken back since.
  receipts.counts(B.id, upTo(5))
  expect([told(), receipts.claim(B.id)]).toEqual([4, null])
  receipts.hear(B.id, ONE, upTo(7))
  expect([told(), receipts.claim(B.id)]).toEqual([4, { upTo: upTo(7), after: new Map([[`${A.id}/7`, 4]]) }])
  receipts.hear(B.id, ONE, upTo(3))
  expect([told(), receipts.claim(B.id)]).toEqual([3, null])
  clock.pass(24 * 60 * 60_000)
  expect(receipts.claim(B.id)).toEqual({ upTo: upTo(3), after: new Map() })
})

test('a device that does not have what it says counts for nothing until it has, also after a restart', async () => {
  const { start } = subject()
  const { receipts, told } = await start(ONE)
  receipts.hear(B.id, ONE, upTo(5))
  receipts.counts(B.id, upTo(5))
  receipts.lies(B.id)
  expect([told(), [...receipts.lying]]).toEqual([undefined, [B.id]])
  expect(receipts.claim(B.id)).toEqual({ upTo: upTo(5), after: new Map() })
  await receipts.stop()
  const again = await start(ONE)
  again.receipts.hear(B.id, ONE, upTo(5))
  expect(again.told()).toBeUndefined()
  await again.receipts.stop()
  receipts.counts(B.id, upTo(5))
  expect([told(), receipts.lying.size]).toEqual([5, 0])
})

test('it is known after a crash soon after it counts; less than before, at once', async () => {
  const { clock, start } = subject()
  const { receipts } = await start(ONE)
  for (const seq of [5, 6]) {
    receipts.hear(B.id, ONE, upTo(seq))
    receipts.counts(B.id, upTo(seq))
  }
  expect((await start(ONE)).told()).toBeUndefined()
  clock.pass(5_000)
  await expect.poll(async () => (await start(ONE)).told()).toBe(6)
  receipts.hear(B.id, ONE, upTo(4))
  await expect.poll(async () => (await start(ONE)).told()).toBe(4)
})

test('what was said by another layout counts no more, also when that comes again', async () => {
  const { start } = subject()
  const { receipts, told } = await start(ONE)
  receipts.hear(B.id, OTHER, upTo(9))
  expect([told(), receipts.claim(B.id)]).toEqual([undefined, null])
  receipts.hear(B.id, ONE, upTo(5))
  receipts.counts(B.id, upTo(5))
  await receipts.stop()
  for (const layout of [OTHER, ONE]) {
    const again = await start(layout)
    expect(again.told()).toBeUndefined()
    await again.receipts.stop()
  }
  await receipts.follow(OTHER)
  expect(told()).toBeUndefined()
})
