import type { Retention } from '#api/contract'
import type { MessageKey } from '../text/text.ts'

export type Policy = Retention['policy']
export type Rule = keyof Policy

/** The rules in the order that people read them: the nearest first. */
export const RULES: readonly Rule[] = [
  'keep-within',
  'keep-last',
  'keep-hourly',
  'keep-daily',
  'keep-weekly',
  'keep-monthly',
  'keep-yearly',
]

/** What most people want, by name. */
export const PRESETS: readonly { name: 'all' | 'thinned' | 'month' | 'few'; policy: Policy }[] = [
  { name: 'all', policy: {} },
  {
    name: 'thinned',
    policy: { 'keep-within': '2d', 'keep-daily': '30', 'keep-weekly': '12', 'keep-monthly': '12', 'keep-yearly': 'unlimited' },
  },
  { name: 'month', policy: { 'keep-within': '1m' } },
  { name: 'few', policy: { 'keep-last': '5' } },
]

export const PRESET_NAMES: Record<(typeof PRESETS)[number]['name'], readonly [MessageKey, MessageKey]> = {
  all: ['folders.preset.all', 'folders.preset.all.how'],
  thinned: ['folders.preset.thinned', 'folders.preset.thinned.how'],
  month: ['folders.preset.month', 'folders.preset.month.how'],
  few: ['folders.preset.few', 'folders.preset.few.how'],
}

/** A policy without the rules that say nothing. */
export function plainPolicy(policy: Policy): Policy {
  const rules = RULES.map((rule) => [rule, policy[rule]?.trim() ?? ''] as const)
  return Object.fromEntries(rules.filter(([, value]) => value !== '' && value !== '0'))
}

export function samePolicy(a: Policy, b: Policy): boolean {
  const [first, second] = [plainPolicy(a), plainPolicy(b)]
  return RULES.every((rule) => first[rule] === second[rule])
}
