import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { utilityProcess, type UtilityProcess } from 'electron'
import { findSocket } from '#api/page'
import { LastWords, NoDaemonError } from '../renderer/shell/last-words.ts'
import { Relay } from '../renderer/shell/relay.ts'

/** How long a daemon has to come to its end, ms. */
const STOP_MS = 15_000
/** The daemon of a home: one that runs already, or else a process of this app, which ends with it. */
export class Daemon {
  readonly #home: string
  readonly #dist: string
  #process: UtilityProcess | null = null
  #isEnding = false
  #words = new LastWords()

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
    if (started === null) throw new NoDaemonError(this.#words.last ?? 'it ended and did not say why')
    return started
  }

  /** Ends the daemon, if it is ours. */
  async stop(): Promise<void> {
    const daemon = this.#process
    this.#isEnding = true
    if (daemon === null) return
    daemon.postMessage('stop')
    await Promise.race([told(daemon, 'exit'), sleep(STOP_MS)])
    daemon.kill()
  }

  /** Resolves when it says that it is ready, or has ended. */
  async #start(): Promise<void> {
    const env = { ...process.env, HOLDFAST_HOME: this.#home }
    const daemon = utilityProcess.fork(join(this.#dist, 'electron/daemon.js'), [], {
      env,
      serviceName: 'Holdfast',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = daemon
    const words = (this.#words = new LastWords())
    daemon.stderr?.on('data', (text: Buffer) => {
      process.stderr.write(text)
      words.add(text.toString())
    })
    daemon.on('error', (kind, location) => words.add(`${kind} at ${location}\n`)) // An exit follows.
    const fork = (name: string): UtilityProcess =>
      utilityProcess.fork(join(this.#dist, `${name}.js`), [], { serviceName: `Holdfast ${name}`, stdio: 'ignore' })
    const relay = new Relay(fork, (message) => daemon.postMessage(message))
    daemon.on('message', (message: unknown) => relay.hear(message))
    daemon.once('exit', () => {
      this.#process = null
      relay.end()
    })
    await Promise.race([told(daemon.stdout, 'data'), told(daemon, 'exit')])
    daemon.stdout?.resume()
  }
}

/** Once that is emitted. `once` of Node would reject with an `error` before it, which is no end yet. */
function told(by: NodeJS.EventEmitter | null, event: string): Promise<void> {
  return new Promise((resolve) => by?.once(event, () => resolve()))
}
