import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { requireLoopback } from '#api'
import { byteRate, byteSize, durationMs, errnoOf, flushDirectory, HoldfastError, hostPortOf, messageOf } from '#base'
import { isListenAddress } from '#peers'
import { GROUP_SETTING_KEYS } from './group-settings.ts'
import { LOG_LEVELS } from './logging.ts'

/** As text, too: the command line has nothing else. */
const wholeNumber = z.union([
  z.int().min(0),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
])

/** Bytes, or a size as people write it. */
const bytes = z.union([z.number(), z.string().transform((text) => byteSize(text))]).pipe(z.int().min(0))

/** With less a chunk takes longer than anybody waits for it. */
const LEAST_RATE = 10_000

/** Bytes a second, as the user wrote it. */
const rate = z
  .union([z.number(), z.string()])
  .transform(String)
  .refine((text) => byteRate(text) === 0 || (byteRate(text) ?? 0) >= LEAST_RATE)
  .default('0')

/** What the user can set; the file holds only what differs from the defaults. */
const schema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .default(() => hostname().slice(0, 64) || 'device'),
  listen: z.array(z.string().refine(isListenAddress)).default([]),
  http: z
    .string()
    .refine((text) => hostPortOf(text) !== null)
    .default('127.0.0.1:8390'),
  log_level: z.enum(LOG_LEVELS).default('info'),
  gc_grace: z
    .string()
    .refine((text) => durationMs(text) !== null)
    .default('1d'),
  cache_bytes: bytes.default(1024 ** 3),
  scrub_days: wholeNumber.pipe(z.int().max(3650)).default(30),
  pledge: bytes.default(0),
  rate_limit_up: rate,
  rate_limit_down: rate,
})

export type SettingValues = z.infer<typeof schema>
export type SettingKey = keyof SettingValues

const TAKES_RATE = 'a size per second, like 5MB or 500KB/s, of 10KB at least; 0 for no limit'

/** What each takes, in words. */
const TAKES: Record<SettingKey, string> = {
  name: 'a name of 1 to 64 characters',
  listen: 'multiaddrs, separated by commas, like /ip4/0.0.0.0/tcp/4001',
  http: 'HOST:PORT, like 127.0.0.1:8390',
  log_level: `one of ${LOG_LEVELS.join(', ')}`,
  gc_grace: 'a duration, like 1d, 12h or 0',
  cache_bytes: 'a size, like 1GB or 500MiB; 0 keeps nothing',
  scrub_days: 'a number of days from 1 to 3650, or 0 for never',
  pledge: 'a size, like 100GB or 1.5TiB; 0 for none',
  rate_limit_up: TAKES_RATE,
  rate_limit_down: TAKES_RATE,
}

/**
 * `<home>/config.json`: read at the start, written whole and by rename when a setting changes. What is in it that cannot be used counts as
 * if it were not there, so that the device starts and a command can mend it.
 */
export class Settings {
  readonly #file: string
  #values: SettingValues
  #stored: Partial<SettingValues>
  /** What was wrong in the file, a sentence for each setting, without a full stop. */
  readonly faults: readonly string[]

  /** Throws `corrupt` for a file that is no JSON object. */
  constructor(home: string) {
    this.#file = join(home, 'config.json')
    const { stored, faults } = usable(this.#read(), this.#file)
    this.#stored = stored
    this.#values = schema.parse(stored)
    this.faults = faults
  }

  get values(): SettingValues {
    return this.#values
  }

  /** Throws `not-found` for a key that is none. */
  get(key: string): SettingValues[SettingKey] {
    return this.#values[known(key)]
  }

  /** Has the user, or a command, said what it is? */
  isSet(key: SettingKey): boolean {
    return this.#stored[key] !== undefined
  }

  /** What the settings would be with this value; text as the command line has it, lists separated by commas. Throws `usage` or `denied`. */
  check(key: string, value: unknown): SettingValues {
    return this.#with(key, value).values
  }

  /** Checks and keeps a value; durable when it returns. Throws as `check` does. */
  set(key: string, value: unknown): void {
    const { stored, values } = this.#with(key, value)
    const draft = `${this.#file}.new`
    writeFileSync(draft, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(draft, this.#file)
    flushDirectory(dirname(this.#file))
    this.#stored = stored
    this.#values = values
  }

  #with(key: string, value: unknown): { stored: Partial<SettingValues>; values: SettingValues } {
    const name = known(key)
    const given = name === 'listen' && typeof value === 'string' ? listOf(value) : value
    const stored = { ...this.#stored, [name]: given }
    if (given === null) delete stored[name]
    const fault = given === null ? null : faultOf(name, given)
    if (fault !== null) throw fault
    const values = schema.parse(stored)
    // As it is read, a number where it was typed.
    if (given !== null) Object.assign(stored, { [name]: values[name] })
    return { stored: stored as Partial<SettingValues>, values }
  }

  #read(): Record<string, unknown> {
    try {
      return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(this.#file, 'utf8')))
    } catch (cause) {
      if (errnoOf(cause) === 'ENOENT') return {}
      throw new HoldfastError('corrupt', `the settings in ${this.#file} cannot be read`, {
        reason: 'settings-file',
        values: { path: this.#file },
        hint: 'mend the file or remove it',
        cause,
      })
    }
  }
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Why a setting cannot have a value: `usage`, or `denied` for a page that others could reach. */
function faultOf(key: SettingKey, value: unknown): HoldfastError | null {
  const result = schema.shape[key].safeParse(value)
  if (!result.success)
    return new HoldfastError(
      'usage',
      `${JSON.stringify(Array.isArray(value) ? value.join(',') : value)} is no value for ${key}`,
      { reason: 'no-value', values: { key, value: String(value) }, hint: `it takes ${TAKES[key]}` },
    )
  if (key !== 'http') return null
  try {
    requireLoopback(hostPortOf(String(value))?.host ?? '')
    return null
  } catch (error) {
    return error as HoldfastError
  }
}

/** What of a file's settings can be used, and what is wrong with the others. */
function usable(found: Record<string, unknown>, file: string): { stored: Partial<SettingValues>; faults: string[] } {
  const faults: string[] = []
  const stored: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(found)) {
    if (!(key in schema.shape)) {
      faults.push(`${key} in ${file} is no setting, and is passed over`)
      continue
    }
    const fault = faultOf(key as SettingKey, value)
    if (fault === null) stored[key] = value
    else
      faults.push(
        `${key} in ${file} cannot be used, so the default counts: ${messageOf(fault)}; ${fault.hint}. ` +
          `Mend it there, or by: holdfast config set ${key} VALUE`,
      )
  }
  return { stored: stored as Partial<SettingValues>, faults }
}

function known(key: string): SettingKey {
  if (key in schema.shape) return key as SettingKey
  throw new HoldfastError('not-found', `there is no setting ${key}`, {
    reason: 'no-setting',
    values: { key },
    hint: `there are ${[...Object.keys(schema.shape), ...GROUP_SETTING_KEYS].join(', ')}`,
  })
}
