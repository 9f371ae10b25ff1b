import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where an install keeps its key, index and settings when nobody says otherwise. */
export function defaultHome(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, user: string = homedir()): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(user, 'AppData', 'Local'), 'Holdfast')
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Holdfast')
  return join(env['XDG_DATA_HOME'] || join(user, '.local', 'share'), 'holdfast')
}
