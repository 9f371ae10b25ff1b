import type { TLSSocket } from 'node:tls'
import { giveBack, HoldfastError } from '#base'
import type { Pipe, PipeEvents } from './framed-link.ts'

/** Bytes from which on a copy costs more than a write of its own. */
const LARGE = 64 * 1024

/** A Pipe over a TLS socket whose other side has been checked. What is written is its own: the memory is given back once it is sent. */
export class SocketPipe implements Pipe {
  readonly #socket: TLSSocket

  constructor(socket: TLSSocket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
  }

  open(events: PipeEvents): void {
    let failure: Error | undefined
    this.#socket.on('data', (bytes: Buffer) => {
      events.data(bytes)
      giveBack(bytes)
    })
    this.#socket.on('error', (error) => {
      failure = error
    })
    this.#socket.once('close', () => events.closed(failure))
  }

  /**
   * Several buffers in one go are copied into one before they are encrypted: that is right for small ones. A large one goes by itself,
   * after what is before it.
   */
  async write(header: Uint8Array, pieces: readonly Uint8Array[], wrote: (bytes: number) => void): Promise<void> {
    let small: Uint8Array[] = [header]
    for (const piece of pieces) {
      if (piece.length < LARGE) {
        small.push(piece)
        continue
      }
      if (small.length > 0) await this.#writeAlone(Buffer.concat(small), wrote)
      small = []
      await this.#writeAlone(piece, wrote)
    }
    if (small.length > 0) await this.#writeTogether(small, wrote)
  }

  /** Resolves when nothing is left to be written. */
  #writeAlone(piece: Uint8Array, wrote: (bytes: number) => void): Promise<void> {
    const { length } = piece
    return new Promise((resolve, reject) => {
      if (!this.#socket.writable) reject(closed())
      else
        this.#socket.write(piece, (error) => {
          giveBack(piece)
          if (error !== null && error !== undefined) return reject(error)
          wrote(length)
          resolve()
        })
    })
  }

  #writeTogether(pieces: readonly Uint8Array[], wrote: (bytes: number) => void): Promise<void> {
    const socket = this.#socket
    if (!socket.writable) return Promise.reject(closed())
    wrote(pieces.reduce((sum, { length }) => sum + length, 0))
    socket.cork()
    let room = true
    for (const piece of pieces) room = socket.write(piece, () => giveBack(piece))
    socket.uncork()
    return room ? Promise.resolve() : this.#drained()
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket
      const drained = (): void => {
        socket.removeListener('close', gone)
        resolve()
      }
      const gone = (): void => {
        socket.removeListener('drain', drained)
        reject(closed())
      }
      socket.once('drain', drained)
      socket.once('close', gone)
    })
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.destroySoon()
  }

  destroy(error: Error): void {
    this.#socket.destroy(error)
  }
}

function closed(): HoldfastError {
  return new HoldfastError('offline', 'the socket closed')
}
