import { HoldfastError, type Logger } from '#base'
import type { FolderIndex, Have } from '#db'
import { sameBytes, type DeviceId, type FolderId } from '#model'
import type { FolderPeer } from './folder-peer.ts'
import { encodeMessage } from './messages.ts'
import type { StateNow } from './need.ts'
import { Rerun } from './rerun.ts'

export interface StateTellerParts {
  folder: FolderId
  index: Pick<FolderIndex, 'have'>
  logger: Logger
  mayRead(device: DeviceId): boolean
  need(): Promise<StateNow>
  /** Our records were looked at. */
  have(have: Have[]): void
}

/**
 * Tells devices how we stand in a folder. One state at a time is under way to each: a device that does not read, or asks faster
 * than it reads, gets the newest when it is ready for it, and what waits for it stays small.
 */
export class StateTeller {
  readonly #parts: StateTellerParts
  readonly #due = new Set<FolderPeer>()
  readonly #sending = new Set<FolderPeer>()
  readonly #telling = new Rerun(() => this.#tell())
  #stopped = false

  constructor(parts: StateTellerParts) {
    this.#parts = parts
  }

  tell(peers: Iterable<FolderPeer>): void {
    for (const peer of peers) this.#due.add(peer)
    this.retry()
  }

  /** Tells what could not be told. */
  retry(): void {
    if (this.#due.size > 0) this.#telling.ask()
  }

  /** Says no more: what is said after this is another's word. */
  stop(): void {
    this.#stopped = true
    this.#due.clear()
  }

  drop(peer: FolderPeer): void {
    this.#due.delete(peer)
  }

  async #tell(): Promise<void> {
    const peers = [...this.#due].filter((peer) => !this.#sending.has(peer))
    if (peers.length === 0) return
    for (const peer of peers) this.#due.delete(peer)
    try {
      // Side by side: a busy database is waited for once. What it says is noted before more can have come.
      const looking = this.#parts.index.have().then((have) => {
        this.#parts.have(have)
        return have
      })
      const [have, need] = await Promise.all([looking, this.#parts.need()])
      const messages = new Map<boolean, Uint8Array>()
      for (const peer of peers) {
        if (this.#stopped || !this.#parts.mayRead(peer.device)) continue
        const asks = peer.state === null
        const message = messages.get(asks) ?? encodeMessage({ type: 'state', folder: this.#parts.folder, have, ...need, asks })
        messages.set(asks, message)
        if (peer.told !== null && sameBytes(peer.told, message)) continue
        peer.told = message
        // What is sent is the link's, memory and all.
        void this.#send(peer, message.slice())
      }
    } catch (error) {
      for (const peer of peers) this.#due.add(peer)
      this.#failed(error)
    }
  }

  async #send(peer: FolderPeer, message: Uint8Array): Promise<void> {
    this.#sending.add(peer)
    try {
      await peer.send(message)
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#sending.delete(peer)
      if (this.#due.has(peer)) this.#telling.ask()
    }
  }

  #failed(error: unknown): void {
    if (!(error instanceof HoldfastError && error.code === 'offline'))
      this.#parts.logger.debug({ error }, 'a state could not be sent')
  }
}
