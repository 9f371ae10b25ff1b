import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePolicy, encodePolicy, isEmptyPolicy, parsePolicy, policyWords, POLICY_FLAGS } from '#history'
import { anyPolicy } from './any-policy.ts'

const NO_SPAN = { years: 0, months: 0, days: 0, hours: 0 }
const NONE = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, within: NO_SPAN }

describe('a policy in words', () => {
  it('has a flag for each rule', () => {
    expect(POLICY_FLAGS.map((flag) => `--${flag}`).join(' ')).toBe(
      '--keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --keep-within',
    )
    const words = {
      'keep-last': '1',
      'keep-hourly': '2',
      'keep-daily': '3',
      'keep-weekly': '4',
      'keep-monthly': '5',
      'keep-yearly': '6',
      'keep-within': '1y2m3d4h',
    }
    const within = { years: 1, months: 2, days: 3, hours: 4 }
    const policy = { last: 1, hourly: 2, daily: 3, weekly: 4, monthly: 5, yearly: 6, within }
    expect(parsePolicy(words)).toEqual(policy)
    expect(policyWords(policy)).toEqual(words)
  })

  it('is empty without rules; where all are 0 it is refused, since that would keep all', () => {
    expect(parsePolicy({})).toEqual(NONE)
    expect(() => parsePolicy({ 'keep-last': '0', 'keep-within': '0d' })).toThrow('--keep-last 0 --keep-within 0d is no rule')
    expect(parsePolicy({ 'keep-last': '0', 'keep-daily': '7' })).toEqual({ ...NONE, daily: 7 })
    expect(isEmptyPolicy(NONE)).toBe(true)
    expect(policyWords(NONE)).toEqual({})
  })

  it('is not empty with any rule', () => {
    for (const flag of POLICY_FLAGS)
      expect(isEmptyPolicy(parsePolicy({ [flag]: flag === 'keep-within' ? '1h' : '1' }))).toBe(false)
  })

  it('may have counts without an end', () => {
    for (const word of ['unlimited', '-1']) expect(parsePolicy({ 'keep-yearly': word })).toEqual({ ...NONE, yearly: -1 })
    expect(policyWords({ ...NONE, yearly: -1 })).toEqual({ 'keep-yearly': 'unlimited' })
  })

  it.each([
    ['2w', { days: 14 }],
    ['1w1d', { days: 8 }],
    ['4h3d2m1y', { years: 1, months: 2, days: 3, hours: 4 }],
    ['18m', { months: 18 }],
    ['007d', { days: 7 }],
  ])('takes the span %s', (text, span) => {
    expect(parsePolicy({ 'keep-within': text }).within).toEqual({ ...NO_SPAN, ...span })
  })

  it.each(['', '7', 'd', '1s', '1d ', ' 1d', '-1d', '1.5d', '1d2', '1d1d', '1D', 'unlimited', '1m2d3m'])(
    'refuses the span "%s"',
    (text) => {
      expect(() => parsePolicy({ 'keep-within': text })).toThrow(
        expect.objectContaining({ code: 'usage', message: expect.stringContaining('is not a span of time') }),
      )
    },
  )

  it.each(['', '-2', '1.5', '1e3', ' 7', '7x', 'all', '100001', '99999999999999999999'])('refuses the count "%s"', (text) => {
    expect(() => parsePolicy({ 'keep-daily': text })).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: `--keep-daily takes a whole number up to 100000, or unlimited, not "${text}"`,
      }),
    )
  })

  it('refuses a span that would leave the calendar', () => {
    for (const text of ['100001y', '99999w', `${'9'.repeat(400)}h`]) {
      expect(() => parsePolicy({ 'keep-within': text })).toThrow(/is too long: at most 100000 of each unit/)
    }
  })

  it('comes back as it was', () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        expect(parsePolicy(policyWords(policy))).toEqual(policy)
      }),
    )
  })
})

describe('a policy as integers', () => {
  it('has a place for each', () => {
    const policy = parsePolicy({ 'keep-last': '10', 'keep-daily': 'unlimited', 'keep-yearly': '3', 'keep-within': '1y2m3d4h' })
    expect(encodePolicy(policy)).toEqual([1, 10, 0, -1, 0, 0, 3, 1, 2, 3, 4])
  })

  it('comes back as it was', () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        expect(decodePolicy(encodePolicy(policy))).toEqual(policy)
      }),
    )
  })

  it.each([
    ['nothing', undefined],
    ['a text', '1,0'],
    ['an empty list of words', ['last']],
    ['too few', [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['too many', [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a count below unlimited', [1, -2, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a count too great', [1, 0, 0, 0, 0, 0, 100_001, 0, 0, 0, 0]],
    ['a span without an end', [1, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0]],
    ['a span too long', [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100_001]],
    ['a fraction', [1, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('is refused where it is %s', (_, value) => {
    expect(() => decodePolicy(value)).toThrow(
      expect.objectContaining({ code: 'corrupt', message: expect.stringMatching(/^the retention policy /) }),
    )
  })

  it('says where it is of a newer kind', () => {
    expect(() => decodePolicy([2, 1])).toThrow(
      expect.objectContaining({ code: 'unsupported', hint: expect.stringContaining('keeps all versions') }),
    )
  })
})
