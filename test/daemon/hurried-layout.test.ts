import { expect, test } from 'vitest'
import { LayoutRoom, shown, type Place } from './layout-room.ts'

const GB = 1e9

test('a layout is made at once where somebody waits for it, by any member, and only where it is to change', async () => {
  const room = new LayoutRoom()
  const [a, b, c] = (await room.open(3)) as [Place, Place, Place]
  room.meet(a, b, c)
  c.layout.hurry()
  expect(shown(c)).toBe(null)
  await room.pledge(b, GB)
  c.layout.hurry()
  room.pass(500)
  expect([a, b, c].map(shown)).toEqual(Array.from({ length: 3 }, () => [1, c.device, expect.any(String)]))
  c.layout.hurry()
  room.pass(60_000)
  expect(shown(a)).toEqual([1, c.device, expect.any(String)])
})
