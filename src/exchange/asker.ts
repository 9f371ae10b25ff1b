import { HoldfastError, Limiter, orAborted, type Clock, type Logger, type Timer } from '#base'
import { MAX_BLOCK_LENGTH } from '#content'
import { CHUNK_ID_BYTES, idCount, type DeviceId, type FolderId } from '#model'
import type { Link, Peer } from '#peers'
import type { ForeignBlock } from '#store'
import { LinkBrokenError, misfit, offline, struckOut } from './ask-errors.ts'
import { encodeHoldHead, MAX_REQUEST_CHUNKS, type HoldOutcome } from './block-frames.ts'
import { encodeRequest, type Frame } from './frames.ts'
import { LONGEST_STALL_MS, Signs, STALL_MS } from './signs.ts'

/** Bytes of blocks in one frame at most, unless a single one is larger. */
const HOLD_BYTES = 1024 * 1024
/** Blocks asked for at once: how large they are is not known. */
const BLOCKS = 8
/** Requests under way to one device; it works on as many at once. */
const UNDER_WAY = 4

export type BlockAnswer = Extract<
  Frame,
  | { held: unknown }
  | { here: unknown }
  | { sealed: unknown }
  | { listed: unknown }
  | { dropped: unknown }
  | { named: unknown }
  | { summaries: unknown }
>

export interface AskerParts {
  clock: Clock
  logger: Logger
  isStruckOut(device: DeviceId): boolean
  strike(device: DeviceId, why: string): void
}

interface Pending {
  /** Takes an answer; true: it was the last. Throws `corrupt` for one to something else. */
  take(answer: BlockAnswer): boolean
  reject(error: HoldfastError): void
  signs: Signs
  stall: Timer | null
  /** Over which it was sent. */
  link: Link | null
  /** A device of an older version breaks its link at it, and is not to blame. */
  isProbe: boolean
}

class Asked {
  readonly peer: Peer
  /** Tells this time that it is connected from others. */
  readonly connection: number
  readonly pending = new Map<number, Pending>()
  readonly turns = new Limiter(UNDER_WAY)
  next = 1
  /** As in Source. */
  heard = -Infinity
  patience = STALL_MS
  breaks = 0
  speed: number | null | undefined

  constructor(peer: Peer, connection: number) {
    this.peer = peer
    this.connection = connection
  }
}

/**
 * Asks single devices about sealed blocks over their bulk links. Calls reject with `offline` when the link or the device goes, with `timeout`
 * where it does not answer, with `denied` where it did what none should before, and when `signal` aborts.
 */
export class Asker {
  readonly #parts: AskerParts
  readonly #devices = new Map<DeviceId, Asked>()
  #connections = 0

  constructor(parts: AskerParts) {
    this.#parts = parts
  }

