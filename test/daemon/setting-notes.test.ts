import { expect, test } from 'vitest'
import { graceNote, pledgeNote } from '../../src/daemon/setting-notes.ts'

test('a grace that is shorter than what sync replaced would stay otherwise is told of', () => {
  expect([graceNote('1d'), graceNote('10m')]).toEqual([null, null])
  expect(graceNote('1s')?.text).toMatch(/after 1s now, not after ten minutes/)
})

test('a pledge that the disk has no room for, or that is less than what is held for others, is told of', () => {
  const MIB = 1024 * 1024
  const now = { held: 40 * MIB, foreign: 30 * MIB, room: 60 * MIB }
  expect([30, 100].map((set) => pledgeNote({ ...now, set: set * MIB }))).toEqual([null, null])
  expect(pledgeNote({ ...now, set: 101 * MIB })?.text).toMatch(/room for 100 MiB of that/)
  expect(pledgeNote({ ...now, set: MIB })?.text).toMatch(/holds 30 MiB for others/)
  expect(pledgeNote({ ...now, room: -5 * MIB, set: 41 * MIB })?.text).toMatch(/room for 40 MiB/)
})
