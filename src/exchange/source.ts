import { giveBack, type Timer } from '#base'
import type { ChunkId, DeviceId, FolderId } from '#model'
import type { Link, Peer } from '#peers'
import type { ByteBudget } from './budget.ts'
import { STALL_MS, type Signs } from './signs.ts'

/** See Source.window. */
const LEAST_BYTES = 256 * 1024
/** Bytes of chunks in a small answer at most: with its head less than what may overtake large messages on a bulk link. */
export const SMALL_BYTES = 60 * 1024
const MOST_BYTES = 8 * 1024 * 1024
const WINDOW_MS = 500
/** A device that has answered nothing for this long, as it was asked nothing, is taken for one of which nothing is known. */
const IDLE_MS = 5_000

export interface FetchedChunk {
  /** Good until `release`. */
  bytes: Uint8Array
  /** Nobody else has bytes of the same buffer. */
  isAlone: boolean
  /** Whom to blame if the bytes do not match their id. */
  device: DeviceId
  /** Gives the memory of `bytes` back; to be called once. */
  release(): void
}

/** A chunk that somebody waits for. */
export interface Wanted {
  folder: FolderId
  id: ChunkId
  length: number
  /** What it is wanted for: a large file, or all small ones of a folder. */
  purpose: object
  /** Holds its bytes. */
  budget: ByteBudget
  resolve(chunk: FetchedChunk): void
  reject(error: Error): void
  /** Devices that were asked and did not give it. */
  asked: DeviceId[]
  /** Those that answered that they do not have it. */
  absent: DeviceId[]
  /** Devices whose bulk link broke before they answered, and that were asked again for it. */
  forgiven: DeviceId[]
  /** A device had it not, and was, or will be, asked once more. */
  askedAgain: boolean
  done: boolean
}

/** Chunks asked of one device in one frame. */
export interface Request {
  wanted: Wanted[]
  /** How many were answered, in order. */
  answered: number
  signs: Signs
  /** Over which it was sent; null before. */
  link: Link | null
  /** Runs while the request does, and holds on to it: cancelled with it, or what came would stay in memory. */
  stall: Timer | null
}

/** A connected device that chunks are asked of. */
export class Source {
  readonly peer: Peer
  readonly requests = new Map<number, Request>()
  /** Bytes it was asked for and has not given; and those of them that are of small chunks. */
  outstanding = 0
  #small = 0
  /** When it last answered; of the monotonic clock. */
  heard = -Infinity
  /** How long it is waited for, ms: twice as long after each time in vain, for its line may be too slow for a chunk in less. */
  patience = STALL_MS
  strikes = 0
  /** How often its bulk link broke since a chunk came over it. */
  breaks = 0
  /** Runs while it is not to be asked. */
  rest: Timer | null = null
  next = 1
  /**
   * From how many bytes on that it was asked for and has not given it is asked for no more. As many as come in half a second: of what waits
   * there for its turn a device that is slow, or limited, has less, so that what is wanted next comes soon, and others give the rest. It grows
   * with each answer, as long as those come fast enough; what is let through at first does not tell how fast that is.
   */
  window = LEAST_BYTES
  #link: Link | null = null

  constructor(peer: Peer) {
    this.peer = peer
  }

  async bulk(): Promise<Link> {
    this.#link = await this.peer.bulk()
    return this.#link
  }

  /** Is it to be asked for something? For small chunks a quarter of a megabyte more: they need not wait behind large ones there. */
  get room(): 'any' | 'small' | null {
    if (this.outstanding < this.window) return 'any'
    return this.#small < LEAST_BYTES ? 'small' : null
  }

  asked(length: number): void {
    this.outstanding += length
    if (length <= SMALL_BYTES) this.#small += length
  }

  /** It gave, or is not to give, what it was asked for. */
  settled(length: number): void {
    this.outstanding -= length
    if (length <= SMALL_BYTES) this.#small -= length
  }

  /** It has answered. */
  answered(now: number): void {
    this.heard = now
    const progress = this.#link?.progress
    const wanted = progress === undefined ? MOST_BYTES : ((progress.speed ?? 0) * WINDOW_MS) / 1000
    this.window = Math.max(Math.min(wanted, 2 * this.window, MOST_BYTES), LEAST_BYTES)
  }

  /** It is to be asked now. What it gave some time ago says nothing. */
  woken(now: number): void {
    if (this.requests.size === 0 && now - this.heard > IDLE_MS) this.window = LEAST_BYTES
  }
}

/** A request has ended. */
export function drop(source: Source, number: number): void {
  source.requests.get(number)?.stall?.cancel()
  source.requests.delete(number)
}

/** A chunk has come, or will not. False when that was so before. */
export function settle(wanted: Wanted, act: () => void): boolean {
  if (wanted.done) return false
  wanted.done = true
  act()
  return true
}

/** A message's memory: held by whoever made this, and by each chunk in it that is handed on; given back when all have let go. */
export class SharedMemory {
  readonly #message: Uint8Array
  #holds = 1

  constructor(message: Uint8Array) {
    this.#message = message
  }

  hold(): void {
    this.#holds++
  }

  letGo(): void {
    if (--this.#holds === 0) giveBack(this.#message)
  }
}
