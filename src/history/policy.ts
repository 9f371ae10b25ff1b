import { HoldfastError } from '#base'
import type { CalendarSpan, Period } from './periods.ts'

/** Of this rule there is no end: it keeps the newest of every period that has versions. */
export const UNLIMITED = -1
/** So that a policy stays small and its dates stay dates. */
const MAX_NUMBER = 100_000
/** The first number of an encoded policy; another one means other rules. */
const ENCODING = 1

export type CountRule = 'last' | Period

/** The rules that count, in the order in which they are shown and encoded. */
export const COUNT_RULES: readonly CountRule[] = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly']
const SPAN_PARTS = ['years', 'months', 'days', 'hours'] as const

/**
 * Which versions of a path are kept: those that any of the rules keeps. A count is from 0 (no such rule) to 100,000, or
 * UNLIMITED; a span of nothing is no rule either. A policy without rules is empty, and keeps all.
 */
export interface RetentionPolicy extends Readonly<Record<CountRule, number>> {
  readonly within: CalendarSpan
}

const flagOf = (rule: CountRule): `keep-${CountRule}` => `keep-${rule}`
const WITHIN_FLAG = 'keep-within'

export type PolicyFlag = `keep-${CountRule}` | typeof WITHIN_FLAG
/** A policy as people write it, by flag; a rule that is not there is not set. */
export type PolicyWords = { readonly [Flag in PolicyFlag]?: string | undefined }

/** The flags of the command line, in their order. */
export const POLICY_FLAGS: readonly PolicyFlag[] = [...COUNT_RULES.map(flagOf), WITHIN_FLAG]

const NO_SPAN: CalendarSpan = { years: 0, months: 0, days: 0, hours: 0 }

export function isEmptyPolicy(policy: RetentionPolicy): boolean {
  return COUNT_RULES.every((rule) => policy[rule] === 0) && isEmptySpan(policy.within)
}

export function isEmptySpan(span: CalendarSpan): boolean {
  return SPAN_PARTS.every((part) => span[part] === 0)
}

/**
 * The policy that flags name: `7`, `unlimited` or `-1` for a count, `1y2m3d4h` or `2w` for `keep-within`. Throws `usage`,
 * also where each is 0: somebody who writes that does not mean that all are kept.
 */
export function parsePolicy(words: PolicyWords): RetentionPolicy {
  const counts = COUNT_RULES.map((rule): [CountRule, number] => [rule, parseCount(flagOf(rule), words[flagOf(rule)])])
  const within = words[WITHIN_FLAG]
  const policy = policyOf(counts, within === undefined ? NO_SPAN : parseSpan(within))
  const written = POLICY_FLAGS.filter((flag) => words[flag] !== undefined)
  if (written.length === 0 || !isEmptyPolicy(policy)) return policy
  throw new HoldfastError(
    'usage',
    `${written.map((flag) => `--${flag} ${words[flag]}`).join(' ')} is no rule, and without any rule all versions are kept`,
    { reason: 'policy-empty', hint: 'for few versions: --keep-last 1; for all: leave the flags out' },
  )
}

/** The words that parsePolicy takes for this policy; weeks have become days. The empty policy has none. */
export function policyWords(policy: RetentionPolicy): PolicyWords {
  const words: Partial<Record<PolicyFlag, string>> = {}
  for (const rule of COUNT_RULES) {
    const count = policy[rule]
    if (count !== 0) words[flagOf(rule)] = count === UNLIMITED ? 'unlimited' : String(count)
  }
  if (!isEmptySpan(policy.within)) words[WITHIN_FLAG] = spanWord(policy.within)
  return words
}

/** `1y2m3d4h`, without what is 0. */
export function spanWord(span: CalendarSpan): string {
  return SPAN_PARTS.map((part) => (span[part] === 0 ? '' : `${span[part]}${part.charAt(0)}`)).join('')
}

/**
 * A policy as eleven integers, for a signed operation: 1; last, hourly, daily, weekly, monthly, yearly (-1 is unlimited); years,
 * months, days and hours of `within`. Equal policies have equal encodings.
 */
