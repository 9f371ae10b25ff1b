import { settle, type Wanted } from './source.ts'

/** Gives up what is waited for when its signal aborts. One listener serves all of a signal: one for each would cost more than the chunk. */
export class Waiting {
  readonly #bySignal = new WeakMap<AbortSignal, { waiting: Set<Wanted>; giveUp(): void }>()

  add(signal: AbortSignal, wanted: Wanted): void {
    this.#of(signal).waiting.add(wanted)
  }

  remove(signal: AbortSignal, wanted: Wanted): void {
    const known = this.#bySignal.get(signal)
    known?.waiting.delete(wanted)
    if (known?.waiting.size !== 0) return
    this.#bySignal.delete(signal)
    signal.removeEventListener('abort', known.giveUp)
  }

  #of(signal: AbortSignal): { waiting: Set<Wanted>; giveUp(): void } {
    const known = this.#bySignal.get(signal)
    if (known !== undefined) return known
    const waiting = new Set<Wanted>()
    const giveUp = (): void => {
      for (const wanted of waiting) settle(wanted, () => wanted.reject(signal.reason as Error))
    }
    signal.addEventListener('abort', giveUp, { once: true })
    const made = { waiting, giveUp }
    this.#bySignal.set(signal, made)
    return made
  }
}
