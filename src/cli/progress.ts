import type { Output } from './output.ts'
import { size } from './text.ts'

const BAR_WIDTH = 30
/** Drawn anew after so many bytes. */
const STEP_BYTES = 256 * 1024

/** A line on a terminal that tells how many bytes have come, of how many where that is known. */
export class ByteProgress {
  readonly #output: Output
  readonly #total: number | null
  #done = 0
  #drawn = -STEP_BYTES

  constructor(output: Output, total: number | null) {
    this.#output = output
    this.#total = total
  }

  /** Passes bytes on, and counts them. */
  async *count(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      yield piece
      this.add(piece.length)
    }
  }

  add(bytes: number): void {
    this.#done += bytes
    if (this.#done - this.#drawn < STEP_BYTES && this.#done !== this.#total) return
    this.#drawn = this.#done
    this.#output.progress(this.#total === null ? size(this.#done) : `${bar(this.#done, this.#total)} of ${size(this.#total)}`)
  }

  end(): void {
    this.#output.endProgress()
  }
}

/** `[#####-----]` */
export function bar(done: number, total: number): string {
  const filled = total === 0 ? BAR_WIDTH : Math.round((Math.min(done, total) / total) * BAR_WIDTH)
  return `[${'#'.repeat(filled).padEnd(BAR_WIDTH, '-')}]`
}
