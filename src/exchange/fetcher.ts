import { HoldfastError, type Clock, type Logger, type Timer } from '#base'
import { fromHex, type ChunkId, type DeviceId, type FolderId } from '#model'
import type { Link, Peer } from '#peers'
import { AbsentError } from './absent.ts'
import { ByteBudget } from './budget.ts'
import { MAX_REQUEST_CHUNKS } from './block-frames.ts'
import { encodeRequest, type ChunkResponse } from './frames.ts'
import { LONGEST_STALL_MS, Signs } from './signs.ts'
import { drop, settle, SharedMemory, Source, type FetchedChunk, type Request, type Wanted } from './source.ts'
import { Waiting } from './waiting.ts'
import { WantedQueue } from './wanted-queue.ts'
import { absenceOf, newWanted, without } from './wanted.ts'

/** Bytes that one request asks for, at most, unless a single chunk is larger. */
const REQUEST_BYTES = 1024 * 1024
/** Bytes received or asked for and not yet given back by all folders together. */
const MEMORY_BYTES = 48 * 1024 * 1024
/** A device that has just renamed or replaced a file may not find a chunk for a moment: once, it is asked again this much later. */
const AGAIN_MS = 200
/** Wrong chunks, or breaks of its bulk link without a chunk between, after which a device is not asked for the rest of this connection. */
export const MAX_STRIKES = 3
/** A device whose bulk link broke is asked again after this long, and twice as long each time that nothing came in between. */
const REST_MS = 200

export interface FetcherParts {
  clock: Clock
  logger: Logger
  mayServe(folder: FolderId, device: DeviceId): boolean
  struckOut(device: DeviceId, why: string): void
  /** Chunks wait until a device has room for them. */
  waits?(): void
}

/** Gets chunks from whichever connected devices have them; each takes the next when it has room, so the faster give more. */
export class Fetcher {
  readonly #parts: FetcherParts
  readonly #sources = new Map<DeviceId, Source>()
  readonly #queue = new WantedQueue()
  readonly #waiting = new Waiting()
  readonly #budget = new ByteBudget(MEMORY_BYTES)
  #received = 0
  #pumping: Timer | null = null

  constructor(parts: FetcherParts) {
    this.#parts = parts
  }

  /** Bytes of chunks received since the start. */
  get receivedBytes(): number {
    return this.#received
  }

