const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_DAYS = 7

/** A span of the calendar: months and years are as long as they happen to be. Integers from 0. */
export interface CalendarSpan {
  readonly years: number
  readonly months: number
  readonly days: number
  readonly hours: number
}

/** The calendar's periods that a version can be the newest of. */
export type Period = 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly'

/**
 * The period in which `time` (ms since 1970) lies, as ISO 8601 writes it: `2026-05-01T13`, `2026-05-01`, `2026-W18`, `2026-05`,
 * `2026`. In UTC, whatever the time zone of this device is: all devices have to find the same periods, also after a
 * journey, and there is no hour that comes twice or never.
 */
export function periodOf(period: Period, time: number): string {
  const iso = new Date(Math.floor(time)).toISOString()
  const day = iso.slice(0, iso.indexOf('T'))
  switch (period) {
    case 'hourly':
      return iso.slice(0, day.length + 3)
    case 'daily':
      return day
    case 'weekly':
      return weekOf(time)
    case 'monthly':
      return day.slice(0, -3)
    case 'yearly':
      return day.slice(0, -6)
  }
}

/** A week is from Monday to Sunday and belongs to the year that its Thursday is in (ISO 8601): 2027-01-01 is in 2026-W53. */
function weekOf(time: number): string {
  const fromMonday = (new Date(Math.floor(time)).getUTCDay() + 6) % WEEK_DAYS
  const thursday = time + (3 - fromMonday) * DAY_MS
  const year = periodOf('yearly', thursday)
  const dayOfYear = Math.floor((thursday - Date.parse(`${year}-01-01T00:00:00Z`)) / DAY_MS)
  return `${year}-W${String(Math.floor(dayOfYear / WEEK_DAYS) + 1).padStart(2, '0')}`
}

/**
 * The time (ms) that lies `span` before `time`: first years, months and days by the calendar of UTC, then hours. A day that a
 * month does not have runs over into the next one, as restic has it: a month before 31 March is 3 March (2 in a leap year).
 */
export function before(time: number, { years, months, days, hours }: CalendarSpan): number {
  const date = new Date(Math.floor(time))
  date.setUTCFullYear(date.getUTCFullYear() - years, date.getUTCMonth() - months, date.getUTCDate() - days)
  return date.getTime() - hours * HOUR_MS
}
