import { accessSync, constants } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isOneFile } from './own-files.ts'

/** In the environment of a program that was replaced by itself; it does not pass it on. */
const MARK = 'HOLDFAST_SETTLED'

/**
 * For Node, of each thread of the daemon: small young generations, and old ones that are collected first at 12 MiB, where V8 would wait for tens, and
 * again when they have grown by half. A device stays small while it syncs.
 */
export const nodeFlags: readonly string[] = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=4',
  '--initial-old-space-size=12',
  '--heap-growing-percent=50',
]

/** How to start a program over. */
export interface Beginning {
  /** The node to run. */
  file: string
  args: string[]
  env: Record<string, string>
}

/**
 * How this program would have been started with these flags of Node and these variables; what the user has set goes before ours.
 * null where it was, or where it cannot be replaced: only Linux has all of it, Electron is no node, and a channel to a parent
 * would be lost. `isProgram`: it is one executable, which has these flags in itself.
 */
export function beginAnew(
  { platform, versions, execPath, execArgv, argv, env, channel, execve }: ReplaceableProcess,
  flags: readonly string[],
  variables: Readonly<Record<string, string>>,
  isProgram = isOneFile,
): Beginning | null {
  const [, script, ...args] = argv
  if (env[MARK] !== undefined || platform !== 'linux' || execve === undefined) return null
  if (versions['electron'] !== undefined || channel != null || script === undefined) return null
  // The one executable has its flags in itself, and names itself where others name their script.
  const before = isProgram ? [] : [...flags.filter((flag) => !execArgv.includes(flag)), ...execArgv, script]
  return {
    file: execPath,
    args: [execPath, ...before, ...args],
    env: { ...variables, ...(env as Record<string, string>), [MARK]: '1' },
  }
}

export interface ReplaceableProcess extends Pick<
  NodeJS.Process,
  'platform' | 'versions' | 'execPath' | 'execArgv' | 'argv' | 'env'
> {
  channel?: NodeJS.Process['channel'] | null | undefined
  execve?: NodeJS.Process['execve'] | undefined
}

/**
 * Replaces this program by itself, under the same process id, with flags and variables that only count from the start. Returns
 * in the program that was started so, and at once where that cannot be done; to be called before anything else was begun.
 */
export function settleProcess(flags: readonly string[], variables: Readonly<Record<string, string>>): void {
  const beginning = beginAnew(process, flags, variables)
  delete process.env[MARK]
  if (beginning === null) return
  try {
    accessSync(beginning.file, constants.X_OK) // A failed execve would end us.
    process.execve?.(beginning.file, beginning.args, beginning.env)
  } catch {
    // All works without it; it only takes more memory.
  }
}

/**
 * Collects the garbage of this thread now. V8 collects only while objects are made: an idle thread keeps for ever what its last
 * work left. `regular` blocks for some tens of milliseconds, and V8 gives the freed pages back in ten seconds; `last-resort` takes
 * several times as long, and they are given back when this returns.
 */
export function collectGarbage(flavor: 'regular' | 'last-resort'): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as ((how: { type: 'major'; flavor: typeof flavor }) => void) | undefined
  collect?.({ type: 'major', flavor })
}
