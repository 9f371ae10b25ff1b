import { oneMoreReload } from '../parts/reload-limit.ts'

/** Until a page whose process died is loaded again: not at once, in case that is why. */
const RELOAD_MS = 1_000

/** Loads a page again whose process died. One that dies each time is left alone after a few times, until somebody wants it again. */
export class Revival {
  readonly #reload: () => void
  readonly #isWanted: () => Promise<boolean>
  #times: readonly number[] = []
  #isAsking = false

  /** `isWanted` asks somebody. */
  constructor(reload: () => void, isWanted: () => Promise<boolean>) {
    this.#reload = reload
    this.#isWanted = isWanted
  }

  died(): void {
    const times = oneMoreReload(this.#times, Date.now())
    if (times === null) return void this.#ask()
    this.#times = times
    setTimeout(this.#reload, RELOAD_MS)
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    const isWanted = await this.#isWanted()
    this.#isAsking = false
    this.#times = []
    if (isWanted) this.#reload()
  }
}
