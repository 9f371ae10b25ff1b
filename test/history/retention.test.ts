import { describe, expect, it } from 'vitest'
import { decide, parsePolicy, type PolicyWords, type Protections, type RetainableVersion } from '#history'
import { idOf, inWords, madeAt } from './made-at.ts'

type Made = string | RetainableVersion

function decided(words: PolicyWords, versions: readonly Made[], protections?: Protections): ReturnType<typeof inWords> {
  const made = versions.map((version) => (typeof version === 'string' ? madeAt(version) : version))
  return inWords(decide(parsePolicy(words), made, protections))
}

/** The times that are kept, the newest first. */
function kept(words: PolicyWords, versions: readonly Made[], protections?: Protections): string[] {
  return Object.keys(decided(words, versions, protections).keep)
}

describe('each rule alone', () => {
  it('keeps the last ones', () => {
    expect(decided({ 'keep-last': '2' }, ['2026-05-01 10:00', '2026-05-01 10:02', '2026-05-01 10:01'])).toEqual({
      keep: { '2026-05-01 10:02': 'last', '2026-05-01 10:01': 'last' },
      forget: { '2026-05-01 10:00': 'last: beyond the newest 2' },
    })
  })

  it('keeps the newest of each hour, from its first millisecond to its last', () => {
    const versions = ['2026-05-01 10:00:00.000', '2026-05-01 10:59:59.999', '2026-05-01 11:00:00.000']
    expect(decided({ 'keep-hourly': '2' }, ['2026-05-01 09:59:59.999', ...versions])).toEqual({
      keep: { '2026-05-01 11:00:00.000': 'hourly', '2026-05-01 10:59:59.999': 'hourly' },
      forget: {
        '2026-05-01 10:00:00.000': 'hourly: 2026-05-01T10 is kept by 2026-05-01 10:59:59.999',
        '2026-05-01 09:59:59.999': 'hourly: beyond the newest 2',
      },
    })
  })

  it('keeps the newest of each day', () => {
    const versions = ['2026-04-30 12:00', '2026-05-01 00:00', '2026-05-01 23:59', '2026-05-02 00:00']
    expect(decided({ 'keep-daily': '2' }, versions)).toEqual({
      keep: { '2026-05-02 00:00': 'daily', '2026-05-01 23:59': 'daily' },
      forget: {
        '2026-05-01 00:00': 'daily: 2026-05-01 is kept by 2026-05-01 23:59',
        '2026-04-30 12:00': 'daily: beyond the newest 2',
      },
    })
  })

  it('keeps the newest of each week, from Monday to Sunday', () => {
    const versions = ['2026-05-03 12:00', '2026-05-04 00:00', '2026-05-10 23:59', '2026-05-11 00:00']
    expect(decided({ 'keep-weekly': '2' }, versions)).toEqual({
      keep: { '2026-05-11 00:00': 'weekly', '2026-05-10 23:59': 'weekly' },
      forget: {
        '2026-05-04 00:00': 'weekly: 2026-W19 is kept by 2026-05-10 23:59',
        '2026-05-03 12:00': 'weekly: beyond the newest 2',
      },
    })
  })

  it('keeps the newest of each month', () => {
    const versions = ['2026-01-01 00:00', '2026-02-01 00:00', '2026-02-28 23:59', '2026-03-01 00:00']
    expect(decided({ 'keep-monthly': '2' }, versions)).toEqual({
      keep: { '2026-03-01 00:00': 'monthly', '2026-02-28 23:59': 'monthly' },
      forget: {
        '2026-02-01 00:00': 'monthly: 2026-02 is kept by 2026-02-28 23:59',
        '2026-01-01 00:00': 'monthly: beyond the newest 2',
      },
    })
  })

  it('keeps the newest of each year', () => {
    const versions = ['2024-06-01 00:00', '2025-01-01 00:00', '2025-12-31 23:59', '2026-01-01 00:00']
    expect(decided({ 'keep-yearly': '2' }, versions)).toEqual({
      keep: { '2026-01-01 00:00': 'yearly', '2025-12-31 23:59': 'yearly' },
      forget: {
        '2025-01-01 00:00': 'yearly: 2025 is kept by 2025-12-31 23:59',
        '2024-06-01 00:00': 'yearly: beyond the newest 2',
      },
    })
  })

  it('keeps what is within a span of the latest version, its far end excluded', () => {
    const versions = ['2026-04-30 10:00', '2026-04-30 10:01', '2026-05-07 10:00']
    expect(decided({ 'keep-within': '7d' }, versions)).toEqual({
      keep: { '2026-05-07 10:00': 'within 7d', '2026-04-30 10:01': 'within 7d' },
      forget: { '2026-04-30 10:00': 'within: not after 2026-04-30T10:00:00.000Z' },
    })
  })

  it('keeps all without a rule', () => {
    expect(decided({}, ['2026-05-01 10:00', '1999-05-01 10:00'])).toEqual({
      keep: { '2026-05-01 10:00': 'policy is empty', '1999-05-01 10:00': 'policy is empty' },
      forget: {},
    })
  })

  it('has nothing to decide about no versions', () => {
    expect(decided({ 'keep-last': '1', 'keep-within': '1y' }, [])).toEqual({ keep: {}, forget: {} })
  })
})

