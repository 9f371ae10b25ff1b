import * as z from 'zod'

/** A process that the daemon wants beside it, and what goes between the two (`src/daemon/hosted-child.ts`). */
const FromDaemon = z.object({
  child: z.int(),
  start: z.literal('watcher').optional(),
  stop: z.boolean().optional(),
  message: z.unknown().optional(),
})

/** What is used of Electron's `UtilityProcess`. */
interface Child {
  on(event: 'message', hear: (message: unknown) => void): unknown
  on(event: 'error', hear: () => void): unknown
  once(event: 'exit', hear: (code: number) => void): unknown
  postMessage(message: unknown): void
  kill(): boolean
}

/** A utility process cannot have another one, and `fork` needs a fuse that is off: what the daemon would fork is started by the app. */
export class Relay {
  readonly #fork: (name: 'watcher') => Child
  readonly #answer: (message: object) => void
  readonly #children = new Map<number, Child>()

  constructor(fork: (name: 'watcher') => Child, answer: (message: object) => void) {
    this.#fork = fork
    this.#answer = answer
  }

  /** What the daemon says; what is none of it is left alone. */
  hear(raw: unknown): void {
    const { data } = FromDaemon.safeParse(raw)
    if (data === undefined) return
    const { child: id, start, stop, message } = data
    if (start !== undefined) return this.#start(id, start)
    const child = this.#children.get(id)
    if (stop === true) child?.kill()
    else child?.postMessage(message)
  }

  /** Ends all of them: nobody hears them any more. */
  end(): void {
    for (const child of this.#children.values()) child.kill()
    this.#children.clear()
  }

  #start(id: number, name: 'watcher'): void {
    const child = this.#fork(name)
    this.#children.set(id, child)
    child.on('message', (message) => this.#answer({ child: id, message }))
    child.on('error', () => undefined) // An exit follows.
    child.once('exit', (code) => {
      if (this.#children.delete(id)) this.#answer({ child: id, exited: code })
    })
  }
}
