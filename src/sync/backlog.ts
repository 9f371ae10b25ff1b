import type { Clock } from '#base'
import type { Have } from '#db'
import { chainKey } from '#model'
import { knows } from './comparison.ts'
import type { FolderPeer } from './folder-peer.ts'

/** So few records are here before waiting for them would be worth it. */
const FEW = 500
/** A device that gives nothing of what is awaited for this long is not waited for. */
const SILENT_MS = 30_000

export interface BacklogParts {
  clock: Clock
  /** This device has just joined, or has lost its index: it knows nothing that it has not been told since. */
  isNew(): boolean
  /** How far a chain goes here. */
  mine(chain: Pick<Have, 'author' | 'epoch'>): number
}

/** What one device had when it came and this one lacks. */
interface Awaited {
  chains: Map<string, Have>
  records: number
  /** When it last became less; of the monotonic clock. */
  since: number
}

/**
 * The records that others had when they came and that are still on their way here, where there are many, and some of them supersede
 * others. They come author by author, the oldest first, so what the heads say in the middle of it may be long superseded, and is
 * not worth building. What is written later is not waited for, and one device that has given all is enough. A new device waits for
 * few as well, and where several have written, for one of two versions in conflict would have to give way to the other: what it never
 * had its user is not to find in its archive.
 */
export class Backlog {
  readonly #parts: BacklogParts
  readonly #awaited = new Map<FolderPeer, Awaited>()

  constructor(parts: BacklogParts) {
    this.#parts = parts
  }

  /** How many are to come; 0 when what is here can be built. */
  get records(): number {
    const now = this.#parts.clock.monotonic()
    for (const [peer, { since }] of this.#awaited) if (now - since >= SILENT_MS) this.#awaited.delete(peer)
    return Math.max(0, ...[...this.#awaited.values()].map(({ records }) => records))
  }

  /** What `peer` said first. One that is catching up itself is no measure; of one that does not say, all may be history. */
  said(peer: FolderPeer): void {
    const { state } = peer
    if (state === null || !knows(state)) return
    const isNew = this.#parts.isNew()
    const mayChange = state.superseded !== 0 || (isNew && new Set(state.have.map(({ author }) => author)).size > 1)
    if (!mayChange) return
    const chains = new Map(state.have.map((have) => [chainKey(have), have]))
    const awaited = { chains, records: Infinity, since: 0 }
    this.#count(awaited)
    if (awaited.records > (isNew ? 0 : FEW)) this.#awaited.set(peer, awaited)
  }

  /** More records have come. */
  came(): void {
    for (const awaited of this.#awaited.values()) this.#count(awaited)
    if ([...this.#awaited.values()].some(({ records }) => records === 0)) this.#awaited.clear()
  }

  /** `peer` could not give what it said it had. */
  refused(peer: FolderPeer, chain: Pick<Have, 'author' | 'epoch'>): void {
    const awaited = this.#awaited.get(peer)
    if (awaited === undefined) return
    awaited.chains.delete(chainKey(chain))
    this.#count(awaited)
    if (awaited.records === 0) this.#awaited.delete(peer)
  }

  drop(peer: FolderPeer): void {
    this.#awaited.delete(peer)
  }

  #count(awaited: Awaited): void {
    let records = 0
    for (const [key, have] of awaited.chains) {
      const lacking = have.seq - this.#parts.mine(have)
      if (lacking > 0) records += lacking
      else awaited.chains.delete(key)
    }
    if (records < awaited.records) awaited.since = this.#parts.clock.monotonic()
    awaited.records = records
  }
}
