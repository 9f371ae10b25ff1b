import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { errnoOf, HoldfastError } from '#base'
import { LOG_LEVELS } from './logging.ts'

/** What the user can set; the file holds only what differs from the defaults. */
const schema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .default(() => hostname().slice(0, 64) || 'device'),
  listen: z.array(z.string()).default([]),
  http: z.string().default('127.0.0.1:8390'),
  log_level: z.enum(LOG_LEVELS).default('info'),
})

export type SettingValues = z.infer<typeof schema>
export type SettingKey = keyof SettingValues

/** What each takes, in words. */
const TAKES: Record<SettingKey, string> = {
  name: 'a name of 1 to 64 characters',
  listen: 'multiaddrs, separated by commas',
  http: 'HOST:PORT',
  log_level: `one of ${LOG_LEVELS.join(', ')}`,
}

/** Settings of the fixed contract whose rooms are not built yet. */
const LATER = new Set(['replication_factor', 'pledge', 'rate_limit_up', 'rate_limit_down', 'leave_after'])

/** `<home>/config.json`: read at the start, written whole and by rename when a setting changes. */
export class Settings {
  readonly #file: string
  #values: SettingValues
  #stored: Partial<SettingValues>

  constructor(home: string) {
    this.#file = join(home, 'config.json')
    this.#stored = this.#read()
    this.#values = this.#parse(this.#stored)
  }

  get values(): SettingValues {
    return this.#values
  }

  /** Throws `not-found` for a key that is none, `unsupported` for one that does nothing yet. */
  get(key: string): SettingValues[SettingKey] {
    return this.#values[known(key)]
  }

  /** What the settings would be with this value; text as the command line has it, lists separated by commas. Throws `usage`. */
  check(key: string, value: unknown): SettingValues {
    return this.#with(key, value).values
  }

  /** Checks and keeps a value; durable when it returns. Throws `usage`. */
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
    const given = name === 'listen' && typeof value === 'string' ? value.split(',').filter((item) => item !== '') : value
    const stored = { ...this.#stored, [name]: given }
    if (given === null) delete stored[name]
    const result = schema.safeParse(stored)
    if (!result.success)
      throw new HoldfastError('usage', `${JSON.stringify(value)} is no value for ${key}`, { hint: `it takes ${TAKES[name]}` })
    return { stored: stored as Partial<SettingValues>, values: result.data }
  }

  #read(): Partial<SettingValues> {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as Partial<SettingValues>
    } catch (cause) {
      if (errnoOf(cause) === 'ENOENT') return {}
      throw new HoldfastError('corrupt', `the settings in ${this.#file} cannot be read`, {
        hint: 'mend the file or remove it',
        cause,
      })
    }
  }

  #parse(stored: unknown): SettingValues {
    const result = schema.safeParse(stored)
    if (result.success) return result.data
    const issue = result.error.issues[0]
    const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]?.toString()
    const takes = TAKES[key as SettingKey] as string | undefined
    throw new HoldfastError(
      'corrupt',
      `the settings in ${this.#file} are wrong${key === undefined ? '' : ` at ${key}`}: ${takes === undefined ? 'there is no such setting' : `it takes ${takes}`}`,
      { hint: 'mend the file or remove it' },
    )
  }
}

/** A name is durable when its directory is. Windows can flush no directory, and needs not. */
function flushDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function known(key: string): SettingKey {
  if (key in schema.shape) return key as SettingKey
  if (LATER.has(key)) throw new HoldfastError('unsupported', `${key} does nothing yet in this version`)
  throw new HoldfastError('not-found', `there is no setting ${key}`, {
    hint: `there are ${Object.keys(schema.shape).join(', ')}`,
  })
}
