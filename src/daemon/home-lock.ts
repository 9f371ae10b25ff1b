import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HoldfastError } from '#base'

/**
 * Makes the home directory (0700) and locks it for this process; the lock ends with the process, however it ends, because it is
 * the operating system's lock on a database file. Throws `exists` when another daemon runs there.
 */
export function lockHome(home: string): { release(): void } {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  chmodSync(home, 0o700)
  const database = new DatabaseSync(join(home, 'lock'), { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    throw new HoldfastError('exists', `a daemon is running already with the home ${home}`, {
      hint: 'use that one, or choose another home with --home',
      cause,
    })
  }
  return { release: () => database.close() }
}
