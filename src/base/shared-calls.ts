/** Does what many ask for in few calls, one at a time: those who ask while one is under way share the next one. */
export class SharedCalls<Item, Result> {
  readonly #call: (items: readonly Item[]) => Promise<readonly Result[]>
  #waiting: { items: readonly Item[]; resolve: (results: Result[]) => void; reject: (fault: unknown) => void }[] = []
  #isRunning = false

  /** `call` gives a result for each item, in their order; where it fails, it fails for all who share it. */
  constructor(call: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#call = call
  }

  /** Items of one asker stay together, in their order. */
  run(items: readonly Item[]): Promise<Result[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject })
      if (!this.#isRunning) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#waiting.length > 0) {
      const sharing = this.#waiting.splice(0)
      try {
        const results = await this.#call(sharing.flatMap(({ items }) => items))
        let at = 0
        for (const { items, resolve } of sharing) resolve(results.slice(at, (at += items.length)))
      } catch (fault) {
        for (const { reject } of sharing) reject(fault)
      }
    }
    this.#isRunning = false
  }
}
