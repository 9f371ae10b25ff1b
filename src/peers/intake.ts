import { HoldfastError, sleep, type Clock, type Logger } from '#base'
import { sameBytes, type DeviceId, type Hlc } from '#model'
import { isRemoval, type FoldedGroup, type Removal } from './fold-group.ts'
import { isAdding, type GroupLog } from './group-log.ts'
import { verifyOperation, type Operation } from './operation.ts'
import type { OperationBody } from './operation-body.ts'

/** Signatures checked before the thread is given back: about 8 ms. */
const VERIFY_AT_ONCE = 32

/** What came of operations that another device sent. */
export interface Merged {
  /** New ones. */
  added: number
  /** Some could not be placed, since others before them are missing. */
  gaps: boolean
  /** Authors whose other history lost against the one here. */
  lost: DeviceId[]
}

/** The operations in the order of their time; throws `corrupt` when one is forged. */
export async function verified(operations: readonly Operation[], clock: Clock): Promise<Operation[]> {
  for (const [at, operation] of operations.entries()) {
    if (at % VERIFY_AT_ONCE === VERIFY_AT_ONCE - 1) await sleep(clock, 0)
    if (!verifyOperation(operation))
      throw new HoldfastError('corrupt', `an operation in the name of ${operation.author} is forged`)
  }
  return operations.toSorted((a, b) => a.hlc - b.hlc || a.seq - b.seq)
}

/**
 * Is an operation worth checking? Not when it is known, or of another group. A second history of an author is heard only while that is
 * a member: a device that was removed cannot take back what it did.
 */
export function isFresh(
  log: GroupLog,
  isMember: (device: DeviceId) => boolean,
  { group, author, seq, hash }: Operation,
): boolean {
  if (group !== log.group) return false
  const same = log.chain(author)[seq - 1]
  return same === undefined || (!sameBytes(same.hash, hash) && isMember(author))
}

export interface TakenIn {
  merged: Merged
  /** The operations to store. */
  added: Operation[]
  /** Part of what is stored is no longer in the log: all of it is to be stored anew. */
  replaced: boolean
  /** Removals that are in no chain: they stand in the branch of a fork that lost. */
  orphans: Removal[]
}

/** Puts verified operations into the log; those that claim a time after `latest` are dropped. */
export function takeIn(
  log: GroupLog,
  operations: readonly Operation[],
  { latest, logger }: { latest: Hlc; logger: Logger },
): TakenIn {
  const merged: Merged = { added: 0, gaps: false, lost: [] }
  const taken: TakenIn = { merged, added: [], replaced: false, orphans: [] }
  const beside: Operation[] = []
  let early: Operation | undefined
  for (const operation of operations) {
    const { author, seq, hlc } = operation
    const chain = log.chain(author)
    const branch = chain.length >= seq ? chain.slice(seq - 1) : []
    const offer = log.offer(operation, latest)
    if (offer === 'gap') merged.gaps = true
    if (offer === 'lost') merged.lost.push(author)
    if (offer === 'lost' || (offer !== 'known' && merged.lost.includes(author))) beside.push(operation)
    if (offer === 'refused' && hlc > latest) early = operation
    if (offer === 'added' || offer === 'won') taken.added.push(operation)
    if (offer !== 'won') continue
    taken.replaced = true
    beside.push(...branch)
    logger.warn({ author, seq }, 'a device has authored two group histories; one of them is dropped')
  }
  merged.added = taken.added.length
  if (early !== undefined)
    logger.warn({ author: early.author, seq: early.seq }, 'a change to the group claims a time far ahead, and was refused')
  taken.orphans = beside.filter(isRemoval).filter(({ author, seq, hash }) => {
    const stands = log.chain(author)[seq - 1]
    return stands === undefined || !sameBytes(stands.hash, hash)
  })
  return taken
}

/**
 * What makes removals hold that a fork would have dropped: whoever restores an old copy of the remover's home must not bring a device back
 * that was put out. So each member that may says it again, in its own name; unless the device was let in again since.
 */
export function removalsAgain(log: GroupLog, state: FoldedGroup, own: DeviceId, orphans: readonly Removal[]): OperationBody[] {
  const isMember = (wanted: DeviceId): boolean => state.devices.some(({ device, role }) => device === wanted && role === 'member')
  const isIn = (wanted: DeviceId): boolean => [...state.devices, ...state.kits].some(({ device }) => device === wanted)
  if (!isMember(own)) return []
  const again = new Map<DeviceId, OperationBody>()
  for (const { author, hlc, body } of orphans) {
    if (body.device === own || !isMember(author) || !isIn(body.device)) continue
    const since = log.operations().some(({ hlc: time, body: one }) => isAdding(one) && one.device === body.device && time > hlc)
    if (!since) again.set(body.device, body)
  }
  return [...again.values()]
}
