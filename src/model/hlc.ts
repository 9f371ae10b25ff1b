/**
 * A hybrid logical clock (Kulkarni et al. 2014) in one safe integer: milliseconds since 1970 × 1024 + a counter.
 * It breaks ties between concurrent versions the same way everywhere; it never decides newer or older.
 */
export type Hlc = number

const TICKS_PER_MS = 1024
/** A time of another device further ahead than this is not adopted, so that one wrong clock does not drag all along. */
const MAX_AHEAD_MS = 3_600_000
/** 100 years: a clock that begins at 1970 still believes one of today. */
const MAX_BELIEVED_MS = 100 * 365 * 86_400_000
/** Room for a trillion edits below the greatest safe integer. */
const MAX_BELIEVED = 2 ** 53 - 2 ** 40

/** The next time of this device: after `last`, and not before the wall clock `now` (ms). */
export function tickHlc(last: Hlc, now: number): Hlc {
  return Math.max(last + 1, Math.floor(now) * TICKS_PER_MS)
}

/** What `last` becomes after seeing `seen`, at the wall clock `now` (ms). */
export function adoptHlc(last: Hlc, seen: Hlc, now: number): Hlc {
  return seen > last && seen <= (now + MAX_AHEAD_MS) * TICKS_PER_MS ? seen : last
}

/**
 * The latest time, and the greatest counter of a version vector, that is believed at the wall clock `now` (ms). Clocks may be years
 * apart, but a counter that leaves no room for a greater one would end all editing of its path. Since the bound moves on by more
 * than anybody edits, what follows on the greatest counter believed is believed a moment later.
 */
export function latestBelieved(now: number): Hlc {
  return Math.min((Math.floor(now) + MAX_BELIEVED_MS) * TICKS_PER_MS, MAX_BELIEVED)
}

/** Milliseconds since 1970. */
export function hlcTime(hlc: Hlc): number {
  return Math.floor(hlc / TICKS_PER_MS)
}

/** The same with the counter as a fraction, so that versions of one millisecond stand in their order. */
export function hlcExactTime(hlc: Hlc): number {
  return hlc / TICKS_PER_MS
}
