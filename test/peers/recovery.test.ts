import { expect, test } from 'vitest'
import type { FolderId } from '#model'
import { kitIdentity, type DeviceRole, type RecoveryKit, type Whereabouts } from '#peers'
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

const operationsOf = ({ network }: TestDevice): number => network.group.log.operations().length
const names = ({ network }: TestDevice): string[] =>
  network.group.state.devices.map(({ name, role }) => `${name} ${role}`).toSorted()

function places({ devices }: RecoveryKit): Whereabouts[] {
  return devices.map(({ device, addresses }) => addresses.map((address) => `${address}/p2p/${device}`))
}

interface Left {
  /** The storage device that is left; a, who made the folders and the kit, has stopped. */
  s: TestDevice
  a: TestDevice
  kit: RecoveryKit
  folders: FolderId[]
}

/** `fits`: tries kits until one does. */
async function left(fits: (kit: RecoveryKit, s: TestDevice) => boolean = () => true): Promise<Left> {
  const [a, s] = [await startDevice('a'), await startDevice('s')]
  await letIn(a, s, 'storage')
  const { group, recovery } = a.network
  const before = await group.createFolder({ name: 'before' })
  let kit = recovery.draft()
  while (!fits(kit, s)) kit = recovery.draft()
  expect(kit.devices.map(({ device }) => device)).toEqual([s.identity.device, a.identity.device])
  await recovery.authorise(kit)
  const after = await group.createFolder({ name: 'after' })
  await until(() => operationsOf(s) === operationsOf(a))
  await a.network.stop()
  return { a, s, kit, folders: [before.id, after.id] }
}

function expectKeys(device: TestDevice, { a, folders }: Left): void {
  for (const folder of folders) {
    expect(device.network.group.secret(folder)).toEqual(a.network.group.secret(folder))
    expect(device.network.group.dataKeys(folder)).toEqual(a.network.group.dataKeys(folder))
  }
}

test('a kit says of each device where that listens now, and neither where it came from nor where it was before', async () => {
  const [a, s] = [await startDevice('a'), await startDevice('s')]
  await letIn(a, s, 'storage')
  const bare = ({ network }: TestDevice): string[] => network.addresses().map((each) => each.replace(/\/p2p\/.*$/, ''))
  const inKit = (): (readonly string[])[] => a.network.recovery.draft().devices.map(({ addresses }) => addresses)
  const before = bare(s)
  expect(inKit()).toEqual([before, bare(a)])
  // Where it was once is tried first when it is to be found, and is no place to write down.
  await a.network.learn(s.identity.device, ['/ip4/127.0.0.1/tcp/9'])
  expect(inKit()).toEqual([before, bare(a)])
  await s.network.stop()
  await until(() => a.network.peers().length === 0)
  expect(inKit()).toEqual([['/ip4/127.0.0.1/tcp/9', ...before], bare(a)])
})

/** The device with the smaller id opens the streams. */
test.each([
  ['smaller', (kit: RecoveryKit, s: TestDevice) => kitIdentity(kit.code).device < s.identity.device],
  ['greater', (kit: RecoveryKit, s: TestDevice) => kitIdentity(kit.code).device > s.identity.device],
])('an empty device comes into the group by a kit, of a %s id, and a storage device alone, and has all keys', async (_, fits) => {
  const world = await left(fits)
  const { s, kit } = world
  const b = await startDevice('b')
  await b.network.recovery.enter(kit.code, places(kit))
  expect(names(b)).toEqual(['a member', 'b member', 's storage'])
  expectKeys(b, world)
  await Promise.all([peerOf(b, s), peerOf(s, b)])
  expect(names(s)).toEqual(names(b))
})

