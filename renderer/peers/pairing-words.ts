import type { PairingEnd } from '#api/contract'
import { sentence } from '../format.ts'
import { t, theLocale, type MessageKey } from '../text/text.ts'

/** Why a pairing ended, by what the daemon says of it (`peers/nearby-pairing`): it gives no code. */
const REASONS: readonly [RegExp, MessageKey][] = [
  [/digits differ/, 'peers.pairing.differ'],
  [/^the other device refused/, 'peers.pairing.refused-there'],
  [/refused here$/, 'peers.pairing.refused-here'],
  [/not accepted here in time/, 'peers.pairing.late-here'],
  [/did not answer in time/, 'peers.pairing.late-there'],
  [/is pairing already/, 'peers.pairing.busy'],
]

/** Why a pairing came to nothing, and what to do: as the daemon says it in English, else in the page's language as far as it is known. */
export function whyNotPaired({ message, hint }: Pick<PairingEnd, 'message' | 'hint'>): { why: string; hint: string | null } {
  const known = REASONS.find(([pattern]) => pattern.test(message ?? ''))
  if (known === undefined || theLocale() === 'en')
    return { why: sentence(message ?? ''), hint: hint === null ? null : sentence(hint) }
  return { why: t(known[1]), hint: null }
}
