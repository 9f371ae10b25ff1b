import { FairLanes } from '#base'

const SMALL = {}
const LARGE = {}

/**
 * Sends one message after another, in order; but those of fewer than `smallBytes` bytes need not wait behind all large ones, nor for the rest
 * of a large one that is sent in parts.
 */
export class SendTurns {
  readonly #smallBytes: number
  readonly #waiting = new FairLanes<{ bytes: number; go: () => void }>()
  #isSending = false
  /** Goes on with the large message that is under way. */
  #goOn: (() => void) | null = null
  /** Bytes of small ones that may go between its parts: as many as of itself. */
  #credit = 0

  constructor(smallBytes: number) {
    this.#smallBytes = smallBytes
  }

  /** `letPass`, after a part of so many bytes: those small ones go whose turn it is. */
  async run(bytes: number, send: (letPass: (sent: number) => Promise<void>) => Promise<void>): Promise<void> {
    const lane = bytes < this.#smallBytes ? SMALL : LARGE
    if (this.#isSending) await new Promise<void>((go) => this.#waiting.add(lane, { bytes, go }))
    else this.#waiting.passed(lane, bytes)
    this.#isSending = true
    try {
      await send((sent) => this.#letPass(sent))
    } finally {
      this.#next()
    }
  }

  #letPass(sent: number): Promise<void> {
    this.#credit = Math.min(this.#credit + sent, this.#smallBytes)
    return new Promise((go) => {
      this.#goOn = go
      this.#next()
    })
  }

  #next(): void {
    const [lane] = this.#waiting.inTurn()
    const next = lane?.items[0]
    if (this.#goOn !== null) {
      if (next === undefined || next.bytes >= this.#smallBytes || this.#credit <= 0) {
        const goOn = this.#goOn
        this.#goOn = null
        goOn()
        return
      }
      this.#credit -= next.bytes
    }
    if (lane === undefined || next === undefined) {
      this.#isSending = false
      return
    }
    lane.items.shift()
    this.#waiting.took(lane, next.bytes)
    next.go()
  }
}
