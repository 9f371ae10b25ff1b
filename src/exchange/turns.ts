/** Work done some at once, the rest in the order in which it came. */
export class Turns {
  readonly #parallel: number
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(parallel: number) {
    this.#parallel = parallel
  }

  /** What is done now, and waits. */
  get size(): number {
    return this.#running + this.#waiting.length
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#parallel) await new Promise<void>((go) => this.#waiting.push(go))
    else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
