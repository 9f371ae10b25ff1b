import { settle, type Wanted } from './source.ts'

/** Gives up what is waited for when its signal aborts. One listener serves all of a signal: one for each would cost more than the chunk. */
export class Waiting {
  readonly #bySignal = new WeakMap<AbortSignal, Set<Wanted>>()

  add(signal: AbortSignal, wanted: Wanted): void {
    this.#of(signal).add(wanted)
  }

  remove(signal: AbortSignal, wanted: Wanted): void {
    this.#of(signal).delete(wanted)
  }

  #of(signal: AbortSignal): Set<Wanted> {
    const known = this.#bySignal.get(signal)
    if (known !== undefined) return known
    const waiting = new Set<Wanted>()
    const giveUp = (): void => {
      for (const wanted of waiting) settle(wanted, () => wanted.reject(signal.reason as Error))
    }
    signal.addEventListener('abort', giveUp, { once: true })
    this.#bySignal.set(signal, waiting)
    return waiting
  }
}