  addPeer(peer: Peer): void {
    this.#devices.set(peer.device, new Asked(peer, ++this.#connections))
    peer.closed.addEventListener('abort', () => this.#dropPeer(peer), { once: true })
  }

  /** Those connected that may be asked. */
  get devices(): DeviceId[] {
    return [...this.#devices.keys()].filter((device) => !this.#parts.isStruckOut(device))
  }

  /** What tells a device's connection from those that it had before; null where it is not connected, or is not asked any more. */
  connection(device: DeviceId): number | null {
    const asked = this.#devices.get(device)
    return asked === undefined || this.#parts.isStruckOut(device) ? null : asked.connection
  }

  /** See Link.progress, of the link over which a device last answered. */
  speed(device: DeviceId): number | null | undefined {
    return this.#devices.get(device)?.speed
  }

  /** Gives blocks to be held; the bytes are the link's from now on. What became of each; `stored` is durable there. */
  async hold(device: DeviceId, folder: FolderId, blocks: readonly ForeignBlock[], signal: AbortSignal): Promise<HoldOutcome[]> {
    const asked = [...pages(blocks)].map((page) => {
      const frame = (number: number): Uint8Array[] => [
        encodeHoldHead({ number, folder, blocks: page }),
        ...page.map(({ bytes }) => bytes),
      ]
      return this.ask(device, signal, frame, (answer) => {
        if ('held' in answer && answer.held.outcomes.length === page.length) return answer.held.outcomes
        throw misfit(device)
      })
    })
    return (await Promise.all(asked)).flat()
  }

  /** Which of the chunks, packed ids, have a block there. */
  async has(device: DeviceId, folder: FolderId, ids: Uint8Array, signal: AbortSignal): Promise<boolean[]> {
    const asked = slices(ids, MAX_REQUEST_CHUNKS).map((some) => {
      const frame = (number: number): Uint8Array[] => [encodeRequest({ number, folder, ids: some }, 'has')]
      return this.ask(device, signal, frame, (answer) => {
        if ('here' in answer && answer.here.has.length === idCount(some)) return answer.here.has
        throw misfit(device)
      })
    })
    return (await Promise.all(asked)).flat()
  }

  /** The blocks of chunks, packed ids, as they are there; null for each that is not. Nothing was verified. */
  async blocks(device: DeviceId, folder: FolderId, ids: Uint8Array, signal: AbortSignal): Promise<(Uint8Array | null)[]> {
    const asked = slices(ids, BLOCKS).map((some) => {
      const blocks: (Uint8Array | null)[] = []
      const frame = (number: number): Uint8Array[] => [encodeRequest({ number, folder, ids: some }, 'blocks')]
      return this.ask(device, signal, frame, (answer) => {
        const more = 'sealed' in answer && answer.sealed.start === blocks.length ? answer.sealed.chunks : []
        const isFit = more.length > 0 && more.every((block) => block === null || block.length <= MAX_BLOCK_LENGTH)
        blocks.push(...more)
        if (!isFit || blocks.length > idCount(some)) throw misfit(device)
        return blocks.length === idCount(some) ? blocks : null
      })
    })
    return (await Promise.all(asked)).flat()
  }

  /** Takes an answer that came over a bulk link; one to what was not asked over it, or is not waited for, is passed over. Throws `corrupt`. */
  receive(link: Link, answer: BlockAnswer): void {
    const { device } = link
    const number = numberOf(answer)
    const asked = this.#devices.get(device)
    const pending = asked?.pending.get(number)
    if (asked === undefined || pending?.link !== link) return
    pending.signs.at = asked.heard = this.#parts.clock.monotonic()
    asked.breaks = 0
    asked.speed = link.progress?.speed
    try {
      if (pending.take(answer)) end(asked, number)
    } catch (error) {
      this.#parts.strike(device, 'answered what it was not asked')
      throw error
    }
  }

  /** A bulk link broke, whether the device stays connected or not. It may be that of a former connection, whose end is heard of late. */
  linkClosed(link: Link): void {
    const { device } = link
    const asked = this.#devices.get(device)
    const those = asked === undefined ? [] : [...asked.pending].filter(([, pending]) => pending.link === link)
    for (const [number, { reject }] of those) {
      end(asked!, number)
      reject(new LinkBrokenError(device))
    }
    if (asked === undefined || those.length === 0 || those.some(([, { isProbe }]) => isProbe)) return
    if (++asked.breaks > 1) this.#parts.strike(device, 'breaks its bulk link again and again')
  }

  /**
   * Sends `frame`; `read` gives what was asked for once all of it is there, null before, and throws `corrupt` for an answer to something else.
   * `isProbe`: it may be that the device does not know the frame.
   */
  ask<T>(
    device: DeviceId,
    signal: AbortSignal,
    frame: (number: number) => Uint8Array[],
    read: (answer: BlockAnswer) => T | null,
    isProbe = false,
  ): Promise<T> {
    const asked = this.#devices.get(device)
    if (asked === undefined) return Promise.reject(offline(device))
    const work = asked.turns.run(async () => {
      signal.throwIfAborted()
      if (this.#devices.get(device) !== asked) throw offline(device)
      if (this.#parts.isStruckOut(device)) throw struckOut(device)
      const number = asked.next++
      const giveUp = (): void => end(asked, number)
      signal.addEventListener('abort', giveUp, { once: true })
      try {
        return await orAborted(this.#wait(asked, number, frame(number), read, isProbe), signal)
      } finally {
        signal.removeEventListener('abort', giveUp)
      }
    })
    return orAborted(work, signal)
  }

  #wait<T>(
    asked: Asked,
    number: number,
    frame: Uint8Array[],
    read: (answer: BlockAnswer) => T | null,
    isProbe: boolean,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const take = (answer: BlockAnswer): boolean => {
        const result = read(answer)
        if (result !== null) resolve(result)
        return result !== null
      }
      const pending: Pending = { take, reject, signs: new Signs(this.#parts.clock.monotonic()), stall: null, link: null, isProbe }
      asked.pending.set(number, pending)
      this.#watch(asked, number, pending)
      void this.#send(asked, number, frame)
    })
  }

  async #send(asked: Asked, number: number, frame: Uint8Array[]): Promise<void> {
    try {
      const link = await asked.peer.bulk()
      const pending = asked.pending.get(number)
      if (pending !== undefined) pending.link = link
      pending?.signs.over(link)
      await link.send(...frame)
      pending?.signs.sent(this.#parts.clock.monotonic())
    } catch (error) {
      const { device } = asked.peer
      this.#parts.logger.debug({ device, error }, 'a device could not be asked about blocks')
      const pending = asked.pending.get(number)
      end(asked, number)
      pending?.reject(pending.link === null ? offline(device) : new LinkBrokenError(device))
    }
  }

  #watch(asked: Asked, number: number, pending: Pending): void {
    const { patience } = asked
    const look = (): void => {
      const now = this.#parts.clock.monotonic()
      if (pending.signs.areGood(now, asked.heard, patience)) return this.#watch(asked, number, pending)
      asked.patience = Math.min(2 * patience, LONGEST_STALL_MS)
      end(asked, number)
      pending.reject(new HoldfastError('timeout', `${asked.peer.device} did not answer what it was asked about blocks`))
    }
    pending.stall = this.#parts.clock.after(patience, look, { idle: true })
  }

  #dropPeer(peer: Peer): void {
    const asked = this.#devices.get(peer.device)
    if (asked?.peer !== peer) return
    this.#devices.delete(peer.device)
    for (const [number, { reject }] of [...asked.pending]) {
      end(asked, number)
      reject(offline(peer.device))
    }
  }
}

function numberOf(answer: BlockAnswer): number {
  if ('held' in answer) return answer.held.number
  if ('here' in answer) return answer.here.number
  if ('listed' in answer) return answer.listed.number
  if ('named' in answer) return answer.named.number
  if ('summaries' in answer) return answer.summaries.number
  return 'dropped' in answer ? answer.dropped.number : answer.sealed.number
}

function end(asked: Asked, number: number): void {
  asked.pending.get(number)?.stall?.cancel()
  asked.pending.delete(number)
}

/** Blocks for one frame each. */
function* pages(blocks: readonly ForeignBlock[]): Generator<ForeignBlock[]> {
  let page: ForeignBlock[] = []
  let bytes = 0
  for (const block of blocks) {
    if (page.length === MAX_REQUEST_CHUNKS || (page.length > 0 && bytes + block.bytes.length > HOLD_BYTES)) {
      yield page
      page = []
      bytes = 0
    }
    page.push(block)
    bytes += block.bytes.length
  }
  if (page.length > 0) yield page
}

function slices(ids: Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(idCount(ids) / count) }, (_, at) =>
    ids.subarray(at * count * CHUNK_ID_BYTES, (at + 1) * count * CHUNK_ID_BYTES),
  )
}
