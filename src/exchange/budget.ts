import { FairLanes } from '#base'
import { SMALL_BYTES } from './pace.ts'

/** Bytes of chunks received or asked for and not yet given back by all folders together. */
const MEMORY_BYTES = 48 * 1024 * 1024
/** Of small ones so many more: they need not wait until a large one is done. */
const SMALL_MEMORY_BYTES = 1024 * 1024

/**
 * A bound on bytes held at once: `take` waits until they fit, in turns with others, in order with those of the same purpose. One item larger
 * than the whole bound passes alone.
 */
export class ByteBudget {
  readonly #limit: number
  #used = 0
  readonly #waiting = new FairLanes<{ bytes: number; go: () => void }>()

  constructor(limit: number) {
    this.#limit = limit
  }

  async take(bytes: number, purpose: object = this): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#used += bytes
      this.#waiting.passed(purpose, bytes)
      return
    }
    await new Promise<void>((go) => this.#waiting.add(purpose, { bytes, go }))
  }

  /** Takes what fits at once, past what waits. */
  takeNow(bytes: number): boolean {
    if (!this.#fits(bytes)) return false
    this.#used += bytes
    return true
  }

  give(bytes: number): void {
    this.#used -= bytes
    for (;;) {
      const [lane] = this.#waiting.inTurn()
      const next = lane?.items[0]
      if (lane === undefined || next === undefined || !this.#fits(next.bytes)) return
      lane.items.shift()
      this.#waiting.took(lane, next.bytes)
      this.#used += next.bytes
      next.go()
    }
  }

  get used(): number {
    return this.#used
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.#limit
  }
}

/** Where chunks have room while they are asked for and not yet given back. */
export class ChunkMemory {
  readonly #all = new ByteBudget(MEMORY_BYTES)
  readonly #small = new ByteBudget(SMALL_MEMORY_BYTES)

  /** Takes room for a chunk, of the budget to which it is to be given back. */
  async take(length: number, purpose: object): Promise<ByteBudget> {
    if (length <= SMALL_BYTES && this.#small.takeNow(length)) return this.#small
    await this.#all.take(length, purpose)
    return this.#all
  }
}
