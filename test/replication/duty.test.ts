import { expect, test } from 'vitest'
import type { DeviceId } from '#model'
import { dutyOf, isAnchorFirst } from '#replication'

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
  const rest = { holders, isAuthor: false, isKeptBy: () => false, isExpectedOf: () => false }
  expect([a!, b!, c!].map((device) => dutyOf(chunk, { ...rest, device }))).toEqual(duties)
})

test.each([
  ['until the anchor has one', false, false, 'block', 'block', 'block'],
  ['but gives the anchor its chance', false, true, 'block', 'later', 'later'],
  ['and has no more to do than others once it has one', true, false, 'block', 'copy', 'none'],
])('whoever wrote a version has a block %s', (_, isKept, isExpected, ...duties) => {
  const rest = { holders, isAuthor: true, isKeptBy: () => isKept, isExpectedOf: () => isExpected }
  expect([a!, b!, c!].map((device) => dutyOf(new Uint8Array(32), { ...rest, device }))).toEqual(duties)
})

test('an anchor is waited for ten minutes from the time a version was written, by whatever clock, and not for years', () => {
  const minutes = [-1e6, -11, -9, 0, 9, 11, 1e6]
  const isFirst = (isHead: boolean): boolean[] => minutes.map((late) => isAnchorFirst(1e12, 1e12 + late * 60_000, isHead))
  expect(isFirst(true)).toEqual([false, false, true, true, true, false, false])
  expect(isFirst(false)).toEqual(minutes.map((late) => Math.abs(late) < 1))
})

test('where nobody holds a chunk its author does', () => {
  const rest = { holders: [[]], isKeptBy: () => true, isExpectedOf: () => true }
  expect(dutyOf(new Uint8Array(32), { ...rest, device: a!, isAuthor: true })).toBe('block')
  expect(dutyOf(new Uint8Array(32), { ...rest, device: a!, isAuthor: false })).toBe('none')
})
