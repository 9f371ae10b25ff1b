import type { Have } from '#db'

/** True when whoever has `mine` has all of `theirs`. */
export function covers(mine: readonly Have[], theirs: readonly Have[]): boolean {
  const known = byChain(mine)
  return theirs.every((have) => (known.get(chainKey(have)) ?? 0) >= have.seq)
}

/** How far each chain goes. */
export function byChain(have: readonly Have[]): Map<string, number> {
  return new Map(have.map((item) => [chainKey(item), item.seq]))
}

export function chainKey({ author, epoch }: Pick<Have, 'author' | 'epoch'>): string {
  return `${author}/${epoch}`
}
