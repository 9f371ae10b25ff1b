import { expect, test } from 'vitest'
import type { DeviceRole } from '#peers'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { peerOf, startDevice, until, type TestDevice } from './devices.ts'

/** Lets a device into the group of another one without pairing. */
async function letIn(first: TestDevice, other: TestDevice, role: DeviceRole): Promise<void> {
  const { identity, network } = other
  const x25519 = x25519PublicKey(identity.x25519)
  await first.network.group.addDevice({ device: identity.device, name: network.group.name, role, x25519 })
  await network.group.join(first.network.group.log.operations().map(({ bytes }) => bytes))
  await network.learn(first.identity.device, first.network.addresses())
  await Promise.all([peerOf(first, other), peerOf(other, first)])
}

const heard = ({ network }: TestDevice, from: TestDevice): boolean =>
  network.group.log.operations().length === from.network.group.log.operations().length

test('an empty device comes into the group by a kit and a storage device alone, and has the keys of all folders', async () => {
  const [a, s] = [await startDevice('a'), await startDevice('s')]
  await letIn(a, s, 'storage')
  const before = await a.network.group.createFolder({ name: 'before' })
  const kit = a.network.recovery.draft()
  expect(kit.devices.map(({ device }) => device)).toEqual([s.identity.device, a.identity.device])
  await a.network.recovery.authorise(kit)
  const after = await a.network.group.createFolder({ name: 'after' })
  await until(() => heard(s, a))
  expect(a.network.group.state.devices).toHaveLength(2)
  const secrets = [before, after].map(({ id }) => a.network.group.secret(id))
  const keys = [before, after].map(({ id }) => a.network.group.dataKeys(id))
  await a.network.stop()

  const b = await startDevice('b')
  await b.network.recovery.enter(
    kit.code,
    kit.devices.map(({ device, addresses }) => addresses.map((address) => `${address}/p2p/${device}`)),
  )
  const { group } = b.network
  expect(group.state.devices.map(({ name, role }) => `${name} ${role}`).toSorted()).toEqual(['a member', 'b member', 's storage'])
  expect([before, after].map(({ id }) => group.secret(id))).toEqual(secrets)
  expect([before, after].map(({ id }) => group.dataKeys(id))).toEqual(keys)
  await Promise.all([peerOf(b, s), peerOf(s, b)])
  expect(s.network.group.state.devices).toHaveLength(3)
})
