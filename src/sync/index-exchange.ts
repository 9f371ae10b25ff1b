import type { Clock, Logger, Timer } from '#base'
import type { FolderIndex, Have, IngestRules, Ingested } from '#db'
import { chainKey, sameBytes, type DeviceId, type FolderId } from '#model'
import { Backlog } from './backlog.ts'
import type { FolderPeer } from './folder-peer.ts'
import { covers } from './have.ts'
import { encodeMessage, type BatchesMessage, type IndexMessage, type StateMessage, type WantMessage } from './messages.ts'
import type { StateNow } from './need.ts'
import { StateTeller } from './state-teller.ts'
import { Wants } from './wants.ts'

/** Bytes of batches in one message, about. */
const MESSAGE_BYTES = 512 * 1024
/** States are announced at most this often, so that a burst of commits is one message. */
const ANNOUNCE_MS = 25

export interface IndexExchangeParts {
  folder: FolderId
  index: FolderIndex
  clock: Clock
  logger: Logger
  rules(): Omit<IngestRules, 'now'>
  /** May this device have our records? */
  mayRead(device: DeviceId): boolean
  /** As BacklogParts. */
  isNew(): boolean
  /** What we say of ourselves beside `have`. */
  need(): Promise<StateNow>
  ingested(result: Ingested, from: DeviceId): void
  /** A peer said something new of itself. */
  heard(peer: FolderPeer): void
  /** A peer may give now what it could not before: it has opened the folder, or has done with its own files. */
  ready(): void
  /** A peer broke the protocol. */
  misbehaved(device: DeviceId, message: string): void
}

/** How a device differs from us: it has not said; it has records that we have not; it has not all of ours; its disk lacks content. */
export type Gap = 'silent' | 'ahead' | 'behind' | 'lacking'

/** Keeps one folder's records the same among the devices connected: each says what it has, and asks for what it lacks. */
export class IndexExchange {
  readonly #parts: IndexExchangeParts
  readonly #peers = new Map<DeviceId, FolderPeer>()
  readonly #wants: Wants
  readonly #states: StateTeller
  readonly #backlog: Backlog
  #announcing: Timer | null = null
  #announced = -Infinity
  #have: Have[] = []
  readonly #takers = new Set<DeviceId>()

