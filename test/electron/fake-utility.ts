import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type * as Electron from 'electron'

/** A process of Node that has what one of Electron's has: `process.parentPort`. */
class FakeUtility
  extends EventEmitter
  implements Pick<Electron.UtilityProcess, 'postMessage' | 'kill' | 'stdout' | 'stderr' | 'pid'>
{
  readonly #child: ChildProcess

  constructor(modulePath: string, { env, stdio }: Electron.ForkOptions) {
    super()
    const [, out = 'ignore', err = 'inherit'] = Array.isArray(stdio) ? stdio : []
    this.#child = fork(join(import.meta.dirname, 'utility-host.mjs'), [modulePath], {
      env: { ...env, PATH: process.env['PATH'] },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', out as 'pipe', err as 'pipe', 'ipc'],
    })
    this.#child.on('message', (message) => this.emit('message', message))
    this.#child.once('exit', (code) => this.emit('exit', code ?? 1))
  }

  get stdout() {
    return this.#child.stdout
  }

  get stderr() {
    return this.#child.stderr
  }

  get pid() {
    return this.#child.pid
  }

  postMessage = (message: unknown): void => {
    if (this.#child.connected) this.#child.send(message as object)
  }
  kill = (): boolean => this.#child.kill()
}

export const started: FakeUtility[] = []

export const utilityProcess = {
  fork(modulePath: string, _: string[] = [], options: Electron.ForkOptions = {}) {
    const child = new FakeUtility(modulePath, options)
    started.push(child)
    return child as unknown as Electron.UtilityProcess
  },
} satisfies Pick<typeof Electron.utilityProcess, 'fork'>
