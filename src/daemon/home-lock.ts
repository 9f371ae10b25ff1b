import { chmodSync, closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errnoOf, HoldfastError, makeDirectories, messageOf, systemWords } from '#base'

/**
 * Makes the home directory (0700) and locks it for this process; the lock ends with the process, however it ends, because it is
 * the operating system's lock on a database file. Throws `exists` when another daemon runs there, `denied` when
 * it cannot be made or written.
 */
export function lockHome(home: string): { release(): void } {
  const file = join(home, 'lock')
  try {
    makeDirectories(home, 0o700)
    chmodSync(home, 0o700)
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600)
  } catch (cause) {
    throw new HoldfastError('denied', `the home ${home} cannot be used: ${systemWords(errnoOf(cause), messageOf(cause))}`, {
      hint: 'choose another directory with --home, or give this user the right to write there',
      cause,
    })
  }
  const database = new DatabaseSync(file, { timeout: 0 })
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
