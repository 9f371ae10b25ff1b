import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DAEMON_FILE, DaemonFile } from '#api/contract'
import { createClient, type Client, type Transport } from '#api/client'
import { noDaemon, socketTransport } from './socket-transport.ts'

type Environment = NodeJS.ProcessEnv

/**
 * The directory that relative paths are meant from. `npm run` changes to the package's directory and tells in INIT_CWD where the
 * user was; that variable is also inherited by whatever runs below, where it means nothing.
 */
export function startDirectory(env: Environment, directory: string): string {
  const start = env['INIT_CWD']
  const manifest = env['npm_package_json']
  return start !== undefined && manifest !== undefined && dirname(manifest) === directory ? start : directory
}

/** Where an install keeps its key, index and settings when nobody says otherwise. */
export function defaultHome(env: Environment, platform: NodeJS.Platform, user: string = homedir()): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(user, 'AppData', 'Local'), 'Holdfast')
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Holdfast')
  return join(env['XDG_DATA_HOME'] || join(user, '.local', 'share'), 'holdfast')
}

export function chooseHome(option: string | undefined, env: Environment, start: string): string {
  const chosen = option ?? (env['HOLDFAST_HOME'] || undefined)
  return chosen === undefined ? defaultHome(env, process.platform) : resolve(start, chosen)
}

/** The daemon that runs for `home`; throws `no-daemon` when its file is not there (a dead one shows at the first request). */
export async function findDaemon(home: string): Promise<{ client: Client; transport: Transport }> {
  const text = await readFile(join(home, DAEMON_FILE), 'utf8').catch((error: unknown) => {
    throw noDaemon(error)
  })
  const parsed = DaemonFile.safeParse(parseJson(text))
  if (!parsed.success) throw noDaemon(parsed.error)
  const transport = socketTransport(parsed.data.socket)
  return { client: createClient(transport), transport }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
