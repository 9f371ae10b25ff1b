import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errnoOf } from './errors.ts'

/**
 * Makes a directory where there is none, and those above it. `mkdir` with `recursive` never ends where a directory cannot be made in one
 * that is there (in Linux's /proc); this throws what the system says of the first that cannot be made. `mode` is of all that are made.
 */
export function makeDirectories(path: string, mode = 0o777): void {
  const parent = dirname(path)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && parent !== path && !existsSync(parent)) {
      makeDirectories(parent, mode)
      mkdirSync(path, { mode })
    } else if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error
  }
}