  constructor(parts: IndexExchangeParts) {
    this.#parts = parts
    this.#wants = new Wants(parts)
    this.#backlog = new Backlog({ ...parts, mine: (chain) => this.#wants.mine(chain) })
    this.#states = new StateTeller({ ...parts, have: (have) => this.#takeHave(have) })
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

  /** Records that are to come before it is worth building what is here; 0 = none. */
  get backlog(): number {
    return this.#backlog.records
  }

  async start(): Promise<void> {
    this.#takeHave(await this.#parts.index.have())
  }

  stop(): void {
    this.#announcing?.cancel()
    this.#wants.stop()
    this.#states.stop()
    this.#peers.clear()
  }

  addPeer(device: DeviceId, send: (message: Uint8Array) => Promise<void>): void {
    this.dropPeer(device)
    const peer = { device, send, state: null, vain: new Set<string>(), since: this.#parts.clock.monotonic(), told: null }
    this.#peers.set(device, peer)
    this.#states.tell([peer])
  }

  dropPeer(device: DeviceId): void {
    const peer = this.#peers.get(device)
    this.#peers.delete(device)
    if (peer === undefined) return
    this.#states.drop(peer)
    this.#wants.drop(peer)
    this.#backlog.drop(peer)
  }

  /** Our records or needs changed: tells the others, soon. */
  announce(): void {
    if (this.#announcing !== null) return
    const wait = Math.max(0, this.#announced + ANNOUNCE_MS - this.#parts.clock.monotonic())
    this.#announcing = this.#parts.clock.after(wait, () => {
      this.#announcing = null
      this.#announced = this.#parts.clock.monotonic()
      this.#states.tell(this.#peers.values())
    })
  }

  /** Is `device`, as far as it said, looking at its disk? */
  isScanning(device: DeviceId): boolean {
    return this.#peers.get(device)?.state?.scanning === true
  }

  /** What `device` and we do not have in common; null when we have the same records, and its disk shows them. */
  async gap(device: DeviceId): Promise<Gap | null> {
    const have = await this.#parts.index.have()
    const state = this.#peers.get(device)?.state ?? null
    if (state === null) return 'silent'
    if (!covers(have, state.have)) return 'ahead'
    if (!covers(state.have, have)) return 'behind'
    return state.needEntries > 0 ? 'lacking' : null
  }

  /** Has `device` been asked for records, and not answered yet? */
  expects(device: DeviceId): boolean {
    const peer = this.#peers.get(device)
    return peer !== undefined && this.#wants.expects(peer)
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
    const before = peer.state
    const hasLeft = message.have.length === 0 && before !== null && before.have.length > 0
    // A device that knows nothing of us (its folder was opened just now) did not hear what it was asked before.
    if (message.asks || hasLeft) this.#wants.forget(peer)
    peer.state = message
    const isNews = !saysOnlyDoing(before, message)
    if (isNews) peer.vain.clear()
    if (message.materialised) this.#takers.add(device)
    if (message.asks) {
      peer.told = null
      this.#states.tell([peer])
    }
    if (before === null || before.have.length === 0) this.#backlog.said(peer)
    if (isNews) this.#wants.said(peer, message.have)
    if (hasLeft) this.#wants.askAll()
    if (before === null || (before.needEntries > 0 && message.needEntries === 0)) this.#parts.ready()
    this.#parts.heard(peer)
  }

  async #onWant(device: DeviceId, { author, epoch, seq, folder }: WantMessage): Promise<void> {
    const peer = this.#peers.get(device)
    if (peer === undefined || !this.#parts.mayRead(device)) return
    const batches =
      this.#wants.mine({ author, epoch }) >= seq ? await this.#parts.index.batches(author, epoch, seq, MESSAGE_BYTES) : []
    await peer.send(encodeMessage({ type: 'batches', folder, author, epoch, batches }))
  }

  async #onBatches(device: DeviceId, message: BatchesMessage): Promise<void> {
    if (!this.#wants.isAsked(device, message)) return
    let result: Ingested
    try {
      result = await this.take(message.batches, device)
    } catch (error) {
      this.#wants.failed(message)
      throw error
    }
    const isKnown = message.batches.length > 0 && result.records === 0 && result.fault === undefined
    // It answers what was asked before: what is asked now is still to be answered.
    if (isKnown && this.#wants.lacks(message)) return
    const useful = isKnown || (result.records > 0 && result.fault === undefined)
    if (!useful && this.#wants.isLastWord(message)) this.#onVain(device, message)
    this.#wants.answered(message, useful)
    if (result.records > 0) this.#wants.askAll()
  }

  /** Takes batches in, for which `device` is to blame; those of `more` writers as well. */
  async take(batches: readonly Uint8Array[], device: DeviceId, more: IngestRules['writers'] = []): Promise<Ingested> {
    const { writers } = this.#parts.rules()
    const rules = { writers: [...writers, ...more], now: this.#parts.clock.now() }
    const result = await this.#parts.index.ingest(batches, rules)
    this.#takeHave(result.have)
    if (result.fault !== undefined) this.#onFault(device, result.fault)
    if (result.records > 0) {
      this.#parts.ingested(result, device)
      this.announce()
    }
    return result
  }

  #onVain(device: DeviceId, chain: BatchesMessage): void {
    const peer = this.#peers.get(device)
    if (peer === undefined) return
    peer.vain.add(chainKey(chain))
    this.#backlog.refused(peer, chain)
  }

  /** Asks again for what was answered and could not be taken in, and tells what could not be told. */
  retry(): void {
    this.#wants.askAll()
    this.#states.retry()
  }

  /** Our own records grew. */
  setHave(have: Have[]): void {
    this.#takeHave(have)
    this.announce()
  }

  #takeHave(have: Have[]): void {
    this.#have = have
    this.#wants.setHave(have)
    this.#backlog.came()
  }

  #onFault(device: DeviceId, fault: NonNullable<Ingested['fault']>): void {
    this.#parts.logger.warn({ device, author: fault.author, code: fault.code }, `records were refused: ${fault.message}`)
    if (fault.code === 'corrupt') this.#parts.misbehaved(device, fault.message)
  }
}

/** That a device scans, or what keeps it from its files, does not make it give records that it did not give before. */
function saysOnlyDoing(before: StateMessage | null, message: StateMessage): boolean {
  if (before === null || message.asks) return false
  if (before.scanning === message.scanning && before.hindrance === message.hindrance) return false
  const rest = { scanning: true, hindrance: undefined }
  return sameBytes(encodeMessage({ ...before, ...rest }), encodeMessage({ ...message, ...rest }))
}
