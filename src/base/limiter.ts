/** Lets at most `limit` tasks run at once; the others wait in order. */
export class Limiter {
  readonly #limit: number
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Tasks that run now, and that wait. */
  get size(): number {
    return this.#running + this.#waiting.length
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}

/** Runs tasks one after another, each whether or not the one before failed. */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve()

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task)
    this.#tail = result.catch(() => undefined)
    return result
  }
}

/** Runs tasks of one key one after another, in order; those of different keys side by side. */
export class KeyedQueue {
  readonly #queues = new Map<string, { queue: Queue; tasks: number }>()

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const own = this.#queues.get(key) ?? { queue: new Queue(), tasks: 0 }
    this.#queues.set(key, own)
    own.tasks++
    try {
      return await own.queue.run(task)
    } finally {
      if (--own.tasks === 0) this.#queues.delete(key)
    }
  }
}
