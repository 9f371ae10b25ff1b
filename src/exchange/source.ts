import { giveBack, type Timer } from '#base'
import type { ChunkId, DeviceId, FolderId } from '#model'
import type { Link, Peer } from '#peers'
import { Pace } from './pace.ts'
import { STALL_MS, type Signs } from './signs.ts'

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
  purpose: AbortSignal
  /** The only device to be asked for it, to see whether that has it; any where left out. */
  only?: DeviceId
  /** Since when it waits to be asked for; of the monotonic clock. */
  since: number
  /** Devices that hold sealed blocks were, or are, asked for it because it waited for long. */
  isRelieved: boolean
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
export class Source extends Pace {
  readonly peer: Peer
  readonly requests = new Map<number, Request>()
  /** How long it is waited for, ms: twice as long after each time in vain, for its line may be too slow for a chunk in less. */
  patience = STALL_MS
  strikes = 0
  /** How often its bulk link broke since a chunk came over it. */
  breaks = 0
  /** Runs while it is not to be asked. */
  rest: Timer | null = null
  next = 1
  #link: Link | null = null

  constructor(peer: Peer) {
    super()
    this.peer = peer
  }

  async bulk(): Promise<Link> {
    this.#link = await this.peer.bulk()
    return this.#link
  }

  /** See Link.progress. */
  get speed(): number | null | undefined {
    return this.#link?.progress?.speed
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
