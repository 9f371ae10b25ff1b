import { spawn, type ChildProcess } from 'node:child_process'
import { programEntry } from '../../scripts/device.ts'
import { startServer, type RunningServer } from '../api/running-server.ts'

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

export interface Started {
  child: ChildProcess
  ended: Promise<Outcome>
  /** What it has printed so far. */
  readonly stdout: string
  readonly stderr: string
}

/** The command line as a process of its own, started as a user's shell would. */
export function start(args: string[], { env = {}, cwd }: { env?: Record<string, string>; cwd?: string } = {}): Started {
  const { HOLDFAST_HOME: _, INIT_CWD: __, npm_package_json: ___, ...inherited } = process.env
  const child = spawn(process.execPath, [programEntry, ...args], {
    env: { ...inherited, ...env },
    stdio: 'pipe',
    ...(cwd === undefined ? {} : { cwd }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Outcome>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
  return {
    child,
    ended,
    get stdout() {
      return stdout
    },
    get stderr() {
      return stderr
    },
  }
}

export async function holdfast(...args: string[]): Promise<Outcome> {
  const { child, ended } = start(args)
  child.stdin?.end()
  return await ended
}

export { startServer, type RunningServer }
