/** Runs a task that is asked for often: never twice at once; asked for while it runs, it runs once more. */
export class Rerun {
  readonly #task: () => Promise<void>
  #running = false
  #again = false

  /** `task` must not reject. */
  constructor(task: () => Promise<void>) {
    this.#task = task
  }

  ask(): void {
    this.#again = true
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      while (this.#again) {
        this.#again = false
        await this.#task()
      }
    } finally {
      this.#running = false
    }
  }
}
