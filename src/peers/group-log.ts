import { HoldfastError } from '#base'
import { sameBytes, type DeviceId, type GroupId } from '#model'
import { NO_OPERATION, type Operation } from './operation.ts'

/** Operations of one author at most; a device that claims more is flooding. */
export const MAX_CHAIN_OPERATIONS = 20_000

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
  /** Who has a place in the log: the founder and all that were ever added. */
  readonly #authors = new Set<DeviceId>()

  constructor(group: GroupId) {
    this.group = group
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

  /** May an operation by `author` be in this log? */
  hasAuthor(author: DeviceId): boolean {
    return this.#authors.has(author)
  }

  /** Takes an operation whose signature is right. */
  offer(operation: Operation): Offer {
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
    if (same !== undefined && Buffer.compare(same.hash, operation.hash) < 0) return 'lost'
    chain.length = seq - 1
    chain.push(operation)
    this.#admit(operation)
    return same === undefined ? 'added' : 'won'
  }

  #admit({ author, body }: Operation): void {
    if (body.kind === 'genesis') this.#authors.add(author)
    if (body.kind === 'device.add') this.#authors.add(body.device)
  }
}

/** The log of operations whose signatures are right, in any order; throws `corrupt` where none of them founds a group. */
export function buildLog(operations: readonly Operation[]): GroupLog {
  const genesis = operations.find(({ body }) => body.kind === 'genesis')
  if (genesis === undefined) throw new HoldfastError('corrupt', 'the group log has no beginning')
  const log = new GroupLog(genesis.group)
  for (const operation of operations.toSorted((a, b) => a.hlc - b.hlc || a.seq - b.seq)) log.offer(operation)
  return log
}
