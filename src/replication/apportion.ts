/** Who takes part in the sharing out. */
export interface Claim {
  readonly weight: number
  /** Seats at most. */
  readonly cap: number
  /** Seats so far. */
  readonly former: number
}

/**
 * Shares out so many seats in proportion to the weights, none above its cap: each goes to the greatest weight / (seats + 1), the first of
 * equals (the method of Jefferson and D'Hondt). No whole numbers of seats have a lower greatest seats / weight, so disks
 * that fill in proportion to their seats take no more with any others. Of the answers that are as good it is the one nearest to the
 * former seats: they stay as far as they go. Weight 0 gets none. Fewer than `seats` where the caps end.
 */
export function apportion(claims: readonly Claim[], seats: number): number[] {
  const best = fill(
    claims,
    claims.map(() => 0),
    claims.map(({ cap }) => cap),
    seats,
  )
  const load = Math.max(0, ...claims.map(({ weight }, at) => (weight > 0 ? best[at]! / weight : 0)))
  const most = claims.map(({ weight, cap }, at) => {
    if (weight === 0) return 0
    let bound = best[at]!
    while (bound < cap && (bound + 1) / weight <= load) bound++
    return bound
  })
  const kept = claims.map(({ former }, at) => Math.min(former, most[at]!))
  return fill(claims, drain(claims, kept, seats), most, seats)
}

/** Gives seats out until there are so many. */
function fill(claims: readonly Claim[], from: readonly number[], most: readonly number[], seats: number): number[] {
  const shares = [...from]
  for (let left = seats - sum(shares); left > 0; left--) {
    let next = -1
    let greatest = 0
    for (let at = 0; at < shares.length; at++) {
      const claim = claims[at]!.weight / (shares[at]! + 1)
      if (claim > greatest && shares[at]! < most[at]!) {
        greatest = claim
        next = at
      }
    }
    if (next < 0) break
    shares[next]!++
  }
  return shares
}

/** Takes seats away, from the greatest seats / weight, the last of equals, until there are no more than so many. */
function drain(claims: readonly Claim[], from: readonly number[], seats: number): number[] {
  const shares = [...from]
  for (let left = sum(shares) - seats; left > 0; left--) {
    let next = 0
    let greatest = 0
    for (let at = 0; at < shares.length; at++) {
      const load = shares[at]! === 0 ? 0 : shares[at]! / claims[at]!.weight
      if (load >= greatest && shares[at]! > 0) {
        greatest = load
        next = at
      }
    }
    shares[next]!--
  }
  return shares
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
