import { HoldfastError, messageOf, type Clock, type Logger, type Timer } from '#base'
import type { FolderIndex, Have, IngestRules, Ingested } from '#db'
import { sameBytes, type DeviceId, type FolderId } from '#model'
import { encodeMessage, type BatchesMessage, type IndexMessage, type StateMessage, type WantMessage } from './messages.ts'
import type { Need } from './need.ts'

/** Bytes of batches in one message, about. */
const MESSAGE_BYTES = 512 * 1024
/** States are announced at most this often, so that a burst of commits is one message. */
const ANNOUNCE_MS = 25
/** A device that does not answer a want for this long is not waited for. */
const ANSWER_MS = 30_000

/** A device this folder is shared with, while connected. */
export interface FolderPeer {
  device: DeviceId
  send(message: Uint8Array): Promise<void>
  /** What it last said of itself; null before that. */
  state: StateMessage | null
  /** Chains that it was asked for in vain since it last said how it stands. */
  readonly vain: Set<string>
  /** What it was last told of us: the same is not said twice, or two devices that cannot go on would keep each other awake. */
  told: Uint8Array | null
}

export interface IndexExchangeParts {
  folder: FolderId
  index: FolderIndex
  clock: Clock
  logger: Logger
  rules(): Omit<IngestRules, 'now'>
  /** May this device have our records? */
  mayRead(device: DeviceId): boolean
  /** What we say of ourselves beside `have`. */
  need(): Promise<Need>
  ingested(result: Ingested, from: DeviceId): void
  /** A peer said something new of itself. */
  heard(peer: FolderPeer): void
  /** A peer may give now what it could not before: it has opened the folder, or has done with its own files. */
  ready(): void
  /** A peer broke the protocol. */
  misbehaved(device: DeviceId, message: string): void
}

/** Keeps one folder's records the same among the devices connected: each says what it has, and asks for what it lacks. */
export class IndexExchange {
  readonly #parts: IndexExchangeParts
  readonly #peers = new Map<DeviceId, FolderPeer>()
  readonly #wants = new Map<string, { device: DeviceId; timer: Timer }>()
  #announcing: Timer | null = null
  #announced = -Infinity
  #have: Have[] = []
  readonly #takers = new Set<DeviceId>()

  constructor(parts: IndexExchangeParts) {
    this.#parts = parts
  }

