import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const electron = join(import.meta.dirname, '../node_modules/electron')

/**
 * Electron's binary, if it is here. Asking the package itself would start a download. ELECTRON_OVERRIDE_DIST_PATH names the directory of
 * another one, as for Electron's own tools.
 */
export function electronBinary(): string | null {
  const name = existsSync(join(electron, 'path.txt')) ? readFileSync(join(electron, 'path.txt'), 'utf8').trim() : 'electron'
  const path = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] || join(electron, 'dist'), name)
  return existsSync(path) ? path : null
}

/** What to do where it is not. */
export const HOW_TO_GET_IT = 'it comes with `npx install-electron`, where the internet is'
