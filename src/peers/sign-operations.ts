import { HoldfastError } from '#base'
import { tickHlc, type Hlc } from '#model'
import type { GroupParts } from './group-parts.ts'
import { latestHlc, type GroupLog } from './group-log.ts'
import { decodeOperation, NO_OPERATION, signOperation, type Operation } from './operation.ts'
import type { OperationBody } from './operation-body.ts'

/** Signs changes as this device's next operations in a log; null: the genesis of a new one. */
export function signOperations(
  { identity, clock }: Pick<GroupParts, 'identity' | 'clock'>,
  log: GroupLog | null,
  bodies: readonly OperationBody[],
): Operation[] {
  const signed: Operation[] = []
  const latest = latestHlc(clock.now())
  // After all that is known, however wrong another device's clock is: an operation never comes before what allowed it.
  const known = log?.operations().reduce((max, { hlc }) => (hlc <= latest ? Math.max(max, hlc) : max), 0) ?? 0
  let last = log?.chain(identity.device).at(-1)
  for (const body of bodies) {
    const place = {
      author: identity.device,
      seq: (last?.seq ?? 0) + 1,
      prev: last?.hash ?? NO_OPERATION,
      hlc: tickHlc(Math.max(known, last?.hlc ?? 0, youngest(body, latest)), clock.now()),
    }
    last = signOperation({ group: log?.group ?? null, ...place, body }, identity.key)
    checkReadable(last)
    signed.push(last)
  }
  return signed
}

/** A data key counts only where the operation is no older; one that comes from another group may be of a clock that is ahead. */
function youngest(body: OperationBody, latest: Hlc): Hlc {
  return body.kind === 'data-key.wrap' ? body.wraps.reduce((max, { hlc }) => (hlc <= latest ? Math.max(max, hlc) : max), 0) : 0
}

/** What could not be read again, here at the next start or by the others, must not get into the log. */
function checkReadable({ bytes }: Operation): void {
  try {
    decodeOperation(bytes)
  } catch (cause) {
    throw new HoldfastError('internal', 'this change to the group cannot be written down, and was not made', {
      reason: 'change-unwritable',
      hint: "look at this device's clock; if it is right, leave the group (holdfast leave) and join it again (holdfast join CODE)",
      cause,
    })
  }
}
