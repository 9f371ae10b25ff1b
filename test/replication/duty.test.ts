import { expect, test } from 'vitest'
import type { DeviceId } from '#model'
import { dutyOf } from '#replication'

const [a, b, c] = ['a', 'b', 'c'] as DeviceId[]
const holders = [
  [a!, b!],
  [b!, a!],
  [c!, b!],
  [b!, c!],
]

test.each([
  [0x00, 'block', 'copy', 'none'],
  [0x3f, 'block', 'copy', 'none'],
  [0x40, 'copy', 'block', 'none'],
  [0x80, 'none', 'copy', 'block'],
  [0xff, 'none', 'block', 'copy'],
])('of a chunk that begins with %i the anchor has a block, other holders a copy, the rest nothing', (first, ...duties) => {
  const chunk = new Uint8Array(32).fill(first, 0, 1)
  expect([a!, b!, c!].map((device) => dutyOf(device, chunk, holders))).toEqual(duties)
})
