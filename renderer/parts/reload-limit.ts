const SPAN_MS = 60_000
const MOST = 3

/** The times of a page's reloads with one more, ms; null where there were as many already within a minute as can be of any use. Pure. */
export function oneMoreReload(times: readonly number[], now: number): number[] | null {
  const lately = times.filter((at) => at <= now && now - at < SPAN_MS)
  return lately.length >= MOST ? null : [...lately, now]
}
