import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DAEMON_FILE, DaemonFile } from '#api/contract'
import { ApiError, createClient, type Client, type Transport } from '#api/client'
import { defaultHome, errnoOf, HoldfastError, shellWord } from '#base'
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

/** Throws `usage` for an empty option, as an unset variable of a shell makes it: no command is to work in the directory at hand by chance. */
export function chooseHome(option: string | undefined, env: Environment, start: string): string {
  if (option === '')
    throw new HoldfastError('usage', '--home is empty', { hint: 'name a directory, or leave --home out for the usual one' })
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
  const text = await readFile(join(home, DAEMON_FILE), 'utf8').catch(async (error: unknown) => {
    throw await withoutFile(home, start, error)
  })
  const parsed = DaemonFile.safeParse(parseJson(text))
  if (!parsed.success) throw noDaemon(home, start, parsed.error)
  const transport = socketTransport(parsed.data.socket, (cause) => noDaemon(home, start, cause))
  return { client: createClient(transport), transport }
}

/** A home where nothing is may be a wrong one; a file is none, and one that may not be read is somebody else's. */
async function withoutFile(home: string, start: string, cause: unknown): Promise<Error> {
  const other = 'choose another home with --home DIR'
  if (errnoOf(cause) === 'ENOTDIR') return new ApiError(0, 'no-daemon', `the home ${home} is no directory`, other, cause)
  if (errnoOf(cause) === 'EACCES')
    return new ApiError(
      0,
      'no-daemon',
      `this user may not look into the home ${home}`,
      `be the user whose home it is, or ${other}`,
      cause,
    )
  const isThere = await stat(home).catch(() => null)
  return noDaemon(isThere === null ? `${home}, where nothing is` : home, start, cause)
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
