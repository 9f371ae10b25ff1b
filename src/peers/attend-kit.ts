import { HoldfastError } from '#base'
import { decodeControl, encodeControl } from './control.ts'
import type { Link } from './link.ts'
import { operationPages } from './operation-pages.ts'
import type { Group } from './own-group.ts'

/** Messages of one kit at most: each of them may be answered with the whole log. */
const MAX_MESSAGES = 1_000

/**
 * Serves whoever connects with the keys of a recovery kit: it gets the group's log, and what it brings is taken like anybody's, each operation
 * for what its author may do. One message after another, so that the answer to a ping says that all before it has been done, durably.
 */
export function attendKit(link: Link, group: Group): void {
  let messages = 0
  link.onMessage(async (bytes) => {
    if (++messages > MAX_MESSAGES) throw new HoldfastError('corrupt', 'a recovery kit floods the group link')
    const message = decodeControl(bytes)
    if (!group.state.kits.some(({ device }) => device === link.device)) throw new HoldfastError('denied', 'the kit was removed')
    switch (message?.kind) {
      case 'heads':
        for (const operations of operationPages(group.log.lackedBy(message.heads)))
          await link.send(encodeControl({ kind: 'operations', operations }))
        return
      case 'operations':
        await group.merge(message.operations)
        return
      case 'ping':
        await link.send(encodeControl({ kind: 'pong', number: message.number }))
        return
      default:
    }
  })
}
