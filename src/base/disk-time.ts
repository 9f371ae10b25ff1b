/** What a time in milliseconds may be off by that was added up of seconds and nanoseconds; less than any disk tells. */
const ERROR_MS = 1e-9

/**
 * A time as Node's calls take it for a disk, in seconds, of microseconds since 1970: after it was cut to nanoseconds on the way it is that
 * very microsecond, as far as doubles tell microseconds apart (until the year 2106; later the nearest). As text, because of a number below
 * 0 Node makes the current time.
 */
export function diskSeconds(microseconds: number): string {
  const nearest = microseconds / 1_000_000
  // One that lies below by less than half a step of doubles is cut to the microsecond before.
  const found = [nearest, nextAbove(nearest)].find((seconds) => held(seconds) === microseconds)
  return String(found ?? nearest)
}

/** The microsecond that a time of `fs.BigIntStats`, in nanoseconds, falls into. */
export function microsecondsOf(nanoseconds: bigint): number {
  return Number((nanoseconds - (((nanoseconds % 1000n) + 1000n) % 1000n)) / 1000n)
}

/**
 * The microsecond that a time of `fs.Stats` falls into. Its doubles are a quarter of a microsecond apart, so of what comes later in
 * one the next may be said; a time that `diskSeconds` made is found again.
 */
export function microsecondsIn(milliseconds: number): number {
  const nearest = Math.round(milliseconds * 1000)
  return nearest / 1000 - milliseconds < ERROR_MS ? nearest : nearest - 1
}

/** The microsecond that libuv makes of seconds (uv__fs_to_timespec). */
function held(seconds: number): number {
  const whole = Math.trunc(seconds)
  return whole * 1_000_000 + Math.floor(Math.trunc((seconds - whole) * 1e9) / 1000)
}

function nextAbove(seconds: number): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, seconds)
  view.setBigInt64(0, view.getBigInt64(0) + (seconds >= 0 ? 1n : -1n))
  return view.getFloat64(0)
}
