import { HoldfastError } from '#base'
import { sameBytes, type DeviceId, type GroupId, type Hlc } from '#model'
import { NO_OPERATION, type Operation } from './operation.ts'
import type { OperationBody } from './operation-body.ts'

/** Operations of one author at most; a device that claims more is flooding. */
export const MAX_CHAIN_OPERATIONS = 20_000

/** Devices and recovery kits that one device can let in. It bounds how large a member can make the log, and what it costs to read. */
export const MAX_ADDED = 256

const YEAR_MS = 365.25 * 86_400_000
const MAX_AHEAD_MS = 50 * YEAR_MS
/** A clock that shows less was never set. */
const EARLIEST_NOW = Date.UTC(2026)

/**
 * The latest time that an operation may claim. Every device goes on after the latest operation that it knows, so a time near the end
 * of all numbers would leave no room for any other. It is as far away as it can be: a device with a wrong clock must be able to
 * follow a group with a right one, and a group the one that lets it in (docs/architecture.md).
 */
export function latestHlc(now: number): Hlc {
  return Math.floor(Math.max(now, EARLIEST_NOW) + MAX_AHEAD_MS) * 1024
}

/** Where an author's chain ends: `hash` is its last operation's. */
export interface ChainHead {
  author: DeviceId
  seq: number
  hash: Uint8Array
}

/**
 * What became of an operation offered: `added` at the end of its chain; `known`; `gap` when one before it is missing; `lost` and `won`
 * when the author's chain forks there (a restored backup): the branch with the smaller hash stays everywhere, and where it wins, the
 * other branch is gone; `refused` when it cannot be in this group's log.
 */
export type Offer = 'added' | 'known' | 'gap' | 'lost' | 'won' | 'refused'

/** The operations of one group that this device has: a gapless chain for each author. */
export class GroupLog {
  readonly group: GroupId
  readonly #chains = new Map<DeviceId, Operation[]>()
  /** Who has a place in the log: the founder and all that were ever added, kits too. */
  readonly #authors = new Set<DeviceId>()
  /** Where an author's chain went beyond what is allowed: what follows is no gap that others could fill. */
  readonly #beyond = new Map<DeviceId, number>()

  constructor(group: GroupId) {
    this.group = group
  }

  /** One that can be changed without this one. */
  copy(): GroupLog {
    const copy = new GroupLog(this.group)
    for (const [author, chain] of this.#chains) copy.#chains.set(author, [...chain])
    for (const author of this.#authors) copy.#authors.add(author)
    for (const [author, seq] of this.#beyond) copy.#beyond.set(author, seq)
    return copy
  }

  chain(author: DeviceId): readonly Operation[] {
    return this.#chains.get(author) ?? []
  }

  /** All operations, author by author. */
  operations(): Operation[] {
    return [...this.#chains.values()].flat()
  }

  heads(): ChainHead[] {
    return [...this.#chains.values()].flatMap((chain) => {
      const last = chain.at(-1)
      return last === undefined ? [] : [{ author: last.author, seq: last.seq, hash: last.hash }]
    })
  }

  /**
   * What a device whose chains end so lacks, oldest first: the rest of each chain, or all of one whose end is not ours (a fork, which
   * the receiver decides as we do).
   */
  lackedBy(heads: readonly ChainHead[]): Operation[] {
    const theirs = new Map(heads.map((head) => [head.author, head]))
    const lacked = [...this.#chains].flatMap(([author, chain]) => {
      const head = theirs.get(author)
      if (head === undefined) return chain
      const same = chain[head.seq - 1]
      if (same === undefined) return []
      return sameBytes(same.hash, head.hash) ? chain.slice(head.seq) : chain
    })
    return lacked.sort((a, b) => a.hlc - b.hlc || a.seq - b.seq)
  }

  /** Takes an operation whose signature is right, unless it claims a time after `latest`. */
  offer(operation: Operation, latest: Hlc = Infinity): Offer {
    const offer = this.#offer(operation, latest)
    const { author, seq } = operation
    const beyond = this.#beyond.get(author) ?? Infinity
    if (offer === 'added' && seq >= beyond) this.#beyond.delete(author)
    return offer === 'gap' && seq > beyond ? 'refused' : offer
  }

  #offer(operation: Operation, latest: Hlc): Offer {
    const { author, seq, body } = operation
    const founding = body.kind === 'genesis'
    if (operation.group !== this.group || seq > MAX_CHAIN_OPERATIONS || (!founding && !this.#authors.has(author)))
      return 'refused'
    let chain = this.#chains.get(author)
    if (chain === undefined) {
      chain = []
      this.#chains.set(author, chain)
    }
    const same = chain[seq - 1]
    if (same !== undefined && sameBytes(same.hash, operation.hash)) return 'known'
    const before = chain[seq - 2]
    if (seq > 1 && before === undefined) return 'gap'
    if (!sameBytes(operation.prev, before?.hash ?? NO_OPERATION) || operation.hlc <= (before?.hlc ?? -1)) return 'refused'
    if (operation.hlc > latest || (isAdding(body) && added(chain.slice(0, seq - 1)) >= MAX_ADDED)) {
      this.#beyond.set(author, seq)
      return 'refused'
    }
    if (same !== undefined && Buffer.compare(same.hash, operation.hash) < 0) return 'lost'
    chain.length = seq - 1
    chain.push(operation)
    this.#admit(operation)
    return same === undefined ? 'added' : 'won'
  }

  #admit({ author, body }: Operation): void {
    if (body.kind === 'genesis') this.#authors.add(author)
    if (isAdding(body)) this.#authors.add(body.device)
  }
}

/** How many devices and recovery kits a chain lets in. */
function added(chain: readonly Operation[]): number {
  return chain.reduce((sum, { body }) => sum + Number(isAdding(body)), 0)
}

/** Does it let a device or a kit in? */
export function isAdding(body: OperationBody): body is OperationBody & { kind: 'device.add' | 'recovery.add' } {
  return body.kind === 'device.add' || body.kind === 'recovery.add'
}

/** Throws `full` when a device can let in no more. */
export function needRoom(log: GroupLog, device: DeviceId): void {
  if (added(log.chain(device)) < MAX_ADDED) return
  throw new HoldfastError('full', `this device has let in ${MAX_ADDED} devices, and can let in no more`, {
    reason: 'devices-full',
    values: { most: MAX_ADDED },
    hint: 'invite from another device of the group',
  })
}

/**
 * The log of operations whose signatures are right, in any order, without those that claim a time after `latest`; throws `corrupt`
 * where none of them founds a group.
 */
export function buildLog(operations: readonly Operation[], latest: Hlc = Infinity): GroupLog {
  const genesis = operations.find(({ body }) => body.kind === 'genesis')
  if (genesis === undefined) throw new HoldfastError('corrupt', 'the group log has no beginning')
  const log = new GroupLog(genesis.group)
  for (const operation of operations.toSorted((a, b) => a.hlc - b.hlc || a.seq - b.seq)) log.offer(operation, latest)
  return log
}
