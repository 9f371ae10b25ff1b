import { messageOf, Pace, Queue, type Clock, type Logger } from '#base'
import { Exchange, type ExchangeParts, type LocalFolder } from '#exchange'
import type { DeviceId, FolderId } from '#model'
import type { Peer } from '#peers'
import type { FolderSettings, FolderSyncParts } from './folder-parts.ts'
import { FolderSync } from './folder-sync.ts'
import { decodeMessage, encodeMessage, headOf, type IndexMessage } from './messages.ts'

/** Wants of one device in one folder that may wait; a device that sends more is flooding. */
const MAX_WAITING_WANTS = 256
/** Bytes a second of what a device says unasked; what is more stays unread for a while. */
const UNASKED = { perSecond: 1024 * 1024, burst: 4 * 1024 * 1024 }
/** What a message counts for at least. */
const MESSAGE_COST = 4 * 1024

export interface EngineParts extends Pick<ExchangeParts, 'shelf' | 'mayHold' | 'signer' | 'sought'> {
  clock: Clock
  logger: Logger
  /** May `device` have the index and the chunks of `folder`? Asked on every message. */
  mayRead(folder: FolderId, device: DeviceId): boolean
  /** Is it known that this device takes no part in a folder? One that is not open yet it may take part in. */
  lacks(folder: FolderId): boolean
  /** A device broke a protocol; for the activity list. */
  misbehaved(device: DeviceId, message: string): void
}

type EngineFolderParts = Omit<FolderSyncParts, 'exchange' | 'clock' | 'logger' | 'misbehaved'>

interface KnownPeer {
  peer: Peer
  joined: Set<FolderId>
  /** Wants are answered one after another. */
  wants: Queue
  /** How many of each folder wait. */
  waiting: Map<FolderId, number>
  pace: Pace
}

/** All folders of a device and all devices connected: brings each peer's messages to the folder they are about. */
export class SyncEngine {
  readonly exchange: Exchange
  readonly #parts: EngineParts
  readonly #folders = new Map<FolderId, { sync: FolderSync; served: LocalFolder }>()
  readonly #peers = new Map<DeviceId, KnownPeer>()

