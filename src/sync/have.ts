import type { Have } from '#db'

/** True when both have the same records. */
export function sameHave(a: readonly Have[], b: readonly Have[]): boolean {
  return covers(a, b) && covers(b, a)
}

/** True when whoever has `mine` has all of `theirs`. */
export function covers(mine: readonly Have[], theirs: readonly Have[]): boolean {
  const known = new Map(mine.map((have) => [key(have), have.seq]))
  return theirs.every((have) => (known.get(key(have)) ?? 0) >= have.seq)
}

function key({ author, epoch }: Have): string {
  return `${author}/${epoch}`
}
