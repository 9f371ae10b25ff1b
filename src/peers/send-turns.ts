import { FairLanes } from '#base'

const SMALL = {}
const LARGE = {}

/** Sends one message after another, in order; but those of fewer than `smallBytes` bytes need not wait behind all large ones. */
export class SendTurns {
  readonly #smallBytes: number
  readonly #waiting = new FairLanes<{ bytes: number; go: () => void }>()
  #isSending = false

  constructor(smallBytes: number) {
    this.#smallBytes = smallBytes
  }

  async run(bytes: number, send: () => Promise<void>): Promise<void> {
    const lane = bytes < this.#smallBytes ? SMALL : LARGE
    if (this.#isSending) await new Promise<void>((go) => this.#waiting.add(lane, { bytes, go }))
    else this.#waiting.passed(lane, bytes)
    this.#isSending = true
    try {
      await send()
    } finally {
      this.#next()
    }
  }

  #next(): void {
    const [lane] = this.#waiting.inTurn()
    const next = lane?.items.shift()
    if (lane === undefined || next === undefined) {
      this.#isSending = false
      return
    }
    this.#waiting.took(lane, next.bytes)
    next.go()
  }
}
