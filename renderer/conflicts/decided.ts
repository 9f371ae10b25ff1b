import type { Disputed } from './sides.ts'

/** Somebody at another device may decide at the same time, and that is heard of within so long, ms. Later it is another conflict. */
const HEARD_MS = 10 * 60_000

interface Decision {
  at: number
  /** The names that the versions showed at, of which one was kept. */
  besides: ReadonlySet<string>
}

const decisions = new Map<string, Decision>()

/** A conflict was settled here. */
export function decided(disputed: Disputed): void {
  decisions.set(keyOf(disputed), { at: Date.now(), besides: new Set(disputed.conflicts.map(({ with: beside }) => beside)) })
}

/** The paths that were settled here and are in conflict anew, by other versions: each is told once. */
export function takeReturned(all: readonly Disputed[]): Disputed[] {
  const now = Date.now()
  for (const [key, { at }] of decisions) if (now - at > HEARD_MS) decisions.delete(key)
  return all.filter((disputed) => {
    const decision = decisions.get(keyOf(disputed))
    return (
      decision !== undefined &&
      disputed.conflicts.some(({ with: beside }) => !decision.besides.has(beside)) &&
      decisions.delete(keyOf(disputed))
    )
  })
}

function keyOf({ folder, path }: Disputed): string {
  return `${folder}/${path}`
}
