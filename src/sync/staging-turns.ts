import { HoldfastError } from '#base'

/** A large file that is to be staged. */
export interface Staging {
  /** Bytes. */
  size: number
  /** May be called again after it has failed: what it had staged serves, where it was not dropped. */
  build(): Promise<void>
  /** Gives the room of what it has staged back to the disk. */
  drop(): Promise<void>
}

interface Waiting extends Staging {
  resolve(): void
  reject(error: unknown): void
}

/**
 * Large files are staged side by side until one of them finds the disk full: all would fill it with parts, and none would arrive.
 * From then on they come one after another, the smallest first, until none waits. Where one does not fit by itself, no larger one
 * does: it keeps its part for the next try, and the others fail with it.
 */
export class StagingTurns {
  #beside = 0
  #isTight = false
  #isBusy = false
  #waiting: Waiting[] = []

  async run(staging: Staging): Promise<void> {
    if (this.#isTight) return this.#wait(staging)
    this.#beside++
    let turn = Promise.resolve()
    try {
      await staging.build()
    } catch (error) {
      if (!isFull(error) || (this.#beside === 1 && this.#waiting.length === 0)) throw error
      this.#isTight = true
      await staging.drop()
      turn = this.#wait(staging)
    } finally {
      this.#beside--
      void this.#next()
    }
    await turn
  }

  #wait(staging: Staging): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...staging, resolve, reject })
      void this.#next()
    })
  }

  /** Does not reject. */
  async #next(): Promise<void> {
    if (this.#isBusy || this.#beside > 0) return
    this.#waiting.sort((a, b) => a.size - b.size)
    const turn = this.#waiting.shift()
    if (turn === undefined) return
    this.#isBusy = true
    try {
      await turn.build()
      this.#isTight = this.#waiting.length > 0
      turn.resolve()
    } catch (error) {
      if (isFull(error)) await this.#doesNotFit(turn, error)
      else this.#isTight = this.#waiting.length > 0
      turn.reject(error)
    }
    this.#isBusy = false
    void this.#next()
  }

  async #doesNotFit({ size, drop }: Waiting, error: unknown): Promise<void> {
    const smaller = this.#waiting.filter((other) => other.size < size)
    for (const other of this.#waiting) if (other.size >= size) other.reject(error)
    this.#waiting = smaller
    // Where it cannot be given back, the next one finds that out.
    if (smaller.length > 0) await drop().catch(() => undefined)
  }
}

function isFull(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'full'
}
