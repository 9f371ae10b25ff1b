import { HoldfastError } from '#base'
import type { DeviceId } from '#model'
import type { Link, Peer } from '#peers'

type Listener = (message: Uint8Array) => void | Promise<void>

class MemoryLink implements Link {
  readonly device: DeviceId
  other: MemoryLink | null = null
  readonly #abort = new AbortController()
  #listener: Listener = () => undefined

  constructor(device: DeviceId) {
    this.device = device
  }

  get closed(): AbortSignal {
    return this.#abort.signal
  }

  async send(...pieces: Uint8Array[]): Promise<void> {
    if (this.closed.aborted) throw this.closed.reason
    const message = new Uint8Array(Buffer.concat(pieces))
    queueMicrotask(() => void this.other?.deliver(message))
  }

  onMessage(listener: Listener): void {
    this.#listener = listener
  }

  async deliver(message: Uint8Array): Promise<void> {
    if (!this.closed.aborted) await this.#listener(message)
  }

  close(reason = 'closed'): void {
    if (this.closed.aborted) return
    this.#abort.abort(new HoldfastError('offline', reason))
    this.other?.close(reason)
  }
}

/** Two ends of one link: what `a` holds leads to device `b`. */
export function linked(a: DeviceId, b: DeviceId): { toB: Link; toA: Link } {
  const toB = new MemoryLink(b)
  const toA = new MemoryLink(a)
  toB.other = toA
  toA.other = toB
  return { toB, toA }
}

/** A connected device that is reached over `bulk`. */
export function peerOver(bulk: Link): Peer & { leave(): void } {
  const gone = new AbortController()
  return {
    device: bulk.device,
    index: bulk,
    bulk: async () => bulk,
    onBulk: () => () => {},
    closed: gone.signal,
    address: 'memory',
    leave() {
      gone.abort()
      bulk.close('it left')
    },
  }
}
