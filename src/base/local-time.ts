/** A time (ms, or ISO) for people: in their own time zone, to the second. */
export function localTime(time: number | string): string {
  return new Date(time).toLocaleString('sv-SE')
}