  get peers(): FolderPeer[] {
    return [...this.#peers.values()]
  }

  /** Devices that have the folder on a disk, as far as they said so since the start. */
  get takers(): DeviceId[] {
    return [...this.#takers]
  }

  /** The last `have` of ours that was looked at. */
  get have(): Have[] {
    return this.#have
  }

  async start(): Promise<void> {
    this.#have = await this.#parts.index.have()
  }

  stop(): void {
    this.#announcing?.cancel()
    for (const { timer } of this.#wants.values()) timer.cancel()
    this.#wants.clear()
    this.#peers.clear()
  }

  addPeer(device: DeviceId, send: (message: Uint8Array) => Promise<void>): void {
    // A new connection may come before the end of the old one is noticed.
    this.#forgetWants(device)
    this.#peers.set(device, { device, send, state: null, vain: new Set(), told: null })
    void this.#sendState([device])
  }

  dropPeer(device: DeviceId): void {
    this.#peers.delete(device)
    this.#forgetWants(device)
    this.#askAll()
  }

  /** Our records or needs changed: tells the others, soon. */
  announce(): void {
    if (this.#announcing !== null) return
    const wait = Math.max(0, this.#announced + ANNOUNCE_MS - this.#parts.clock.monotonic())
    this.#announcing = this.#parts.clock.after(wait, () => {
      this.#announcing = null
      this.#announced = this.#parts.clock.monotonic()
      void this.#sendState([...this.#peers.keys()])
    })
  }

  async onMessage(device: DeviceId, message: IndexMessage): Promise<void> {
    switch (message.type) {
      case 'state':
        return this.#onState(device, message)
      case 'want':
        return this.#onWant(device, message)
      case 'batches':
        return this.#onBatches(device, message)
    }
  }

  #onState(device: DeviceId, message: StateMessage): void {
    const peer = this.#peers.get(device)
    if (peer === undefined) return
    if (message.asks) this.#forgetWants(device)
    const before = peer.state
    peer.state = message
    peer.vain.clear()
    if (message.materialised) this.#takers.add(device)
    if (message.asks) {
      peer.told = null
      void this.#sendState([device])
    }
    this.#ask(peer)
    if (before === null || (before.needEntries > 0 && message.needEntries === 0)) this.#parts.ready()
    this.#parts.heard(peer)
  }

  async #onWant(device: DeviceId, { author, epoch, seq, folder }: WantMessage): Promise<void> {
    const peer = this.#peers.get(device)
    if (peer === undefined || !this.#parts.mayRead(device)) return
    const last = this.#have.find((have) => have.author === author && have.epoch === epoch)
    const has = last !== undefined && last.seq >= seq
    const batches = has ? await this.#parts.index.batches(author, epoch, seq, MESSAGE_BYTES) : []
    await peer.send(encodeMessage({ type: 'batches', folder, author, epoch, batches }))
  }

  async #onBatches(device: DeviceId, message: BatchesMessage): Promise<void> {
    const key = wantKey(message)
    if (this.#wants.get(key)?.device !== device) return
    const result = await this.#parts.index.ingest(message.batches, { ...this.#parts.rules(), now: this.#parts.clock.now() })
    this.#have = result.have
    this.#endWant(key)
    if (result.fault !== undefined) this.#onFault(device, message, result.fault)
    if (result.records > 0) {
      this.#parts.ingested(result, device)
      this.announce()
    }
    // A peer that answers with nothing new is not asked for the same again before it says something new; others are.
    if (result.records === 0 || result.fault !== undefined) this.#peers.get(device)?.vain.add(key)
    this.#askAll()
  }

  /** Our own records grew. */
  setHave(have: Have[]): void {
    this.#have = have
    this.announce()
  }

  #onFault(device: DeviceId, message: BatchesMessage, fault: NonNullable<Ingested['fault']>): void {
    this.#parts.logger.warn({ device, author: message.author, code: fault.code }, `records were refused: ${fault.message}`)
    if (fault.code === 'corrupt') this.#parts.misbehaved(device, fault.message)
  }

  #askAll(): void {
    for (const peer of this.#peers.values()) this.#ask(peer)
  }

  #ask(peer: FolderPeer): void {
    for (const have of offered(peer)) {
      const key = wantKey(have)
      const mine = this.#have.find(({ author, epoch }) => author === have.author && epoch === have.epoch)?.seq ?? 0
      if (have.seq <= mine || this.#wants.has(key)) continue
      const timer = this.#parts.clock.after(ANSWER_MS, () => this.#onSilence(peer, key), { idle: true })
      this.#wants.set(key, { device: peer.device, timer })
      const want = encodeMessage({
        type: 'want',
        folder: this.#parts.folder,
        author: have.author,
        epoch: have.epoch,
        seq: mine + 1,
      })
      peer.send(want).catch((error: unknown) => {
        this.#parts.logger.debug({ device: peer.device, error: messageOf(error) }, 'a want could not be sent')
        this.#endWant(key)
      })
    }
  }

  /** A device that knows nothing of us (its folder was opened just now) did not hear what it was asked before. */
  #forgetWants(device: DeviceId): void {
    for (const [key, want] of this.#wants) if (want.device === device) this.#endWant(key)
  }

  #onSilence(peer: FolderPeer, key: string): void {
    this.#endWant(key)
    for (const other of this.#peers.values()) if (other !== peer) this.#ask(other)
  }

  #endWant(key: string): void {
    this.#wants.get(key)?.timer.cancel()
    this.#wants.delete(key)
  }

  async #sendState(devices: DeviceId[]): Promise<void> {
    if (devices.length === 0) return
    try {
      const have = await this.#parts.index.have()
      const need = await this.#parts.need()
      this.#have = have
      for (const device of devices) {
        const peer = this.#peers.get(device)
        if (peer === undefined || !this.#parts.mayRead(device)) continue
        const message = encodeMessage({ type: 'state', folder: this.#parts.folder, have, ...need, asks: peer.state === null })
        if (peer.told !== null && sameBytes(peer.told, message)) continue
        peer.told = message.slice()
        await peer.send(message)
      }
    } catch (error) {
      if (!(error instanceof HoldfastError && error.code === 'offline'))
        this.#parts.logger.debug({ error }, 'a state could not be sent')
    }
  }
}

/** What a peer has and may give. */
export function offered({ state, vain }: FolderPeer): Have[] {
  return (state?.have ?? []).filter((have) => !vain.has(wantKey(have)))
}

function wantKey({ author, epoch }: { author: DeviceId; epoch: number }): string {
  return `${author}/${epoch}`
}
