import { expect, test } from 'vitest'
import { byteRate, byteSize, exactSize, durationMs, durationText } from '#base'

test.each([
  ['0', 0],
  ['4096', 4096],
  ['7B', 7],
  ['100GB', 100e9],
  ['100 gb', 100e9],
  ['1.5TB', 1.5e12],
  ['0.3MB', 300_000],
  ['2KB', 2000],
  ['1KiB', 1024],
  ['3MiB', 3 * 1024 ** 2],
  ['1.5GiB', 1.5 * 1024 ** 3],
  ['2TiB', 2 * 1024 ** 4],
  ['4.35GB', 4_350_000_000],
  ['1.5', 2],
])('%s is a size', (text, bytes) => {
  expect(byteSize(text)).toBe(bytes)
})

test.each(['', 'GB', '-1', '-1GB', '1e9', '1PB', '1 G', '1IB', '10,5GB', 'much', '9007199254740993', '99999TB'])(
  '%j is none',
  (text) => {
    expect(byteSize(text)).toBe(null)
  },
)

test.each([
  ['5MB', 5e6],
  ['500KB/s', 500_000],
  ['1 MiB /S', 1024 ** 2],
  ['0', 0],
  ['5MB/h', null],
  ['5Mbit/s', null],
  ['/s', null],
])('%j a second', (text, bytes) => {
  expect(byteRate(text)).toBe(bytes)
})

test.each(['0', '999', '1KB', '1KiB', '100GB', '1.5TiB', '4.5GB', '4350MB', '5000TB', '123456789123'])(
  'a size of %s is written as it is read',
  (text) => {
    expect(exactSize(byteSize(text)!)).toBe(text)
  },
)

test('a size is written so that it is read as the same', () => {
  for (let power = 0; power < 53; power++)
    for (const bytes of [2 ** power - 1, 2 ** power, 1.5 * 2 ** power, 10 ** (power % 16)])
      if (Number.isInteger(bytes)) expect(byteSize(exactSize(bytes))).toBe(bytes)
})

test.each(['0', '1500ms', '90s', '15m', '36h', '7d', '1ms'])('a duration of %s is written as it is read', (text) => {
  expect(durationText(durationMs(text)!)).toBe(text)
})

test('a duration is written in the largest unit up to days that it is whole in', () => {
  expect([604_800_000, 259_200_000, 5_400_000, 61_000].map(durationText)).toEqual(['7d', '3d', '90m', '61s'])
})
