import { seededRandom, silentLogger, systemClock, type Clock } from '#base'
import { createIdentity, Group, type DeviceRole, type Identity } from '#peers'
import { NO_OPERATION, signOperation } from '../../src/peers/operation.ts'
import type { OperationBody } from '../../src/peers/operation-body.ts'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { MemoryStore } from './memory-store.ts'

export interface Member {
  identity: Identity
  store: MemoryStore
  group: Group
}

export async function member(name: string, clock: Clock = systemClock, identity = createIdentity()): Promise<Member> {
  const store = new MemoryStore()
  const group = new Group(
    { identity, store, clock, random: seededRandom(name.codePointAt(0) ?? 0), logger: silentLogger },
    { name },
  )
  await group.load()
  return { identity, store, group }
}

export function operationsOf({ group }: Member): Uint8Array[] {
  return group.log.operations().map(({ bytes }) => bytes)
}

export async function join(into: Member, joining: Member, role: DeviceRole = 'member'): Promise<void> {
  const { device, x25519 } = joining.identity
  await into.group.addDevice({ device, name: joining.group.name, role, x25519: x25519PublicKey(x25519) })
  await joining.group.join(operationsOf(into))
  await into.group.merge(operationsOf(joining))
}

/** Authors an operation as another version, or a patched one, might: nothing is asked about it. */
export async function write({ group, identity }: Member, body: OperationBody): Promise<void> {
  const last = group.log.chain(identity.device).at(-1)
  const place = { author: identity.device, seq: (last?.seq ?? 0) + 1, prev: last?.hash ?? NO_OPERATION }
  const hlc = Math.max(...group.log.operations().map((one) => one.hlc)) + 1
  await group.merge([signOperation({ group: group.state.id, ...place, hlc, body }, identity.key).bytes])
}

/** Each hears all that the others have. */
export async function meet(...members: readonly Member[]): Promise<void> {
  for (const one of members) for (const other of members) if (one !== other) await one.group.merge(operationsOf(other))
}
