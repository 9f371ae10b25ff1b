/**
 * A hybrid logical clock (Kulkarni et al. 2014) in one safe integer: milliseconds since 1970 × 1024 + a counter.
 * It breaks ties between concurrent versions the same way everywhere; it never decides newer or older.
 */
export type Hlc = number

const TICKS_PER_MS = 1024
/** A time of another device further ahead than this is not adopted, so that one wrong clock does not drag all along. */
const MAX_AHEAD_MS = 3_600_000

/** The next time of this device: after `last`, and not before the wall clock `now` (ms). */
export function tickHlc(last: Hlc, now: number): Hlc {
  return Math.max(last + 1, Math.floor(now) * TICKS_PER_MS)
}

/** What `last` becomes after seeing `seen`, at the wall clock `now` (ms). */
export function adoptHlc(last: Hlc, seen: Hlc, now: number): Hlc {
  return seen > last && seen <= (now + MAX_AHEAD_MS) * TICKS_PER_MS ? seen : last
}

/** Milliseconds since 1970. */
export function hlcTime(hlc: Hlc): number {
  return Math.floor(hlc / TICKS_PER_MS)
}
