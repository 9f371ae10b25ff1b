import { giveBack } from '#base'
import type { BulkLimits } from './bulk-limits.ts'
import type { Pipe, PipeEvents } from './framed-link.ts'

/** What is sent at once under a limit: what the limit allows in this time, at most so many bytes. Between two such pieces other devices have their turn. */
const SLICE_MS = 100
const MAX_SLICE_BYTES = 64 * 1024

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
    const { up } = this.#limits
    let left = pieces.reduce((sum, { length }) => sum + length, 0)
    let [piece, at] = [0, 0]
    while (left > 0) {
      const wanted = up.perSecond === 0 ? MAX_SLICE_BYTES : Math.ceil((up.perSecond * SLICE_MS) / 1000)
      // Copied: the pipe gives the memory of what it has written back.
      const slice = new Uint8Array(Math.min(left, wanted, MAX_SLICE_BYTES))
      for (let filled = 0; filled < slice.length;) {
        const some = pieces[piece]!.subarray(at, at + slice.length - filled)
        slice.set(some, filled)
        filled += some.length
        at += some.length
        if (at === pieces[piece]!.length) [piece, at] = [piece + 1, 0]
      }
      left -= slice.length
      await up.take(slice.length)
      await this.#pipe.write(slice, [], wrote)
    }
    pieces.forEach(giveBack)
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
