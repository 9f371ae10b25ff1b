import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errnoOf } from './errors.ts'

/**
 * Makes a directory where there is none, and those above it. `mkdir` with `recursive` never ends where a directory cannot be made in one
 * that is there (in Linux's /proc); this throws what the system says of the first that cannot be made. `mode` is of all that are made.
 */
export function makeDirectories(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && dirname(path) !== path) {
      if (!existsSync(dirname(path))) makeDirectories(dirname(path), mode)
      // Also where the parent is there by now: another process may have made it since.
      makeOne(path, mode)
    } else if (!isDirectory(path)) throw error
  }
}

function makeOne(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (!isDirectory(path)) throw error
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