export function encodePolicy(policy: RetentionPolicy): readonly number[] {
  return [ENCODING, ...COUNT_RULES.map((rule) => policy[rule]), ...SPAN_PARTS.map((part) => policy.within[part])]
}

/**
 * The policy of an encoding, which another device may have made: throws `unsupported` for one with rules that are not known
 * here, `corrupt` for what is none. Whoever meets either has to keep all versions.
 */
export function decodePolicy(value: unknown): RetentionPolicy {
  if (!Array.isArray(value) || !value.every(Number.isSafeInteger)) throw corrupt('is not a list of integers')
  const numbers: readonly number[] = value
  if (numbers[0] !== ENCODING) {
    throw new HoldfastError('unsupported', `the retention policy is of a kind that is not known here (${numbers[0]})`, {
      reason: 'policy-newer',
      hint: 'update Holdfast on this device; until then it keeps all versions',
    })
  }
  const [counts, parts] = [numbers.slice(1, 1 + COUNT_RULES.length), numbers.slice(1 + COUNT_RULES.length)]
  if (parts.length !== SPAN_PARTS.length) throw corrupt(`has ${numbers.length} numbers`)
  if (!counts.every((count) => isCount(count) || count === UNLIMITED))
    throw corrupt(`has counts that cannot be: ${counts.join(', ')}`)
  if (!parts.every(isCount)) throw corrupt(`has a span of time that cannot be: ${parts.join(', ')}`)
  const [years = 0, months = 0, days = 0, hours = 0] = parts
  return policyOf(
    COUNT_RULES.map((rule, at): [CountRule, number] => [rule, counts[at] ?? 0]),
    { years, months, days, hours },
  )
}

function policyOf(counts: readonly (readonly [CountRule, number])[], within: CalendarSpan): RetentionPolicy {
  const none = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 }
  return { ...none, ...Object.fromEntries(counts), within }
}

function isCount(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= MAX_NUMBER
}

function parseCount(flag: PolicyFlag, text: string | undefined): number {
  if (text === undefined) return 0
  if (text === 'unlimited' || text === String(UNLIMITED)) return UNLIMITED
  if (/^\d+$/.test(text) && isCount(Number(text))) return Number(text)
  throw new HoldfastError('usage', `--${flag} takes a whole number up to ${MAX_NUMBER}, or unlimited, not "${text}"`, {
    reason: 'policy-number',
    values: { value: text, most: MAX_NUMBER },
    hint: `for example --${flag} 7; 0 leaves the rule out`,
  })
}

function parseSpan(text: string): CalendarSpan {
  const parts = new Map([...text.matchAll(/(\d+)([ymwdh])/g)].map(([, number, unit]) => [unit, Number(number)]))
  const once = [...parts.keys()].join('').length === text.replaceAll(/\d/g, '').length
  if (!/^(?:\d+[ymwdh])+$/.test(text) || !once) {
    throw new HoldfastError('usage', `--${WITHIN_FLAG} ${text === '' ? '""' : text} is not a span of time`, {
      reason: 'policy-span',
      values: { value: text },
      hint: 'write it like 1y2m3d4h, 30d or 2w: years, months, weeks, days, hours, each once',
    })
  }
  const days = (parts.get('d') ?? 0) + 7 * (parts.get('w') ?? 0)
  const span = { years: parts.get('y') ?? 0, months: parts.get('m') ?? 0, days, hours: parts.get('h') ?? 0 }
  if (SPAN_PARTS.every((part) => isCount(span[part]))) return span
  throw new HoldfastError('usage', `--${WITHIN_FLAG} ${text} is too long: at most ${MAX_NUMBER} of each unit`, {
    reason: 'policy-long',
    values: { value: text, most: MAX_NUMBER },
    hint: 'leave all flags out to keep all versions',
  })
}

function corrupt(what: string): HoldfastError {
  return new HoldfastError('corrupt', `the retention policy ${what}`, {
    reason: 'policy-damaged',
    hint: 'set it again with holdfast retention set FOLDER',
  })
}
