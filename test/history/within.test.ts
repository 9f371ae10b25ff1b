import { describe, expect, it } from 'vitest'
import { decide, parsePolicy, type Protections, type RetainableVersion } from '#history'
import { inWords, madeAt } from './made-at.ts'

function within(span: string, versions: readonly RetainableVersion[], protections?: Protections): ReturnType<typeof inWords> {
  return inWords(decide(parsePolicy({ 'keep-within': span }), versions, protections))
}

describe('the span of keep-within', () => {
  it.each([
    ['1m', '2026-03-15 12:00', '2026-02-15 12:00'],
    ['1m', '2026-05-15 12:00', '2026-04-15 12:00'],
    // A day that the month does not have runs over into the next one.
    ['1m', '2026-03-31 12:00', '2026-03-03 12:00'],
    ['1m', '2024-03-31 12:00', '2024-03-02 12:00'],
    ['1m', '2026-05-31 12:00', '2026-05-01 12:00'],
    ['1y', '2024-02-29 12:00', '2023-03-01 12:00'],
    ['4y', '2024-02-29 12:00', '2020-02-29 12:00'],
    ['13m', '2026-01-15 12:00', '2024-12-15 12:00'],
    ['2w', '2026-05-15 12:00', '2026-05-01 12:00'],
    ['36h', '2026-05-15 12:00', '2026-05-14 00:00'],
    ['1y2m3d4h', '2026-05-15 12:00', '2025-03-12 08:00'],
  ])('%s before %s is %s', (span, latest, start) => {
    const later = madeAt(`${start}:00.001`)
    const { keep, forget } = within(span, [madeAt(latest), madeAt(start), later])
    expect(Object.keys(keep)).toEqual([latest, later.id])
    expect(Object.keys(forget)).toEqual([start])
  })

  it('may begin before all calendars', () => {
    for (const span of ['2026y', '100000y100000m100000d100000h']) {
      expect(within(span, [madeAt('2026-05-15 12:00'), madeAt('1970-01-01 00:00')]).forget).toEqual({})
    }
  })

  it('is seen from the latest version, however long ago that was', () => {
    const versions = ['1999-05-01 12:00', '1999-05-01 13:00', '1999-04-01 12:00'].map((time) => madeAt(time))
    expect(Object.keys(within('1d', versions).forget)).toEqual(['1999-04-01 12:00'])
  })

  it('is not seen from a version of the future, which stays', () => {
    const versions = ['2026-04-01 12:00', '2026-04-30 12:00', '2026-05-01 12:00', '2099-01-01 12:00'].map((time) => madeAt(time))
    expect(Object.keys(within('7d', versions).keep)).toEqual(['2099-01-01 12:00'])
    const now = Date.parse('2026-05-01T12:00Z')
    expect(Object.keys(within('7d', versions, { now }).forget)).toEqual(['2026-04-01 12:00'])
    expect(within('7d', versions, { now: 0 }).forget).toEqual({})
  })
})
