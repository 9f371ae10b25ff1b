import type { BulkLimits } from './bulk-limits.ts'
import type { Pipe, PipeEvents } from './framed-link.ts'
import { Slices } from './slices.ts'

/** A Pipe within the limits of this device; without a limit the pipe itself. What is not to be taken in yet stays unread, so that its sender waits. */
export class PacedPipe implements Pipe {
  readonly #pipe: Pipe
  readonly #limits: BulkLimits
  /** How much that was read waits for the limit, and whether the listener wants no more. */
  #beyond = 0
  #full = false
  #paused = false
  #closed = false

  constructor(pipe: Pipe, limits: BulkLimits) {
    this.#pipe = pipe
    this.#limits = limits
  }

  open(events: PipeEvents): void {
    this.#pipe.open({
      data: (bytes) => {
        if (this.#limits.down.perSecond > 0) void this.#taken(bytes.length)
        events.data(bytes)
      },
      closed: (error) => {
        this.#closed = true
        events.closed(error)
      },
    })
  }

  async #taken(bytes: number): Promise<void> {
    this.#beyond++
    this.#adjust()
    await this.#limits.down.take(bytes)
    this.#beyond--
    this.#adjust()
  }

  write(header: Uint8Array, pieces: readonly Uint8Array[], wrote: (bytes: number) => void): Promise<void> {
    return this.#limits.up.perSecond === 0
      ? this.#pipe.write(header, pieces, wrote)
      : this.#writeSlices([header, ...pieces], wrote)
  }

  async #writeSlices(pieces: readonly Uint8Array[], wrote: (bytes: number) => void): Promise<void> {
    const slices = new Slices(pieces)
    while (slices.left > 0) {
      const slice = slices.next(this.#limits.slice)
      await this.#limits.up.take(slice.length)
      await this.#pipe.write(slice, [], wrote)
    }
    slices.release()
  }

  pause(): void {
    this.#full = true
    this.#adjust()
  }

  resume(): void {
    this.#full = false
    this.#adjust()
  }

  #adjust(): void {
    const paused = this.#full || this.#beyond > 0
    if (paused === this.#paused || this.#closed) return
    this.#paused = paused
    if (paused) this.#pipe.pause()
    else this.#pipe.resume()
  }

  end(): void {
    this.#pipe.end()
  }

  destroy(error: Error): void {
    this.#pipe.destroy(error)
  }
}
