import { hlcTime, type Version } from '#model'
import { AGAIN_MS } from './quiet-work.ts'

/** A version that is so young may be under way still: sync was hardly done with it, here or elsewhere. */
const YOUNG_MS = 60_000
/** After so long one that is young, or that somebody waits for, is looked at again, ms; and one that is both. */
const SOON_MS = 5_000
const AWAITED_SOON_MS = 1_000

/** How long until a version of which something is nowhere to be had is looked at again, ms. */
export function patienceFor({ hlc }: Pick<Version, 'hlc'>, now: number, isAwaited: boolean): number {
  const isYoung = Math.abs(now - hlcTime(hlc)) < YOUNG_MS
  if (isYoung && isAwaited) return AWAITED_SOON_MS
  return isYoung || isAwaited ? SOON_MS : AGAIN_MS
}
