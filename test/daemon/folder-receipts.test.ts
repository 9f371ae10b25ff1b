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

test('what a device said that it keeps is known after a restart', async () => {
  const { start } = subject()
  const { receipts, told } = await start(ONE)
  expect(told()).toBeUndefined()
  receipts.hear(B.id, ONE, upTo(5))
  expect(told()).toBe(5)
  await receipts.stop()
  expect((await start(ONE)).told()).toBe(5)
})

test('and after a crash, soon after it was said; less than was said before, at once', async () => {
  const { clock, start } = subject()
  const { receipts } = await start(ONE)
  receipts.hear(B.id, ONE, upTo(5))
  receipts.hear(B.id, ONE, upTo(6))
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
  expect(told()).toBeUndefined()
  receipts.hear(B.id, ONE, upTo(5))
  await receipts.stop()
  for (const layout of [OTHER, ONE]) {
    const again = await start(layout)
    expect(again.told()).toBeUndefined()
    await again.receipts.stop()
  }
  await receipts.follow(OTHER)
  expect(told()).toBeUndefined()
})
