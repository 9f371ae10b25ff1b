import type { TLSSocket } from 'node:tls'
import { giveBack, HoldfastError } from '#base'
import type { Pipe, PipeEvents } from './framed-link.ts'

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

  write(header: Uint8Array, pieces: readonly Uint8Array[]): Promise<void> {
    const socket = this.#socket
    if (!socket.writable) return Promise.reject(new HoldfastError('offline', 'the socket closed'))
    socket.cork()
    let room = socket.write(header)
    for (const piece of pieces) room = socket.write(piece, () => giveBack(piece))
    socket.uncork()
    return room ? Promise.resolve() : this.#drained()
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket
      const drained = (): void => {
        socket.removeListener('close', closed)
        resolve()
      }
      const closed = (): void => {
        socket.removeListener('drain', drained)
        reject(new HoldfastError('offline', 'the socket closed'))
      }
      socket.once('drain', drained)
      socket.once('close', closed)
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