describe('periods of the calendar', () => {
  it('lets a week belong to two years', () => {
    // 2026 has 53 weeks: 2026-12-28 is a Monday, 2027-01-04 the next one.
    const versions = ['2026-12-27 12:00', '2026-12-28 12:00', '2027-01-03 12:00', '2027-01-04 12:00']
    const { keep, forget } = decided({ 'keep-weekly': '2' }, versions)
    expect(Object.keys(keep)).toEqual(['2027-01-04 12:00', '2027-01-03 12:00'])
    expect(forget['2026-12-28 12:00']).toBe('weekly: 2026-W53 is kept by 2027-01-03 12:00')
  })

  it('lets the last days of a year belong to the first week of the next', () => {
    const { forget } = decided({ 'keep-weekly': '1' }, ['2024-12-30 12:00', '2024-12-31 12:00', '2025-01-05 23:59'])
    expect(forget['2024-12-30 12:00']).toBe('weekly: 2025-W01 is kept by 2025-01-05 23:59')
  })

  it('tells the same week of two years apart', () => {
    expect(kept({ 'keep-weekly': '2' }, ['2024-05-08 12:00', '2025-05-07 12:00', '2026-05-06 12:00'])).toHaveLength(2)
  })

  it('knows leap days', () => {
    const days = ['2024-02-28 12:00', '2024-02-29 00:00', '2024-02-29 23:59', '2024-03-01 00:00']
    expect(kept({ 'keep-daily': '2' }, days)).toEqual(['2024-03-01 00:00', '2024-02-29 23:59'])
    expect(kept({ 'keep-monthly': '2' }, days)).toEqual(['2024-03-01 00:00', '2024-02-29 23:59'])
    // 2100 is no leap year.
    expect(kept({ 'keep-within': '1d' }, ['2100-02-28 12:00', '2100-02-28 12:01', '2100-03-01 12:00'])).toEqual([
      '2100-03-01 12:00',
      '2100-02-28 12:01',
    ])
  })

  it('does not count periods without versions', () => {
    const versions = ['2019-01-01 12:00', '2021-07-09 12:00', '2021-07-09 13:00', '2026-05-01 12:00']
    expect(kept({ 'keep-daily': '2' }, versions)).toEqual(['2026-05-01 12:00', '2021-07-09 13:00'])
    expect(kept({ 'keep-daily': '3' }, versions)).toEqual(['2026-05-01 12:00', '2021-07-09 13:00', '2019-01-01 12:00'])
  })

  it.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/St_Johns'])('are those of UTC also in %s', (place) => {
    const zone = process.env['TZ']
    try {
      process.env['TZ'] = place
      expect(new Date(0).getHours()).not.toBe(0)
      const days = ['2026-05-01 00:30', '2026-05-01 12:00', '2026-05-01 23:30', '2026-05-02 00:30']
      expect(kept({ 'keep-daily': '2' }, days)).toEqual(['2026-05-02 00:30', '2026-05-01 23:30'])
      const weeks = ['2026-05-03 12:00', '2026-05-10 23:30', '2026-05-11 00:30']
      expect(kept({ 'keep-weekly': '2' }, weeks)).toEqual(['2026-05-11 00:30', '2026-05-10 23:30'])
      for (const clock of ['00:30', '12:00', '23:30']) {
        const [latest, start] = [`2026-05-31 ${clock}`, `2026-05-01 ${clock}`]
        expect(kept({ 'keep-within': '1m' }, [latest, `${start}:01`, start])).toEqual([latest, `${start}:01`])
      }
    } finally {
      if (zone === undefined) delete process.env['TZ']
      else process.env['TZ'] = zone
    }
  })
})

describe('counts that are not used up', () => {
  it('keep the oldest version as well', () => {
    const versions = ['2026-05-01 10:00', '2026-05-01 11:00', '2026-05-01 12:00', '2026-05-02 10:00']
    expect(decided({ 'keep-daily': '3' }, versions)).toEqual({
      keep: { '2026-05-02 10:00': 'daily', '2026-05-01 12:00': 'daily', '2026-05-01 10:00': 'oldest daily' },
      forget: { '2026-05-01 11:00': 'daily: 2026-05-01 is kept by 2026-05-01 12:00' },
    })
    expect(kept({ 'keep-daily': '2' }, versions)).toEqual(['2026-05-02 10:00', '2026-05-01 12:00'])
  })

  it('keep the oldest for each rule', () => {
    const { keep } = decided({ 'keep-monthly': '2', 'keep-yearly': '1', 'keep-weekly': '9' }, [
      '2026-05-05 10:00',
      '2026-05-06 10:00',
    ])
    expect(keep).toEqual({ '2026-05-06 10:00': 'weekly, monthly, yearly', '2026-05-05 10:00': 'oldest weekly, oldest monthly' })
  })

  it('never are, when unlimited', () => {
    const versions = ['2026-05-01 10:00', '2026-05-01 11:00', '2026-05-01 12:00', '2026-05-02 10:00']
    for (const word of ['unlimited', '-1']) {
      expect(kept({ 'keep-daily': word }, versions)).toEqual(['2026-05-02 10:00', '2026-05-01 12:00', '2026-05-01 10:00'])
      expect(kept({ 'keep-last': word }, versions)).toHaveLength(4)
    }
  })
})