test('what broke off is done again to the end, and a second device comes in by the same kit', async () => {
  const world = await left()
  const { s, kit } = world
  const b = await startDevice('b')
  const { appendGroupLog } = b.store
  b.store.appendGroupLog = () => Promise.reject(new Error('the disk is full'))
  await expect(b.network.recovery.enter(kit.code, places(kit))).rejects.toThrow('the disk is full')
  expect([names(b), names(s)]).toEqual([['b member'], ['a member', 'b member', 's storage']])
  b.store.appendGroupLog = appendGroupLog.bind(b.store)
  const before = operationsOf(s)
  await b.network.recovery.enter(kit.code, places(kit))
  // It was let in already, and has all that it needs.
  expect(operationsOf(s)).toBe(before)
  expectKeys(b, world)
  await b.network.recovery.enter(kit.code, places(kit))
  const c = await startDevice('c')
  await c.network.recovery.enter(kit.code, places(kit))
  expectKeys(c, world)
  await peerOf(b, s)
  await until(() => names(b).length === 4)
  expect(names(b)).toEqual(['a member', 'b member', 'c member', 's storage'])
})

test('a kit of a group without folders lets a device in, which takes its own part in what comes later', async () => {
  const [a, s] = [await startDevice('a'), await startDevice('s')]
  await letIn(a, s, 'storage')
  const kit = a.network.recovery.draft()
  await a.network.recovery.authorise(kit)
  await until(() => operationsOf(s) === operationsOf(a))
  const b = await startDevice('b')
  await b.network.recovery.enter(kit.code, places(kit))
  await until(() => names(a).length === 3)
  const { id } = await a.network.group.createFolder({ name: 'new' })
  await until(() => b.network.group.secret(id) !== null)
})

test('a kit that was removed says so, and by whom', async () => {
  const { a, s, kit } = await left()
  const again = await startDevice('a', a)
  await Promise.all([peerOf(again, s), peerOf(s, again)])
  await again.network.group.removeDevice(kitIdentity(kit.code).device)
  await until(() => s.network.group.state.kits.length === 0)
  await again.network.stop()
  const b = await startDevice('b')
  const entering = b.network.recovery.enter(kit.code, places(kit))
  await expect(entering).rejects.toMatchObject({
    code: 'denied',
    message: expect.stringContaining('recovery-kit, was removed from its group by a at '),
  })
  expect(names(s)).toEqual(['a member', 's storage'])
})

test('nobody who is there, and others at the place, are told as that, and change nothing', async () => {
  const { s, kit } = await left()
  await s.network.stop()
  const [b, stranger] = [await startDevice('b'), await startDevice('stranger')]
  const entering = b.network.recovery.enter(kit.code, [stranger.network.addresses(), ...places(kit)])
  await expect(entering).rejects.toMatchObject({ code: 'offline', hint: expect.stringContaining('--address') })
  expect([names(b), names(stranger)]).toEqual([['b member'], ['stranger member']])
  await letIn(stranger, b, 'member')
  await expect(b.network.recovery.enter(kit.code, places(kit))).rejects.toMatchObject({ code: 'conflict' })
})

test('who could not be reached is told with all addresses and in words, also where a device of another group is there', async () => {
  const { kit } = await left()
  const [b, other] = [await startDevice('b'), await startDevice('other')]
  const theirs = other.network.addresses()[0]!
  const at = theirs.replace(/\/p2p\/.*/, '')
  const [nobody, nowhere] = ['/ip4/127.0.0.1/tcp/9', '/ip4/127.0.0.1/tcp/7']
  const failure = async (...where: Whereabouts[]): Promise<string> =>
    b.network.recovery.enter(kit.code, where).then(
      () => 'no failure',
      (error: Error) => error.message.replace(/^.*tried: /, ''),
    )
  const [some] = kit.devices
  expect(await failure([`${nobody}/p2p/${some!.device}`, `${nowhere}/p2p/${some!.device}`])).toBe(
    `${nobody} or ${nowhere} (nothing listens there)`,
  )
  // Of the ways in which it can fail each time another one comes first.
  for (let time = 0; time < 3; time++)
    expect(await failure([theirs])).toBe(
      `${at} (whoever is there lets nobody in with this kit: of another group, or has not heard of it)`,
    )
  expect(await failure([`${at}/p2p/${some!.device}`])).toBe(`${at} (another device is there)`)
})
