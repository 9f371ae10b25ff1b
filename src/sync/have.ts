import type { Have } from '#db'
import { byChain, chainKey } from '#model'

/** True when whoever has `mine` has all of `theirs`. */
export function covers(mine: readonly Have[], theirs: readonly Have[]): boolean {
  const known = byChain(mine)
  return theirs.every((have) => (known.get(chainKey(have)) ?? 0) >= have.seq)
}