  constructor(parts: EngineParts) {
    this.#parts = parts
    const { clock, logger, shelf, mayHold, signer, sought } = parts
    this.exchange = new Exchange({
      clock,
      logger,
      ...(shelf && { shelf }),
      ...(mayHold && { mayHold }),
      ...(signer && { signer }),
      ...(sought && { sought }),
      folderFor: (folder, device) => (parts.mayRead(folder, device) ? (this.#folders.get(folder)?.served ?? null) : null),
      mayServe: (folder, device) => this.#peers.get(device)?.joined.has(folder) === true,
      openerOf: (folder) => this.#folders.get(folder)?.served.store ?? null,
      struckOut: (device, why) => parts.misbehaved(device, why),
    })
  }

  get folders(): FolderSync[] {
    return [...this.#folders.values()].map(({ sync }) => sync)
  }

  folder(id: FolderId): FolderSync | null {
    return this.#folders.get(id)?.sync ?? null
  }

  async addFolder(parts: EngineFolderParts, settings: FolderSettings): Promise<FolderSync> {
    const { clock, logger, misbehaved } = this.#parts
    const sync = new FolderSync(
      { ...parts, exchange: this.exchange, clock, logger: logger.child({ folder: parts.id }), misbehaved },
      settings,
    )
    this.#folders.set(parts.id, { sync, served: { index: parts.index, disk: parts.disk, store: parts.store } })
    try {
      await sync.start()
    } catch (error) {
      await this.removeFolder(parts.id)
      throw error
    }
    this.refresh()
    sync.shelves.ask()
    return sync
  }

  async removeFolder(id: FolderId): Promise<void> {
    const folder = this.#folders.get(id)
    this.#folders.delete(id)
    for (const { joined } of this.#peers.values()) joined.delete(id)
    await folder?.sync.stop()
  }

  /** Removes a folder that this device takes part in no longer, and tells those that it was shared with, as far as they are listening. */
  async leaveFolder(id: FolderId): Promise<void> {
    const peers = [...this.#peers.values()].flatMap(({ peer, joined }) => (joined.has(id) ? [peer] : []))
    await this.removeFolder(id)
    for (const peer of peers) sayAbsent(peer, id)
  }

  addPeer(peer: Peer): void {
    const pace = new Pace(this.#parts.clock, UNASKED)
    this.#peers.set(peer.device, { peer, joined: new Set(), wants: new Queue(), waiting: new Map(), pace })
    this.exchange.addPeer(peer)
    peer.onBulk((link) => this.exchange.attach(link))
    peer.index.onMessage((bytes) => this.#onMessage(peer, bytes))
    peer.closed.addEventListener('abort', () => this.#dropPeer(peer), { once: true })
    this.refresh()
    for (const { shelves } of this.folders) shelves.ask()
  }

  /** Roles may have changed: folders are shown to the devices that may read them, and no others. */
  refresh(): void {
    for (const [device, { peer, joined }] of this.#peers) {
      for (const [id, { sync }] of this.#folders) {
        const shared = this.#parts.mayRead(id, device)
        if (shared && !joined.has(id)) {
          joined.add(id)
          sync.addPeer(device, (message) => peer.index.send(message))
        } else if (!shared && joined.delete(id)) sync.dropPeer(device)
      }
    }
  }

  /** Others may write in the folder than before: what was refused may be taken now, so each device is asked again what it has. */
  hearAgain(id: FolderId): void {
    const sync = this.#folders.get(id)?.sync
    if (sync === undefined) return
    for (const [device, { peer, joined }] of this.#peers) {
      if (!joined.has(id)) continue
      sync.dropPeer(device)
      sync.addPeer(device, (message) => peer.index.send(message))
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#folders.keys()].map((id) => this.removeFolder(id)))
  }

  #dropPeer(peer: Peer): void {
    const known = this.#peers.get(peer.device)
    if (known?.peer !== peer) return
    this.#peers.delete(peer.device)
    for (const id of known.joined) this.#folders.get(id)?.sync.dropPeer(peer.device)
  }

  async #onMessage(peer: Peer, bytes: Uint8Array): Promise<void> {
    const known = this.#peers.get(peer.device)
    if (known?.peer !== peer) return
    try {
      // What a device may not say is not even read, and what nobody asked for is read at a measured pace.
      const { folder: id, type } = headOf(bytes)
      const isOpen = this.#folders.has(id)
      const mayRead = (): boolean => this.#folders.has(id) === isOpen && this.#parts.mayRead(id, peer.device)
      if (!mayRead() || (!isOpen && type !== 'state')) return
      if (type === 'state' || (type === 'batches' && this.#folders.get(id)?.sync.exchange.expects(peer.device) !== true)) {
        await known.pace.take(Math.max(bytes.length, MESSAGE_COST))
        if (peer.closed.aborted || !mayRead()) return
      }
      const message = decodeMessage(bytes)
      if (isOpen) await this.#onAllowed(peer, known, message)
      else if (message.type === 'state' && message.asks && this.#parts.lacks(id)) sayAbsent(peer, id)
    } catch (error) {
      this.#parts.misbehaved(peer.device, messageOf(error))
      peer.index.close('rubbish on the index protocol')
    }
  }

  async #onAllowed(peer: Peer, known: KnownPeer, message: IndexMessage): Promise<void> {
    const folder = this.#folders.get(message.folder)
    if (folder === undefined) return
    if (!known.joined.has(message.folder)) this.refresh()
    const handled = async (): Promise<void> => {
      await folder.sync.onMessage(peer.device, message).catch((error: unknown) => this.#failed(peer, error))
    }
    // Answers wait for room on the link; reading goes on meanwhile, or two devices could wait for each other for ever.
    if (message.type !== 'want') return handled()
    const waiting = known.waiting.get(message.folder) ?? 0
    if (waiting >= MAX_WAITING_WANTS) {
      this.#parts.misbehaved(peer.device, 'asks for records faster than it takes them')
      peer.index.close('a flood of wants')
      return
    }
    known.waiting.set(message.folder, waiting + 1)
    void known.wants.run(handled).then(() => known.waiting.set(message.folder, (known.waiting.get(message.folder) ?? 1) - 1))
  }

  #failed(peer: Peer, error: unknown): void {
    if (!peer.closed.aborted) this.#parts.logger.warn({ device: peer.device, error }, 'an index message could not be handled')
  }
}

/** Says that this device takes no part in a folder: who waits for it need not. */
function sayAbsent({ index }: Peer, folder: FolderId): void {
  const nothing = { have: [], needEntries: 0, needBytes: 0, materialised: false, asks: false }
  void index.send(encodeMessage({ type: 'state', folder, ...nothing })).catch(() => undefined)
}
