import { HoldfastError, sleep, type Clock, type Logger } from '#base'
import { sameBytes, type DeviceId } from '#model'
import type { GroupLog } from './group-log.ts'
import { verifyOperation, type Operation } from './operation.ts'

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

/** Puts verified operations into the log. `added` are those to store; where `replaced`, the whole log is to be stored anew. */
export function takeIn(
  log: GroupLog,
  operations: readonly Operation[],
  logger: Logger,
): { merged: Merged; added: Operation[]; replaced: boolean } {
  const merged: Merged = { added: 0, gaps: false, lost: [] }
  const added: Operation[] = []
  let replaced = false
  for (const operation of operations) {
    const offer = log.offer(operation)
    if (offer === 'gap') merged.gaps = true
    if (offer === 'lost') merged.lost.push(operation.author)
    if (offer === 'added' || offer === 'won') added.push(operation)
    if (offer !== 'won') continue
    replaced = true
    logger.warn(
      { author: operation.author, seq: operation.seq },
      'a device has authored two group histories; one of them is dropped',
    )
  }
  merged.added = added.length
  return { merged, added, replaced }
}
