import { currentLocale } from './text/text.ts'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte']

/** 5_000_000 → `5 MB`. */
export function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const unit = UNITS[power] ?? 'byte'
  return numbers(`size ${unit}`, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 })
    .format(bytes / 1000 ** power)
    .replace(/byte/i, 'B')
    .replace('kB', 'KB')
}

/** How much of a whole is done, never 100 % before all is. */
export function percent(done: number, total: number): string {
  const part = total <= 0 ? 1 : Math.floor((Math.min(done, total) / total) * 100) / 100
  return new Intl.NumberFormat(currentLocale(), { style: 'percent' }).format(part)
}

/** 99.96 → `99 %`: never all before it is. */
export function percentOf(value: number): string {
  return percent(value, 100)
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What stands between a number and its fraction in the page's language. */
export function decimalSign(): string {
  const parts = numbers('decimal', {}).formatToParts(1.5)
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.'
}

/** A length of time as people say it: 95 → `2 minutes`; of hours the minutes, too. */
export function timeSpan(seconds: number): string {
  const say = (value: number, unit: string): string =>
    new Intl.NumberFormat(currentLocale(), { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }).format(value)
  if (seconds >= DAY) return say(Math.round(seconds / DAY), 'day')
  const minutes = Math.round(seconds / MINUTE)
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (hours > 0) return rest === 0 ? say(hours, 'hour') : `${say(hours, 'hour')} ${say(rest, 'minute')}`
  if (seconds >= MINUTE) return say(minutes, 'minute')
  return say(seconds < 10 ? Math.max(1, Math.round(seconds)) : Math.round(seconds / 10) * 10, 'second')
}

/** What is left of some minutes, as a clock counts down: 61_000 → `1:01`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** How long something is past, in the largest unit that fits: `3 days ago`. */
export function ago(iso: string): string {
  const seconds = (Date.now() - Date.parse(iso)) / 1_000
  const format = new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto' })
  const [unit, length] =
    seconds >= DAY ? (['day', DAY] as const) : seconds >= HOUR ? (['hour', HOUR] as const) : (['minute', MINUTE] as const)
  return format.format(-Math.max(0, Math.floor(seconds / length)), unit)
}

/** The time of day today, else the date with it. */
export function when(iso: string): string {
  const time = new Date(iso)
  const clock = dates('clock', { hour: '2-digit', minute: '2-digit' }).format(time)
  const now = new Date()
  if (time.toDateString() === now.toDateString()) return clock
  const isThisYear = time.getFullYear() === now.getFullYear()
  const day = isThisYear
    ? dates('day', { day: 'numeric', month: 'short' })
    : dates('day of a year', { day: 'numeric', month: 'short', year: 'numeric' })
  return `${day.format(time)}, ${clock}`
}

/** A format is made once: that takes longer than a hundred uses of it, and long lists are full of them. */
const numbers = remembered((options: Intl.NumberFormatOptions) => new Intl.NumberFormat(currentLocale(), options))
const dates = remembered((options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(currentLocale(), options))

function remembered<Options, Format>(make: (options: Options) => Format): (name: string, options: Options) => Format {
  const made = new Map<string, Format>()
  return (name, options) => {
    const key = `${currentLocale()} ${name}`
    const format = made.get(key) ?? make(options)
    made.set(key, format)
    return format
  }
}

/** A date and a time in full. */
export function exactly(iso: string): string {
  return new Date(iso).toLocaleString(currentLocale(), { dateStyle: 'medium', timeStyle: 'medium' })
}

/** 314159 → `314 159`. */
export function digitGroups(digits: string): string {
  return `${digits.slice(0, 3)} ${digits.slice(3)}`
}

/** With a capital and a full stop, but none behind a command: it would be typed with it. */
export function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?:]$|\bholdfast (?:(?![;:.] ).)*$/.test(capital) ? capital : `${capital}.`
}

/** 12_000 → `+12 KB`. */
export function sizeChange(bytes: number): string {
  return bytes === 0 ? '±0 B' : `${bytes < 0 ? '\u2212' : '+'}${size(Math.abs(bytes))}`
}

/** The time of day alone. */
export function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString(currentLocale(), { hour: '2-digit', minute: '2-digit' })
}

/** A day, whole: `Wednesday, 2 January 2030`; today and yesterday in words. */
export function dayName(iso: string, now = new Date()): string {
  const day = new Date(iso)
  const ago = Math.round((midnight(now) - midnight(day)) / DAY_MS)
  if (ago === 0 || ago === 1) {
    const word = new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto' }).format(-ago, 'day')
    return `${word.charAt(0).toLocaleUpperCase(currentLocale())}${word.slice(1)}`
  }
  return day.toLocaleDateString(currentLocale(), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
}

/** From one time to another, what both share said once. */
export function timeRange(from: string, until: string): string {
  const form = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const
  return new Intl.DateTimeFormat(currentLocale(), form).formatRange(new Date(from), new Date(until))
}

const DAY_MS = 86_400_000

function midnight(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime()
}
