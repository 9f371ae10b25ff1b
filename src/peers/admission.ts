import { HoldfastError, type Logger } from '#base'
import type { DeviceId } from '#model'
import type { Conversation } from './conversation.ts'
import type { DeviceRole } from './group.ts'
import type { Identity } from './identity.ts'
import { operationPages } from './operation-pages.ts'
import type { Group } from './own-group.ts'
import { x25519PublicKey } from './wrap.ts'

/** How long a device may take to move into a group. */
const JOIN_MS = 60_000
const FAREWELL_MS = 3_000
/** Bytes of a group log that a joining device takes at most. */
const MAX_LOG_BYTES = 256 * 1024 * 1024

export interface AdmissionParts {
  identity: Identity
  group: Group
  logger: Logger
  /** Where this device can be reached once both are in a group. */
  addresses(): string[]
  /** Takes where the other one can be reached. */
  learn(device: DeviceId, addresses: readonly string[]): Promise<void>
}

/** Lets the device at the other end into this group: takes its keys, signs it in, hands it the group log. Nothing is told before this. */
export async function admit(conversation: Conversation, role: DeviceRole, parts: AdmissionParts): Promise<void> {
  const { device } = conversation
  const { name, x25519, addresses } = await conversation.expect('device')
  await parts.group.addDevice({ device, name, role, x25519 })
  const pages = operationPages(parts.group.log.lackedBy([]))
  for (const [at, operations] of pages.entries())
    await conversation.send({ kind: 'log', operations, last: at === pages.length - 1, addresses: parts.addresses() })
  await conversation.expect('joined', JOIN_MS)
  await parts.learn(device, addresses)
  parts.logger.info({ device, name, role }, 'a device joined the group')
}

/** Moves this device into the group of the one at the other end. Throws as Group.join does. */
export async function enter(conversation: Conversation, parts: AdmissionParts): Promise<void> {
  const { identity, group } = parts
  await conversation.send({
    kind: 'device',
    name: group.name,
    x25519: x25519PublicKey(identity.x25519),
    addresses: parts.addresses(),
  })
  const operations: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const page = await conversation.expect('log', JOIN_MS)
    operations.push(...page.operations)
    bytes += page.operations.reduce((sum, operation) => sum + operation.length, 0)
    if (bytes > MAX_LOG_BYTES) throw new HoldfastError('corrupt', `${conversation.device} sends a group log without end`)
    if (!page.last) continue
    await parts.learn(conversation.device, page.addresses)
    break
  }
  await group.join(operations)
  await conversation.send({ kind: 'joined' })
  // The door may close as soon as this returns, and with it the connection: let the last word arrive.
  await conversation.ended(FAREWELL_MS)
  parts.logger.info({ device: conversation.device, group: group.state.id }, 'this device joined a group')
}
