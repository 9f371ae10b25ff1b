/** How fast something comes on: smoothed, since rates of half a second jump, and whoever reads a time wants one that holds. */
export interface Pace {
  /** Milliseconds, of any clock that only goes forward. */
  at: number
  bytesPerSecond: number
}

/** After this time what was before counts half. */
const HALF_MS = 5_000
/** Slower than that it stands still, and there is no telling when it ends. */
const LEAST_BYTES_PER_SECOND = 100

/** The pace after a rate was told at a time: the first one as it is, and the first after none at all. */
export function paced(before: Pace | null, bytesPerSecond: number, at: number): Pace {
  if (before === null || before.bytesPerSecond === 0) return { at, bytesPerSecond }
  const weight = 0.5 ** (Math.max(0, at - before.at) / HALF_MS)
  return { at, bytesPerSecond: before.bytesPerSecond * weight + bytesPerSecond * (1 - weight) }
}

/** Seconds until `bytes` have come; null where nothing comes. */
export function secondsLeft(pace: Pace | null, bytes: number): number | null {
  if (pace === null || pace.bytesPerSecond < LEAST_BYTES_PER_SECOND) return null
  return bytes / pace.bytesPerSecond
}