  addPeer(peer: Peer): void {
    this.#sources.set(peer.device, new Source(peer))
    peer.closed.addEventListener('abort', () => this.#dropPeer(peer), { once: true })
    this.#pump()
  }

  /** The sources that a chunk of `folder` may come from now. */
  sources(folder: FolderId): number {
    return [...this.#sources.values()].filter((source) => this.#mayAsk(source, folder)).length
  }

  /**
   * Gets one chunk. The bytes are not verified: hand them to the stage, `strike` if they were wrong, then `release` them.
   * Waits for memory and for a device's turn, each signal's chunks in turns with others'; rejects with AbsentError when no connected device has it.
   * `only`: where that one gives none; what it gives is not counted.
   */
  async fetch(folder: FolderId, id: ChunkId, length: number, signal: AbortSignal, only?: DeviceId): Promise<FetchedChunk> {
    await this.#budget.take(length, signal)
    let wanted: Wanted | undefined
    try {
      signal.throwIfAborted()
      return await new Promise<FetchedChunk>((resolve, reject) => {
        const since = this.#parts.clock.monotonic()
        wanted = newWanted({ folder, id, length, purpose: signal, since, ...(only && { only }), resolve, reject })
        this.#waiting.add(signal, wanted)
        this.#queue.add(wanted)
        // What is asked for in the same moment goes into one request.
        this.#pumping ??= this.#parts.clock.after(0, () => this.#pump())
      })
    } catch (error) {
      this.#budget.give(length)
      throw error
    } finally {
      if (wanted !== undefined) this.#waiting.remove(signal, wanted)
    }
  }

  /** Notes that `device` did what none should: sent bytes that are not the chunk asked for, if nothing else is said. */
  strike(device: DeviceId, why = 'sent content that does not match what it was asked for'): void {
    const source = this.#sources.get(device)
    if (source === undefined) return
    source.strikes++
    this.#parts.logger.warn({ device, strikes: source.strikes }, `a device ${why}`)
    if (source.strikes === MAX_STRIKES) this.#parts.struckOut(device, why)
  }

  isStruckOut(device: DeviceId): boolean {
    return (this.#sources.get(device)?.strikes ?? 0) >= MAX_STRIKES
  }

  /** Takes a response that came over `link`, in `message`, whose memory is given back when its chunks are. */
  receive(link: Link, response: ChunkResponse, message: Uint8Array): void {
    const { device } = link
    const source = this.#sources.get(device)
    const request = source?.requests.get(response.number)
    if (source === undefined || request?.link !== link) return
    if (response.start !== request.answered || response.start + response.chunks.length > request.wanted.length) {
      throw new HoldfastError('corrupt', `${device} answered chunks that were not asked for`)
    }
    request.signs.at = this.#parts.clock.monotonic()
    source.answered(request.signs.at, source.speed)
    const memory = new SharedMemory(message)
    const isAlone = response.chunks.length === 1
    for (const chunk of response.chunks) {
      const wanted = request.wanted[request.answered++]!
      source.outstanding -= wanted.length
      if (chunk !== null && chunk.length === wanted.length) {
        if (wanted.only === undefined) this.#received += chunk.length
        source.breaks = 0
        const release = (): void => {
          this.#budget.give(wanted.length)
          memory.letGo()
        }
        if (settle(wanted, () => wanted.resolve({ bytes: chunk, isAlone, device, release }))) memory.hold()
      } else if ((chunk === null || chunk.length === 0) && !wanted.askedAgain) {
        wanted.askedAgain = true
        this.#parts.clock.after(AGAIN_MS, () => {
          wanted.asked = without(wanted.asked, device)
          this.#queue.again(wanted)
          this.#pump()
        })
      } else {
        if (chunk === null) wanted.absent.push(device)
        else if (chunk.length > 0) this.strike(device)
        this.#queue.again(wanted)
      }
    }
    memory.letGo()
    if (request.answered === request.wanted.length) drop(source, response.number)
    this.#pump()
  }

  /** Takes out a chunk that waits since `before`, of the monotonic clock, and that `mayGive`; `give` is to be called for it then. */
  takeLate(before: number, mayGive: (wanted: Wanted) => boolean): Wanted | undefined {
    return this.#queue.pick((wanted) => wanted.since <= before && mayGive(wanted), 1, 0)[0]
  }

  /** One that was taken out has come from elsewhere; null: it has not. */
  give(wanted: Wanted, chunk: FetchedChunk | null): void {
    if (chunk === null) {
      this.#queue.again(wanted)
      return this.#pump()
    }
    const release = (): void => {
      this.#budget.give(wanted.length)
      chunk.release()
    }
    if (!settle(wanted, () => wanted.resolve({ ...chunk, release }))) chunk.release()
  }

  #mayAsk({ strikes, peer: { device } }: Source, folder: FolderId): boolean {
    return strikes < MAX_STRIKES && this.#parts.mayServe(folder, device)
  }

