import { expect, test } from 'vitest'
import type { Have } from '#db'
import type { DeviceId } from '#model'
import { Brought } from '../../src/daemon/brought.ts'
import { A, FOLDER } from '../db/fixtures.ts'

const [nas, attic] = ['nas', 'attic'] as DeviceId[] as [DeviceId, DeviceId]
/** A chunk in the first and in the second of two partitions. */
const [low, high] = [0x00, 0x80].map((first) => new Uint8Array(32).fill(first)) as [Uint8Array, Uint8Array]
const upTo = (seq: number, epoch = 1): Have[] => [{ author: A.id, epoch, seq }]

function made(noted: string | null = null) {
  const settings = new Map<string, string | null>([[`brought.${FOLDER}`, noted]])
  const notes = {
    setting: async (key: string) => settings.get(key) ?? null,
    putSetting: async (key: string, value: string | null) => void settings.set(key, value),
  }
  return { settings, open: () => new Brought(FOLDER, notes) }
}

function had(brought: Brought, chunk: Uint8Array, ...seqs: number[]): Promise<boolean[]> {
  return Promise.all(seqs.map((seq) => brought.had(upTo(seq)[0]!, chunk)))
}

test('what was brought to a device once is remembered, whichever it was, and over a restart', async () => {
  const { open } = made()
  const before = open()
  await Promise.all([before.note(nas, [[nas]], upTo(5)), had(before, low, 5)])
  for (const more of [upTo(3), []]) await before.note(nas, [[nas]], more)
  await before.note(attic, [[attic]], upTo(1, 2))
  const after = open()
  expect(await had(after, low, 5, 6)).toEqual([true, false])
  expect([await after.had(upTo(1, 2)[0]!, high), await after.had(upTo(2, 2)[0]!, high)]).toEqual([true, false])
})

test('of a version that a device is to have nothing of its word tells nothing', async () => {
  const { open } = made()
  const before = open()
  await before.note(nas, [[nas], [attic]], upTo(7))
  await before.note(attic, [[nas], [attic]], upTo(3))
  // It is asked for all anew.
  await before.note(nas, [[attic], [nas]], upTo(2))
  const after = open()
  expect(await had(after, low, 7, 8)).toEqual([true, false])
  expect(await had(after, high, 2, 3, 4)).toEqual([true, true, false])
})

test('of layouts without end some are taken together, and what was noted before there were any counts', async () => {
  const { open, settings } = made(JSON.stringify(upTo(2)))
  const brought = open()
  for (let at = 0; at < 40; at++)
    await brought.note(
      nas,
      Array.from({ length: 64 }, (_, partition) => (partition === at ? [nas] : [])),
      upTo(at + 3),
    )
  expect((JSON.parse([...settings.values()][0]!) as unknown[]).length).toBeLessThan(10)
  const last = new Uint8Array(32).fill(39 * 4)
  expect([await had(open(), low, 2, 3), await had(open(), last, 42, 43), await had(open(), high.fill(0xff), 3)]).toEqual([
    [true, true],
    [true, false],
    [false],
  ])
})
