import { closeSync, futimesSync, lstatSync, lutimesSync, mkdtempSync, openSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { diskSeconds, microsecondsIn, microsecondsOf } from '#base'

/** Doubles of seconds are finer than half a microsecond up to there: the year 2106. */
const FINE_US = 2 ** 32 * 1_000_000
/** What ext4 and XFS hold to the nanosecond: from 1901 on. */
const FIRST_US = -(2 ** 31 - 1) * 1_000_000

let directory = ''
let file = 0

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-time-'))
  file = openSync(join(directory, 'by-handle'), 'w')
  closeSync(openSync(join(directory, 'by-name'), 'w'))
  symlinkSync('nowhere', join(directory, 'link'))
})
afterAll(() => {
  closeSync(file)
  rmSync(directory, { recursive: true })
})

/** What a disk has, in ns, of a time that was set in each of the ways that there are. */
function setEverywhere(microseconds: number): bigint[] {
  const time = diskSeconds(microseconds)
  const at = (name: string): string => join(directory, name)
  futimesSync(file, time, time)
  utimesSync(at('by-name'), time, time)
  lutimesSync(at('link'), time, time)
  return ['by-handle', 'by-name', 'link'].map((name) => lstatSync(at(name), { bigint: true }).mtimeNs)
}

test('a time that is set is the very microsecond on the disk, before 1970 too', () => {
  const times = fc.oneof(fc.integer({ min: FIRST_US, max: FINE_US }), fc.integer({ min: -5_000_000, max: 5_000_000 }))
  fc.assert(
    fc.property(times, (microseconds) => {
      for (const ns of setEverywhere(microseconds)) {
        const after = ns - BigInt(microseconds) * 1000n
        expect(after >= 0n && after < 500n).toBe(true)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('whole seconds are exact', () => {
  for (const seconds of [0, 1, -1, -31_536_000, -86_401, 1_700_000_000, 4_000_000_000])
    expect(setEverywhere(seconds * 1_000_000)).toEqual([0, 0, 0].map(() => BigInt(seconds) * 1_000_000_000n))
})

test('a time that is read is the microsecond that it falls into, as is one that was set by it', () => {
  const times = fc.oneof(fc.integer({ min: FIRST_US, max: FINE_US }), fc.integer({ min: -5_000_000, max: 5_000_000 }))
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 999 }), (microseconds, more) => {
      expect(microsecondsOf(BigInt(microseconds) * 1000n + BigInt(more))).toBe(microseconds)
      setEverywhere(microseconds)
      expect(microsecondsIn(lstatSync(join(directory, 'by-name')).mtimeMs)).toBe(microseconds)
    }),
    { numRuns: 2_000 },
  )
})