  #mayGive(source: Source, { folder, asked, only }: Wanted): boolean {
    const { device } = source.peer
    return !asked.includes(device) && (only ?? device) === device && this.#mayAsk(source, folder)
  }

  /** Hands the queue out in turns, one request a device and turn, so that each has a share of it. */
  #pump(): void {
    this.#pumping?.cancel()
    this.#pumping = null
    const now = this.#parts.clock.monotonic()
    for (const source of this.#sources.values()) source.woken(now, source.requests.size)
    for (let asked = true; asked && this.#queue.length > 0;) {
      asked = false
      const share = Math.ceil(this.#queue.length / this.#sources.size)
      for (const source of this.#sources.values()) {
        if (source.outstanding >= source.window || source.rest !== null) continue
        const mayGive = (wanted: Wanted): boolean => this.#mayGive(source, wanted)
        const most = Math.min(REQUEST_BYTES, source.window)
        const wanted = this.#queue.pick(mayGive, Math.min(share, MAX_REQUEST_CHUNKS), most)
        if (wanted.length === 0) continue
        this.#ask(source, wanted)
        asked = true
      }
    }
    this.#queue.sift(
      (wanted) => !this.#hasSource(wanted),
      (wanted) => wanted.reject(new AbsentError(absenceOf(wanted))),
    )
    if (this.#queue.length > 0) this.#parts.waits?.()
  }

  #hasSource(wanted: Wanted): boolean {
    return [...this.#sources.values()].some((source) => this.#mayGive(source, wanted))
  }

  #ask(source: Source, wanted: Wanted[]): void {
    const number = source.next++
    const request: Request = { wanted, answered: 0, signs: new Signs(this.#parts.clock.monotonic()), link: null, stall: null }
    source.requests.set(number, request)
    for (const item of wanted) {
      source.outstanding += item.length
      item.asked.push(source.peer.device)
    }
    const ids = Buffer.concat(wanted.map(({ id }) => fromHex(id)))
    void this.#send(source, number, request, encodeRequest({ number, folder: wanted[0]!.folder, ids }))
    this.#watch(source, number, request)
  }

  async #send(source: Source, number: number, request: Request, frame: Uint8Array): Promise<void> {
    try {
      request.link = await source.bulk()
      request.signs.over(request.link)
      await request.link.send(frame)
      request.signs.sent(this.#parts.clock.monotonic())
    } catch (error) {
      this.#parts.logger.debug({ device: source.peer.device, error }, 'a chunk request could not be sent')
      if (request.link?.closed.aborted === true) this.linkClosed(request.link)
      this.#fail(source, number)
    }
  }

  #watch(source: Source, number: number, request: Request): void {
    const { patience } = source
    request.stall = this.#parts.clock.after(
      patience,
      () => {
        if (source.requests.get(number) !== request) return
        const now = this.#parts.clock.monotonic()
        if (request.signs.areGood(now, source.heard, patience)) return this.#watch(source, number, request)
        this.#parts.logger.warn({ device: source.peer.device }, 'a device did not answer a chunk request')
        source.patience = Math.min(2 * patience, LONGEST_STALL_MS)
        this.#fail(source, number)
      },
      { idle: true },
    )
  }

  /** Gives a request up; its chunks are asked of others. */
  #fail(source: Source, number: number): void {
    const request = source.requests.get(number)
    if (request === undefined) return
    drop(source, number)
    for (const wanted of request.wanted.slice(request.answered)) {
      source.outstanding -= wanted.length
      this.#queue.again(wanted)
    }
    this.#pump()
  }

  /**
   * A bulk link broke while the device stays connected, or one that it had before: what was asked over it is asked again, there too, but once
   * only of each chunk and after a rest. A device that breaks it again and again, and gives nothing, would keep a fetch for ever.
   */
  linkClosed(link: Link): void {
    const { device } = link
    const source = this.#sources.get(device)
    // Giving one up asks others at once: only what was asked before the link broke is looked at.
    const requests = [...(source?.requests ?? [])].filter(([, request]) => request.link === link)
    if (source === undefined || requests.length === 0) return
    if (++source.breaks > 1) this.strike(device, 'breaks its bulk link again and again')
    this.#rest(source, REST_MS * 2 ** (source.breaks - 1))
    for (const [number, request] of requests) {
      for (const wanted of request.wanted.slice(request.answered)) {
        if (wanted.forgiven.includes(device)) continue
        wanted.asked = without(wanted.asked, device)
        wanted.forgiven.push(device)
      }
      this.#fail(source, number)
    }
  }

  #rest(source: Source, ms: number): void {
    source.rest?.cancel()
    source.rest = this.#parts.clock.after(ms, () => {
      source.rest = null
      this.#pump()
    })
  }

  #dropPeer(peer: Peer): void {
    const source = this.#sources.get(peer.device)
    if (source === undefined || source.peer !== peer) return
    this.#sources.delete(peer.device)
    source.rest?.cancel()
    for (const number of [...source.requests.keys()]) this.#fail(source, number)
    this.#pump()
  }
}
