import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Client } from '../src/api/client/index.ts'
import { findDaemon } from '../src/cli/places.ts'
import { isFresh } from './freshness.mjs'
import { processTree } from './process-tree.ts'

const NODE_FLAGS = ['--disable-warning=ExperimentalWarning']

const checkout = join(import.meta.dirname, '..')
const START_MS = 30_000

/** The program as it is in the checkout: its sources, or what was built of them. */
export const sourceEntry = join(checkout, 'src/main.ts')
export const builtEntry = join(checkout, 'dist/main.js')
/** What was built, if it is of these sources: it starts in a fraction of the time. */
export const programEntry = isFresh(checkout) ? builtEntry : sourceEntry

export interface DeviceOptions {
  home: string
  name: string
  /** The program to run; when left out what was built, or else its sources. */
  entry?: string
  /** What runs it, where that is not this Node with `entry`: a program and its first arguments. */
  command?: readonly string[]
  /** More for `serve`. */
  args?: readonly string[]
  /** True: it says, as it does to people, where its page is; see `launchLink`. */
  forPeople?: boolean
  env?: NodeJS.ProcessEnv
  /** The user and group id it runs under, where that is not ours. */
  uid?: number
  /** The network namespace that the daemon runs in; needs root on Linux. Commands reach it from anywhere, over its socket. */
  namespace?: string
  /** True: it looks for others on the local network, and is found. */
  lan?: boolean
}

/** What a command needs of them. */
type Called = Pick<DeviceOptions, 'home' | 'entry' | 'command' | 'env'>

/** The line that `serve --json` prints. */
export interface Ready {
  device: string
  name: string
  http: string
  addresses: string[]
}

/** A command ended with another exit code than 0. */
export class CommandFailed extends Error {
  readonly exitCode: number | null
  /** Of the JSON error; empty when none was printed. */
  readonly code: string

  constructor(args: readonly string[], exitCode: number | null, stdout: string, stderr: string) {
    super(`holdfast ${args.join(' ')} ended with ${exitCode}: ${stdout}${stderr}`)
    this.name = 'CommandFailed'
    this.exitCode = exitCode
    this.code = /"code":"([^"]*)"/.exec(stdout)?.[1] ?? ''
  }
}

const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/** A daemon that runs as a process of its own; it ends, at the latest, when this process does. */
export class Device {
  readonly options: DeviceOptions
  readonly child: ChildProcess
  readonly ready: Ready
  /** The daemon's API, asked directly: for what is asked too often to start a command each time. */
  readonly client: Client
  /** Lets one browser in, once; only where it was asked for. */
  readonly launchLink: string | null
  readonly #stderr: Promise<string>

  private constructor(
    options: DeviceOptions,
    child: ChildProcess,
    parts: Pick<Device, 'ready' | 'client' | 'launchLink'> & { stderr: Promise<string> },
  ) {
    this.options = options
    this.child = child
    this.ready = parts.ready
    this.client = parts.client
    this.launchLink = parts.launchLink
    this.#stderr = parts.stderr
  }

  /** Resolves when the daemon is ready; rejects with what it printed when it ends before. */
  static async start(options: DeviceOptions): Promise<Device> {
    const { home, name } = options
    const args = ['serve', '--home', home, '--name', name, '--http', '127.0.0.1:0', ...(options.args ?? [])]
    if (options.lan !== true) args.push('--no-lan')
    if (options.forPeople !== true) args.push('--json')
    // Of its own process group: Ctrl-C is for this process, which then ends the daemon once.
    const child = spawnProgram(options, args, { detached: true })
    running.add(child)
    child.once('exit', () => running.delete(child))
    const ended = once(child, 'exit')
    const stderr = text(child.stderr!)
    const slow = setTimeout(() => child.kill('SIGKILL'), START_MS)
    const said = await firstWords(child)
    clearTimeout(slow)
    if (said.ready === null && said.launchLink === null) {
      await ended
      throw new CommandFailed(args, child.exitCode, said.lines.join('\n'), await stderr)
    }
    const { client } = await findDaemon(home)
    const { launchLink } = said
    const ready = said.ready ?? { ...(await client.status()), http: new URL(launchLink ?? '').origin }
    return new Device(options, child, { ready, client, launchLink, stderr })
  }

  get pid(): number {
    return this.child.pid!
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Runs one command against this device; resolves to the JSON it printed, rejects with CommandFailed. */
  cli<Result = unknown>(...args: string[]): Promise<Result> {
    return runCommand(this.options, args)
  }

  /** The same, as it is shown to people: all that it printed to stdout. */
  shown(...args: string[]): Promise<string> {
    return runProgram(this.options, args)
  }

  /** Asks the daemon to end, in good order. Resolves to its exit code and what it wrote to stderr. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; stderr: string }> {
    if (this.running) {
      const ended = once(this.child, 'exit')
      this.child.kill(signal)
      await ended
    }
    return { code: this.child.exitCode, stderr: await this.#stderr }
  }

  /** `kill -9`. Resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL')
  }

  /** The same home again, after `stop` or `kill`. */
  restart(changes: Partial<DeviceOptions> = {}): Promise<Device> {
    return Device.start({ ...this.options, ...changes })
  }

  /** The daemon and all that it has started, as process ids. Linux only. */
  get tree(): number[] {
    return processTree(this.pid)
  }
}

/** Runs `holdfast ARGS --json` for a home; resolves to what it printed, rejects with CommandFailed. */
export async function runCommand<Result>(options: Called, args: readonly string[]): Promise<Result> {
  return JSON.parse(await runProgram(options, [...args, '--json'])) as Result
}

async function runProgram(options: Called, args: readonly string[]): Promise<string> {
  const { home, entry, command, env } = options
  const child = spawnProgram({ entry, command, env }, ['--home', home, ...args])
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')])
  if (child.exitCode !== 0) throw new CommandFailed(args, child.exitCode, stdout, stderr)
  return stdout
}

/** Makes one group of devices, by invite codes of the first. */
export async function pair(first: Device, ...others: Device[]): Promise<void> {
  for (const other of others) {
    const { code } = await first.client.createInvite({ role: 'member', expiresSeconds: 900 })
    await other.client.joinGroup({ code })
  }
}

/** What a daemon prints until it is ready, or ends. */
async function firstWords(child: ChildProcess): Promise<{ lines: string[]; ready: Ready | null; launchLink: string | null }> {
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line)
    if (line.startsWith('{"event":"ready"')) return { lines, ready: JSON.parse(line) as Ready, launchLink: null }
    const launchLink = /^Open its page: (http\S+)/.exec(line)?.[1]
    if (launchLink !== undefined) return { lines, ready: null, launchLink }
  }
  return { lines, ready: null, launchLink: null }
}

type Spawned = { [Name in 'entry' | 'command' | 'env' | 'uid' | 'namespace']?: DeviceOptions[Name] | undefined }

function spawnProgram(
  { entry = programEntry, command = [process.execPath, ...NODE_FLAGS, entry], env, uid, namespace }: Spawned,
  args: readonly string[],
  options: { detached?: boolean } = {},
): ChildProcess {
  const program = [...(namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]), ...command]
  return spawn(program[0]!, [...program.slice(1), ...args], {
    ...options,
    ...(uid === undefined ? {} : { uid, gid: uid }),
    stdio: ['ignore', 'pipe', 'pipe'],
    // What was compiled once is kept: a command then takes half the time.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-compile-cache'), ...env },
  })
}
