import type { Stream } from '@libp2p/interface'
import { HoldfastError } from '#base'
import type { Pipe, PipeEvents } from './framed-link.ts'

/** Bytes given to a stream at once: yamux sends whole writes, so larger ones would hold up the other streams. */
const SLICE_BYTES = 128 * 1024

/** A Pipe over a libp2p stream. */
export class StreamPipe implements Pipe {
  readonly #stream: Stream
  /** What the stream has handed over and the reader, who paused meanwhile, has not got yet. */
  readonly #held: Uint8Array[] = []
  #events: PipeEvents | null = null
  #isWanted = true
  #isDelivering = false
  /** The other side has ended the stream; to be told after what is held. */
  #hasEnded = false

  constructor(stream: Stream) {
    this.#stream = stream
  }

  open(events: PipeEvents): void {
    const stream = this.#stream
    this.#events = events
    stream.addEventListener('message', ({ data }) => {
      this.#held.push(...(data instanceof Uint8Array ? [data] : data))
      this.#deliver()
    })
    stream.addEventListener(
      'close',
      ({ error }) => {
        if (error === undefined) this.#ended()
        else this.#closed(error)
      },
      { once: true },
    )
    // A half-closed stream is of no use to a link: the other half goes too.
    stream.addEventListener(
      'end',
      () => {
        this.end()
        this.#ended()
      },
      { once: true },
    )
  }

  #closed(error: Error | undefined): void {
    this.#events?.closed(error)
    this.#events = null
  }

  #ended(): void {
    this.#hasEnded = true
    this.#deliver()
  }

  /**
   * Hands on what is held, as long as it is wanted. A stream hands over all it has within `resume`, and does not bear to be paused
   * meanwhile: so it is paused, or goes on, only when that is done.
   */
  #deliver(): void {
    if (this.#isDelivering) return
    this.#isDelivering = true
    for (;;) {
      while (this.#isWanted && this.#held.length > 0) this.#events?.data(this.#held.shift()!)
      if (this.#isWanted && this.#hasEnded) this.#closed(undefined)
      if (!this.#isWanted || this.#stream.readStatus !== 'paused') break
      this.#stream.resume()
    }
    this.#isDelivering = false
    if (!this.#isWanted && this.#stream.readStatus === 'readable') this.#stream.pause()
  }

  async write(header: Uint8Array, pieces: readonly Uint8Array[], wrote: (bytes: number) => void): Promise<void> {
    const length = pieces.reduce((sum, piece) => sum + piece.length, header.length)
    if (length <= SLICE_BYTES) {
      await this.#send(pieces.length === 0 ? header : Buffer.concat([header, ...pieces], length), wrote)
      return
    }
    await this.#send(header, wrote)
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += SLICE_BYTES) await this.#send(piece.subarray(at, at + SLICE_BYTES), wrote)
    }
  }

  async #send(bytes: Uint8Array, wrote: (bytes: number) => void): Promise<void> {
    this.#stream.send(bytes)
    wrote(bytes.length)
    // Not stream.onDrain(): it resolves at once from the second time on.
    while (this.#stream.writableNeedsDrain) await this.#drained()
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = this.#stream
      const drained = (): void => {
        stream.removeEventListener('close', closed)
        resolve()
      }
      const closed = (): void => {
        stream.removeEventListener('drain', drained)
        reject(new HoldfastError('offline', 'the stream closed'))
      }
      stream.addEventListener('drain', drained, { once: true })
      stream.addEventListener('close', closed, { once: true })
    })
  }

  pause(): void {
    this.#isWanted = false
    this.#deliver()
  }

  resume(): void {
    this.#isWanted = true
    this.#deliver()
  }

  end(): void {
    this.#stream.close().catch((error: unknown) => this.#stream.abort(error as Error))
  }

  destroy(error: Error): void {
    this.#stream.abort(error)
  }
}
