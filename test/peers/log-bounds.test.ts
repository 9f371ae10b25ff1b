import { describe, expect, test } from 'vitest'
import { HoldfastError, seededRandom, silentLogger, systemClock } from '#base'
import { Group, type Identity } from '#peers'
import { foldGroup } from '../../src/peers/fold-group.ts'
import { MAX_ADDED } from '../../src/peers/group-log.ts'
import { NO_OPERATION, signOperation, type Operation } from '../../src/peers/operation.ts'
import type { OperationBody } from '../../src/peers/operation-body.ts'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { join, member, operationsOf, type Member } from './members.ts'
import { A, B, folderId, identities, keyAt, NO_KEY, Scribe, unopenable } from './scribe.ts'

/** The next operation of a device, as a patched program might sign it. */
function next({ group }: Member, { device, key }: Identity, hlc: number, body: OperationBody): Operation {
  const last = group.log.chain(device).at(-1)
  const place = { author: device, seq: (last?.seq ?? 0) + 1, prev: last?.hash ?? NO_OPERATION, hlc }
  return signOperation({ group: group.state.id, ...place, body }, key)
}

async function restarted({ identity, store }: Member): Promise<Group> {
  const parts = { identity, store, clock: systemClock, random: seededRandom(3), logger: silentLogger }
  const group = new Group(parts, { name: 'again' })
  await group.load()
  return group
}

describe('a group', () => {
  test('is not stopped by an operation at the end of time', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const body = { kind: 'device.rename', device: b.identity.device, name: 'bomb' } as const
    const bomb = next(a, b.identity, Number.MAX_SAFE_INTEGER, body)
    expect(await a.group.merge([bomb.bytes])).toMatchObject({ added: 0, gaps: false })
    // What follows it cannot be placed either, and is not asked for again.
    const after = signOperation({ ...bomb, seq: bomb.seq + 1, prev: bomb.hash, body }, b.identity.key)
    expect(await a.group.merge([after.bytes])).toMatchObject({ added: 0, gaps: false })
    await a.group.removeDevice(b.identity.device)
    expect((await restarted(a)).state.devices).toHaveLength(1)
    await b.group.merge(operationsOf(a))
    expect(b.group.state.devices.map(({ device }) => device)).toEqual([a.identity.device])
  })

  test('goes on when such an operation is in the log already', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const bomb = next(a, b.identity, Number.MAX_SAFE_INTEGER, { kind: 'device.rename', device: b.identity.device, name: 'x' })
    a.store.log = [...a.store.log, bomb.bytes]
    const again = await restarted(a)
    await again.removeDevice(b.identity.device)
    expect((await restarted(a)).state.devices).toHaveLength(1)
  })

  test('stores nothing that it could not read again', async () => {
    const a = await member('a')
    const before = a.store.log.length
    const broken = { device: a.identity.device, name: 'b', role: 'member', x25519: new Uint8Array(5) } as const
    await expect(a.group.addDevice({ ...broken, device: B.device })).rejects.toMatchObject({ code: 'internal' })
    expect(a.store.log).toHaveLength(before)
    await a.group.createFolder({ name: 'f' })
  })

  test.each(Array.from({ length: 8 }, (_, at) => at))(
    'keeps a device out when the home of the one that removed it is set back (%i)',
    async () => {
      const [a, c, d] = [await member('a'), await member('c'), await member('d')]
      await join(a, c)
      await join(a, d)
      const backup = [...a.store.log]
      await a.group.removeDevice(c.identity.device)
      await d.group.merge(operationsOf(a))
      const restored: Member = {
        ...a,
        store: Object.assign(Object.create(a.store) as Member['store'], { log: backup }),
        group: a.group,
      }
      restored.group = await restarted(restored)
      await restored.group.renameDevice(a.identity.device, 'a again')
      const has = ({ group }: Member): boolean => group.state.devices.some(({ device }) => device === c.identity.device)
      await d.group.merge(operationsOf(restored))
      expect(has(d)).toBe(false)
      // Nor on the restored device, once it has met another.
      await restored.group.merge(operationsOf(d))
      expect(has(restored)).toBe(false)
      // But by being let in again, it comes back for good.
      await restored.group.addDevice({
        device: c.identity.device,
        name: 'c',
        role: 'member',
        x25519: x25519PublicKey(c.identity.x25519),
      })
      await d.group.merge(operationsOf(restored))
      await d.group.merge(operationsOf(a))
      expect(has(d)).toBe(true)
    },
  )

  test('knows nothing that could not be stored', async () => {
    const [a, b, c] = [await member('a'), await member('b'), await member('c')]
    await join(a, b)
    await join(a, c)
    await b.group.merge(operationsOf(a))
    await a.group.removeDevice(c.identity.device)
    const append = b.store.appendGroupLog.bind(b.store)
    b.store.appendGroupLog = () => Promise.reject(new HoldfastError('full', 'the disk is full'))
    await expect(b.group.merge(operationsOf(a))).rejects.toMatchObject({ code: 'full' })
    expect(b.group.log.heads()).toEqual((await restarted(b)).log.heads())
    b.store.appendGroupLog = append
    expect(await b.group.merge(operationsOf(a))).toMatchObject({ added: 1 })
    expect(b.group.state.devices.some(({ device }) => device === c.identity.device)).toBe(false)
  })

  test('takes no more than so many devices of one member', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const x25519 = x25519PublicKey(A.x25519)
    let last: Operation | undefined
    const flood = Array.from({ length: MAX_ADDED + 10 }, (_, at) => {
      const device = identities[at % identities.length]!.device
      const place = { author: b.identity.device, seq: at + 1, prev: last?.hash ?? NO_OPERATION, hlc: Date.now() * 1024 + at }
      const body = { kind: 'device.add', device, name: 'x', role: 'member', x25519 } as const
      last = signOperation({ group: a.group.state.id, ...place, body }, b.identity.key)
      return last.bytes
    })
    expect(await a.group.merge(flood)).toMatchObject({ added: MAX_ADDED, gaps: false })
  })
})

test('what one member wrote to be a burden does not hold the others up', () => {
  const log = new Scribe().found().add(A, B)
  const device = (at: number): Operation => ({ ...log.operations[0]!, author: `d${at}` as Identity['device'] })
  for (let at = 0; at < 6_000; at++)
    log.operations.push({ ...log.operations[1]!, hlc: 2_000_000 + at, body: { ...added, device: device(at).author } })
  const create = log.create(A).operations.at(-1)!
  for (let at = 0; at < 2_000; at++) {
    const role = at % 2 === 0 ? 'none' : 'sync'
    log.operations.push({
      ...create,
      hlc: 3_000_000 + at,
      body: { kind: 'folder.share', folder: folderId, device: null, role, cut: null },
    })
  }
  const keys = (at: number): OperationBody => ({
    kind: 'data-key.wrap',
    folder: folderId,
    wraps: Array.from({ length: 256 }, (_, one) => ({ ...keyAt(at * 256 + one), ...unopenable(A) })),
  })
  for (let at = 0; at < 40; at++) log.operations.push({ ...create, hlc: 4_000_000 + at, body: keys(at) })
  const begin = process.threadCpuUsage()
  foldGroup(log.operations)
  const { user, system } = process.threadCpuUsage(begin)
  expect((user + system) / 1000).toBeLessThan(400)
})

const added = { kind: 'device.add', name: 'x', role: 'member', x25519: NO_KEY } as const
