import type { Stream } from '@libp2p/interface'
import { HoldfastError } from '#base'
import type { Pipe, PipeEvents } from './framed-link.ts'

/** Bytes given to a stream at once: yamux sends whole writes, so larger ones would hold up the other streams. */
const SLICE_BYTES = 128 * 1024

/** A Pipe over a libp2p stream. */
export class StreamPipe implements Pipe {
  readonly #stream: Stream

  constructor(stream: Stream) {
    this.#stream = stream
  }

  open(events: PipeEvents): void {
    const stream = this.#stream
    stream.addEventListener('message', ({ data }) => {
      if (data instanceof Uint8Array) events.data(data)
      else for (const part of data) events.data(part)
    })
    stream.addEventListener('close', (event) => events.closed(event.error), { once: true })
    // A half-closed stream is of no use to a link: the other half goes too.
    stream.addEventListener(
      'end',
      () => {
        this.end()
        events.closed(undefined)
      },
      { once: true },
    )
  }

  async write(header: Uint8Array, pieces: readonly Uint8Array[]): Promise<void> {
    const length = pieces.reduce((sum, piece) => sum + piece.length, header.length)
    if (length <= SLICE_BYTES) {
      await this.#send(pieces.length === 0 ? header : Buffer.concat([header, ...pieces], length))
      return
    }
    await this.#send(header)
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += SLICE_BYTES) await this.#send(piece.subarray(at, at + SLICE_BYTES))
    }
  }

  async #send(bytes: Uint8Array): Promise<void> {
    this.#stream.send(bytes)
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
    if (this.#readable()) this.#stream.pause()
  }

  resume(): void {
    if (this.#readable()) this.#stream.resume()
  }

  #readable(): boolean {
    return this.#stream.readStatus === 'readable' || this.#stream.readStatus === 'paused'
  }

  end(): void {
    this.#stream.close().catch((error: unknown) => this.#stream.abort(error as Error))
  }

  destroy(error: Error): void {
    this.#stream.abort(error)
  }
}
