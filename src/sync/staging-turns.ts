import { HoldfastError } from '#base'
import type { Claim, Claimant, DiskRoom } from './disk-room.ts'

/** A large file that is to be staged. */
export interface Staging extends Claimant {
  /**
   * May be called again after it has failed: what it had staged serves, where it was not dropped. Awaits `check` before each further
   * piece, and fails with it.
   */
  build(check: () => Promise<void>): Promise<void>
  /** Gives the room of what it has staged back to the disk. */
  drop(): Promise<void>
}

interface Waiting extends Staging {
  resolve(): void
  reject(error: unknown): void
}

/**
 * Large files are staged side by side, as many as the disk has room for, the smallest first. What has no room is not begun, and what
 * lay in the stage of it is dropped. Where the disk proves full all the same (a quota, another program), they come one after another
 * until none waits; where one does not fit by itself, no larger one does, and all fail with it.
 */
export class StagingTurns {
  readonly #room: DiskRoom
  readonly #inWork = new Set<Waiting>()
  #waiting: Waiting[] = []
  #isTight = false
  #isAdmitting = false

  constructor(room: DiskRoom) {
    this.#room = room
  }

  run(staging: Staging): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...staging, resolve, reject })
      void this.#admit()
    })
  }

  /** Does not reject. */
  async #admit(): Promise<void> {
    if (this.#isAdmitting) return
    this.#isAdmitting = true
    // Those that are asked for together are all waiting then.
    await Promise.resolve()
    while (this.#waiting.length > 0 && !(this.#isTight && this.#inWork.size > 0)) await this.#admitOne()
    if (this.#waiting.length === 0) this.#isTight = false
    this.#isAdmitting = false
  }

  async #admitOne(): Promise<void> {
    this.#waiting.sort((a, b) => a.size - b.size)
    const smallest = this.#waiting[0]!
    let turn = smallest
    let lies = 0
    try {
      // Else the largest is the first to give back what lies there of it.
      if (!(await this.#room.fits(smallest.size))) turn = this.#waiting.at(-1)!
      const staged = async (): Promise<number> => (lies = await turn.staged())
      const claim = await this.#room.claim({ ...turn, staged })
      void this.#work(turn, claim)
    } catch (error) {
      if (isFull(error) && lies > 0) await this.#drop(turn)
      turn.reject(error)
    }
    this.#waiting = this.#waiting.filter((other) => other !== turn)
  }

  /** Does not reject. */
  async #work(turn: Waiting, claim: Claim): Promise<void> {
    const wasAlone = this.#inWork.size === 0
    this.#inWork.add(turn)
    try {
      await turn.build(() => this.#room.check(claim))
      turn.resolve()
    } catch (error) {
      if (isFull(error)) await this.#drop(turn)
      const isAlone = this.#inWork.size === 1 && (wasAlone || this.#waiting.length === 0)
      if (!isFull(error)) turn.reject(error)
      else if (isAlone) this.#doesNotFit(turn, error)
      else {
        this.#isTight = true
        this.#waiting.push(turn)
      }
    }
    this.#inWork.delete(turn)
    this.#room.release(claim)
    void this.#admit()
  }

  #doesNotFit(turn: Waiting, error: unknown): void {
    const larger = this.#waiting.filter(({ size }) => size >= turn.size)
    this.#waiting = this.#waiting.filter((other) => !larger.includes(other))
    for (const { reject } of [turn, ...larger]) reject(error)
  }

  /** Where it cannot be given back, the next one finds that out. */
  async #drop(turn: Waiting): Promise<void> {
    await turn.drop().catch(() => undefined)
    this.#room.forget()
  }
}

function isFull(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'full'
}
