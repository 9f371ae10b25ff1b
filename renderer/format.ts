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

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

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
