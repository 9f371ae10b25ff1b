import { seededRandom, silentLogger, systemClock, type Clock } from '#base'
import { createIdentity, Group, type Identity } from '#peers'
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

export async function join(into: Member, joining: Member): Promise<void> {
  const { device, x25519 } = joining.identity
  await into.group.addDevice({ device, name: joining.group.name, role: 'member', x25519: x25519PublicKey(x25519) })
  await joining.group.join(operationsOf(into))
  await into.group.merge(operationsOf(joining))
}
