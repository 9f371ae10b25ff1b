import { hlcTime, type DeviceId } from '#model'
import { decodeControl, encodeControl } from './control.ts'
import { isRemoval } from './fold-group.ts'
import type { ChainHead } from './group-log.ts'
import type { Link } from './link.ts'
import { byOrder, type Operation } from './operation.ts'
import { operationPages } from './operation-pages.ts'
import type { Group } from './own-group.ts'

/** How often a device may say where its chains end: each answer may be the whole log. */
const MAX_ASKED = 3

/**
 * Tells a device that was removed so, by what it can check: the group's operations up to its removal, which are of the time when it was in the
 * group. It gets nothing of what came after, and nothing that it sends is taken in.
 */
export function bidFarewell(link: Link, group: Group): void {
  let asked = 0
  link.onMessage(async (bytes) => {
    const message = decodeControl(bytes)
    // A recovery kit waits for the answer to its ping.
    if (message?.kind === 'ping') return link.send(encodeControl({ kind: 'pong', number: message.number }))
    if (message?.kind !== 'heads' || ++asked > MAX_ASKED) return
    for (const operations of operationPages(lackedOf(group, link.device, message.heads)))
      await link.send(encodeControl({ kind: 'operations', operations }))
  })
}

/** What the device lacks of the log as it was when it was removed; empty where it was not. */
function lackedOf({ state, log }: Group, device: DeviceId, heads: readonly ChainHead[]): Operation[] {
  const departure = state.departures.find((one) => one.device === device)
  const removal = log
    .operations()
    .filter(isRemoval)
    .find(({ author, hlc, body }) => body.device === device && author === departure?.by && hlcTime(hlc) === departure.time)
  return removal === undefined ? [] : log.lackedBy(heads).filter((operation) => byOrder(operation, removal) <= 0)
}
