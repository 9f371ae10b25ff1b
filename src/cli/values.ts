import { HoldfastError, hostPortOf } from '#base'

const SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** `15m`, `60s`, `1h`, `500ms`, `7d`; a number alone is seconds. Throws `usage`. */
export function parseSeconds(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)?$/.exec(text)
  const seconds = Number(match?.[1]) * (SECONDS[match?.[2] ?? 's'] ?? 1)
  if (match === null || !(seconds > 0)) {
    throw new HoldfastError('usage', `${option} ${text} is not a duration`, { hint: 'write it like 90s, 15m or 1h' })
  }
  return seconds
}

/** `10%` or `0.5%`, the sign may be left out: above 0, 100 at most. Throws `usage`. */
export function parsePercent(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)%?$/.exec(text)
  const percent = Number(match?.[1])
  if (percent > 0 && percent <= 100) return percent
  throw new HoldfastError('usage', `${option} ${text} is not a part in percent`, { hint: 'write it like 10%' })
}

/** One of some words. Throws `usage`. */
export function parseWord<Word extends string>(text: string, option: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text)
  if (found === undefined) throw new HoldfastError('usage', `${option} is one of ${words.join(', ')}, not ${text}`)
  return found
}

/** `FOLDER/path/in/it` → its two parts; the path is '' where TARGET is the folder alone. */
export function parseTarget(target: string): { folder: string; path: string } {
  const slash = target.indexOf('/')
  const folder = slash < 0 ? target : target.slice(0, slash)
  if (folder === '')
    throw new HoldfastError('usage', `${target} does not begin with a folder's name`, { hint: 'write FOLDER/path/in/it' })
  return { folder, path: slash < 0 ? '' : target.slice(slash + 1).replace(/\/+$/, '') }
}

/** An address as `hostPortOf` reads it. Throws `usage`. */
export function parseHostPort(text: string): { host: string; port: number } {
  const found = hostPortOf(text)
  if (found !== null) return found
  throw new HoldfastError('usage', `--http ${text} is not HOST:PORT`, {
    hint: 'for example --http 127.0.0.1:8390, or :0 for any port',
  })
}

/** A time of `--at`, as ISO 8601. Throws `usage`. */
export function parseTime(text: string): string {
  const time = new Date(text)
  if (Number.isNaN(time.getTime()))
    throw new HoldfastError('usage', `--at ${text} is not a time`, { hint: 'write it like 2030-01-31T14:05:00Z' })
  return time.toISOString()
}
