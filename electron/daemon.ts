import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { utilityProcess, type UtilityProcess } from 'electron'
import * as z from 'zod'
import { findSocket } from '#api/page'

/** How long a daemon has to come to its end, ms. */
const STOP_MS = 15_000
/** A process that the daemon wants beside it, and what goes between the two (`src/daemon/hosted-child.ts`). */
const FromDaemon = z.object({
  child: z.int(),
  start: z.literal('watcher').optional(),
  stop: z.boolean().optional(),
  message: z.unknown().optional(),
})

/** The daemon of a home: one that runs already, or else a process of this app, which ends with it. */
export class Daemon {
  readonly #home: string
  readonly #dist: string
  #process: UtilityProcess | null = null
  #isEnding = false

  constructor(home: string, dist: string) {
    this.#home = home
    this.#dist = dist
  }

  /** The socket that it answers at. Rejects where none can be started. */
  async reach(): Promise<string> {
    const running = await findSocket(this.#home)
    if (running !== null) return running
    if (this.#process === null && !this.#isEnding) await this.#start()
    const started = await findSocket(this.#home)
    if (started === null) throw new Error('the daemon did not start: its log says why')
    return started
  }

  /** Ends the daemon, if it is ours. */
  async stop(): Promise<void> {
    const daemon = this.#process
    this.#isEnding = true
    if (daemon === null) return
    daemon.postMessage('stop')
    await Promise.race([once(daemon, 'exit'), sleep(STOP_MS)])
    daemon.kill()
  }

  /** Resolves when it says that it is ready, or has ended. */
  async #start(): Promise<void> {
    const env = { ...process.env, HOLDFAST_HOME: this.#home }
    const daemon = utilityProcess.fork(join(this.#dist, 'electron/daemon.js'), [], {
      env,
      serviceName: 'Holdfast',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#process = daemon
    const children = new Map<number, UtilityProcess>()
    daemon.on('message', (message: unknown) => this.#relay(daemon, children, FromDaemon.parse(message)))
    daemon.once('exit', () => {
      this.#process = null
      for (const child of children.values()) child.kill()
      children.clear()
    })
    await Promise.race([once(daemon.stdout ?? daemon, 'data'), once(daemon, 'exit')])
    daemon.stdout?.resume()
  }

  /** A utility process cannot have another one, and `fork` needs a fuse that is off: what the daemon would fork is started here. */
  #relay(
    daemon: UtilityProcess,
    children: Map<number, UtilityProcess>,
    { child: id, start, stop, message }: z.infer<typeof FromDaemon>,
  ): void {
    if (start === undefined) return void (stop === true ? children.get(id)?.kill() : children.get(id)?.postMessage(message))
    const child = utilityProcess.fork(join(this.#dist, `${start}.js`), [], { serviceName: `Holdfast ${start}`, stdio: 'ignore' })
    children.set(id, child)
    child.on('message', (told: unknown) => daemon.postMessage({ child: id, message: told }))
    child.once('exit', (code) => {
      if (children.delete(id)) daemon.postMessage({ child: id, exited: code })
    })
  }
}
