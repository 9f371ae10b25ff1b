/** A time as a field for it has it, by this computer's clock: `2030-01-02T03:04:05`. */
export function toLocal(iso: string): string {
  const time = new Date(iso)
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/** The same the other way: the end of that second, so that what was written in it counts; null where it is no time. */
export function fromLocal(local: string): string | null {
  const time = new Date(local)
  if (Number.isNaN(time.getTime())) return null
  return new Date(Math.floor(time.getTime() / 1000) * 1000 + 999).toISOString()
}
