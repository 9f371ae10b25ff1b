import { streamEvents, type Transport } from '#api/client'
import type { Progress } from '#api/contract'
import type { Output } from './output.ts'
import { progressBar, size } from './text.ts'

/** Drawn anew after so many bytes. */
const STEP_BYTES = 256 * 1024

/** Waits for long work, and draws on a terminal how far the command is. Only a decoration: its failures are nobody's. */
export async function withProgress<T>(
  { transport, output }: { transport: Transport; output: Output },
  command: Progress['command'],
  work: Promise<T>,
): Promise<T> {
  const done = new AbortController()
  const bar = output.showsProgress ? draw(transport, output, command, done.signal) : undefined
  await work.catch(() => undefined)
  done.abort()
  await bar
  output.endProgress()
  return work
}

async function draw(transport: Transport, output: Output, command: string, signal: AbortSignal): Promise<void> {
  try {
    for await (const { event, data } of streamEvents(transport, signal)) {
      if (event !== 'progress' || data.command !== command) continue
      const { done, total, unit } = data
      const count = unit === 'bytes' ? `${size(done)} of ${size(total)}` : `${done} of ${total} ${unit}`
      output.progress(`${progressBar(total === 0 ? 1 : done / total)} ${count}`)
    }
  } catch {
    // The command itself meets the same failure, and reports it.
  }
}

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
    this.#output.progress(
      this.#total === null
        ? size(this.#done)
        : `${progressBar(this.#total === 0 ? 1 : this.#done / this.#total)} of ${size(this.#total)}`,
    )
  }

  end(): void {
    this.#output.endProgress()
  }
}
