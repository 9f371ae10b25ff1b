/** Seconds until six in the morning of the next day. */
export function untilTomorrow(now: Date): number {
  const morning = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 6)
  return Math.round((morning.getTime() - now.getTime()) / 1_000)
}
