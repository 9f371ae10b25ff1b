import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DAEMON_FILE, DaemonFile } from '#api/contract'
import { ApiError, createClient, type Client, type Transport } from '#api/client'
import { shellWord } from '#base'
import { socketTransport } from './socket-transport.ts'

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

/** What starts the daemon of a home: the usual one, or the one that was named. */
export function serveCommand(named: string | null): string {
  return named === null ? 'holdfast serve' : `holdfast serve --home ${shellWord(named)}`
}

/**
 * The daemon that runs for `home`; throws `no-daemon` when its file is not there (a dead one shows at the first request). `start` is
 * the command that starts it.
 */
export async function findDaemon(home: string, start = serveCommand(home)): Promise<{ client: Client; transport: Transport }> {
  const text = await readFile(join(home, DAEMON_FILE), 'utf8').catch((error: unknown) => {
    throw noDaemon(home, start, error)
  })
  const parsed = DaemonFile.safeParse(parseJson(text))
  if (!parsed.success) throw noDaemon(home, start, parsed.error)
  const transport = socketTransport(parsed.data.socket, (cause) => noDaemon(home, start, cause))
  return { client: createClient(transport), transport }
}

function noDaemon(home: string, start: string, cause: unknown): ApiError {
  const hint = `start it with ${start}, or choose another with --home DIR`
  return new ApiError(0, 'no-daemon', `no Holdfast daemon is running for the home ${home}`, hint, cause)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