describe('several rules', () => {
  it('keep what any of them keeps, with all reasons', () => {
    const versions = ['2026-04-30 10:00', '2026-05-05 09:00', '2026-05-05 10:00', '2026-05-06 10:00', '2026-05-06 11:00']
    expect(decided({ 'keep-last': '1', 'keep-daily': '2', 'keep-monthly': '2' }, versions)).toEqual({
      keep: {
        '2026-05-06 11:00': 'last, daily, monthly',
        '2026-05-05 10:00': 'daily',
        '2026-04-30 10:00': 'monthly',
      },
      forget: {
        '2026-05-06 10:00':
          'last: beyond the newest 1, daily: 2026-05-06 is kept by 2026-05-06 11:00, monthly: 2026-05 is kept by 2026-05-06 11:00',
        '2026-05-05 09:00':
          'last: beyond the newest 1, daily: 2026-05-05 is kept by 2026-05-05 10:00, monthly: 2026-05 is kept by 2026-05-06 11:00',
      },
    })
  })

  it('keep of a century of days what no other rule has kept yet', () => {
    const days = Array.from({ length: 36_525 }, (_, day) => new Date(day * 86_400_000).toISOString().slice(0, 10))
    const policy = parsePolicy({ 'keep-daily': '7', 'keep-weekly': '5', 'keep-monthly': '12', 'keep-yearly': '75' })
    const { keep } = decide(
      policy,
      days.map((day) => madeAt(`${day} 12:00`)),
    )
    const last = (rule: string): number[] =>
      keep.filter(({ reasons }) => reasons.includes(rule)).map(({ version }) => version.time)
    expect(days.at(-1)).toBe('2069-12-31')
    expect(last('daily')).toHaveLength(7)
    expect(last('weekly').map((time) => new Date(time).getUTCDay())).toEqual([2, 0, 0, 0, 0])
    expect(last('monthly')).toHaveLength(12)
    expect(last('yearly')).toHaveLength(75)
    expect(keep).toHaveLength(7 + 3 + 11 + 74)
  })
})

describe('versions of the same millisecond', () => {
  it('stand in the order of their ids, so that every device decides the same', () => {
    const twins = ['2026-05-01 10:00 #a', '2026-05-01 10:00 #c', '2026-05-01 10:00 #b']
    for (const order of [twins, twins.toReversed()]) expect(kept({ 'keep-last': '1' }, order)).toEqual(['2026-05-01 10:00 #c'])
  })

  it('stand in the order of their clocks where the time has a fraction', () => {
    const time = Date.parse('2026-05-01T10:00Z')
    const versions = [
      madeAt('2026-05-01 10:00 #a', { time: time + 2 / 1024 }),
      madeAt('2026-05-01 10:00 #b', { time: time + 1 / 1024 }),
    ]
    expect(kept({ 'keep-hourly': '1' }, versions)).toEqual(['2026-05-01 10:00 #a'])
  })
})

describe('what stands above the rules', () => {
  const versions = ['2026-05-01 10:00', '2026-05-01 11:00', '2026-05-02 10:00']

  it('keeps heads, pins and what snapshots have, beyond the counts', () => {
    const head = madeAt('2026-04-30 10:00', { current: true })
    const [pinned = '', both = ''] = versions
    const protections = {
      pins: new Set([idOf(pinned), idOf(both)]),
      snapshots: new Map([[idOf(both), ['spring', 'release 2']]]),
    }
    expect(decided({ 'keep-last': '1' }, [head, ...versions], protections)).toEqual({
      keep: {
        '2026-05-02 10:00': 'last',
        '2026-05-01 11:00': 'pinned, snapshot spring, snapshot release 2',
        '2026-05-01 10:00': 'pinned',
        '2026-04-30 10:00': 'current',
      },
      forget: {},
    })
  })

  it('lets a pinned version be the newest of its day all the same', () => {
    const protections = { pins: new Set([idOf('2026-05-01 11:00')]) }
    expect(decided({ 'keep-daily': '2' }, versions, protections).keep['2026-05-01 11:00']).toBe('pinned, daily')
    expect(kept({ 'keep-daily': '2' }, versions, protections)).toHaveLength(2)
  })

  it('says so under the empty policy too', () => {
    expect(decided({}, [madeAt('2026-05-01 10:00', { current: true })]).keep).toEqual({
      '2026-05-01 10:00': 'current, policy is empty',
    })
  })

  it('decides nothing over a time that is no date', () => {
    for (const time of [NaN, Infinity, -1, 9e15]) {
      expect(() => decided({ 'keep-last': '1' }, [madeAt('2026-05-01 10:00', { time })])).toThrow(RangeError)
    }
  })
})
