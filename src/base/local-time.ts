/** A time (ms, or ISO) for people: in their own time zone, to the second. */
export function localTime(time: number | string): string {
  return new Date(time).toLocaleString('sv-SE')
}

/** Is it written like a time, as ISO 8601 begins? `Date` alone takes `before 2` for one. */
export function readsAsTime(text: string): boolean {
  return /^\d{4}(?!\d)/.test(text) && !Number.isNaN(Date.parse(text))
}
