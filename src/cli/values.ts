import { durationMs, HoldfastError, hostPortOf, readsAsTime, shellWord } from '#base'

/** `15m`, `60s`, `1h`, `500ms`, `7d`; a number alone is seconds. Throws `usage`. */
export function parseSeconds(text: string, option: string): number {
  const ms = durationMs(text)
  if (ms === null || ms <= 0) {
    throw new HoldfastError('usage', `${option} ${text} is not a duration`, { hint: 'write it like 90s, 15m or 1h' })
  }
  return ms / 1000
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

/** A whole folder, by its name or id, as `command` (its words) takes it; a / after it does no harm. Throws `usage` for what is in one, or a path on the disk. */
export function parseFolder(text: string, command: string): string {
  const name = text.replace(/\/+$/, '')
  const [first = '', ...more] = name.split('/')
  if (name !== '' && more.length === 0) return name
  if (['', '.', '..', '~'].includes(first))
    throw new HoldfastError('usage', `${text} is a path on the disk, and holdfast ${command} takes a folder by its name or id`, {
      hint: 'holdfast folder list shows which name is at which path',
    })
  throw new HoldfastError('usage', `${text} names something in a folder, and holdfast ${command} takes a whole one`, {
    hint: `for all of ${first}: holdfast ${command} ${shellWord(first)}`,
  })
}

/** The same of one file; `other` tells what else may be meant. Throws `usage` for a folder alone. */
export function parseFile(target: string, other = ''): { folder: string; path: string } {
  const parsed = parseTarget(target)
  if (parsed.path !== '') return parsed
  throw new HoldfastError('usage', `${target} names no file`, {
    hint: `write FOLDER/path/in/it${other === '' ? '' : `; ${other}`}`,
  })
}

/** A version's id or its first digits, of TARGET. Throws `usage`. */
export function parseVersion(text: string, target: string): string {
  if (/^[0-9a-f]{1,32}$/.test(text)) return text
  throw new HoldfastError('usage', `${text} is not the id of a version`, {
    hint: `holdfast versions ${shellWord(target)} lists them; the first digits are enough`,
  })
}

/** An address as `hostPortOf` reads it. Throws `usage`. */
export function parseHostPort(text: string): { host: string; port: number } {
  const found = hostPortOf(text)
  if (found !== null) return found
  throw new HoldfastError('usage', `--http ${text} is not HOST:PORT`, {
    hint: 'for example --http 127.0.0.1:8390, or :0 for any port',
  })
}

/** What `--at` says: a time, or else the name of a snapshot. Throws `usage` for nothing. */
export function parseMoment(text: string): { at: string } | { snapshot: string } {
  if (text.trim() === '')
    throw new HoldfastError('usage', '--at is empty', { hint: `write a time, like --at ${TIME_LIKE}, or the name of a snapshot` })
  return readsAsTime(text) ? { at: parseTime(text) } : { snapshot: text }
}

/** How `--at` takes a time. */
export const TIME_LIKE = '2030-01-31T14:05:00Z'

/** A time of `--at`, as ISO 8601. Throws `usage`. */
export function parseTime(text: string): string {
  const time = new Date(text)
  if (Number.isNaN(time.getTime()))
    throw new HoldfastError('usage', `--at ${text} is not a time`, { hint: `write it like ${TIME_LIKE}` })
  return time.toISOString()
}
