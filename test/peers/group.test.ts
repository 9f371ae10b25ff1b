import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom, silentLogger, systemClock, type Clock } from '#base'
import { encodeCbor, type DeviceId, type FolderId } from '#model'
import { createIdentity, Group, type Identity } from '#peers'
import { foldGroup } from '../../src/peers/fold-group.ts'
import { signOperation, type Operation } from '../../src/peers/operation.ts'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { join, member, operationsOf, write } from './members.ts'
import { MemoryStore } from './memory-store.ts'
import { A, B, C, D, folderId, identities, keyAt, NO_KEY, Scribe, shown, unopenable } from './scribe.ts'

function sorted(...members: Identity[]): DeviceId[] {
  return members.map(({ device }) => device).sort()
}

describe('what a group log says', () => {
  test('members let devices in, and both then count', () => {
    const log = new Scribe().found().add(A, B).add(B, C)
    expect(log.devices).toEqual(sorted(A, B, C))
  })

  test('a stranger and a storage device let nobody in', () => {
    const log = new Scribe().found().add(A, B, 'storage').add(B, C).add(D, C).create(B)
    expect(log.devices).toEqual(sorted(A, B))
    expect(foldGroup(log.operations).folders).toEqual([])
  })

  test('a removed device lets nobody in, not even at an earlier time', () => {
    const log = new Scribe().found().add(A, B).remove(A, B, 0)
    log.by(B, { kind: 'device.add', device: C.device, name: 'c', role: 'member', x25519: NO_KEY }, 1_000_003)
    expect(log.devices).toEqual(sorted(A))
  })

  test('what a device did before its removal, and the remover knew, stays', () => {
    const log = new Scribe().found().add(A, B).add(B, C).remove(A, B, 1)
    expect(log.devices).toEqual(sorted(A, C))
  })

  test('a removal that its author was not allowed is none', () => {
    const log = new Scribe().found().add(A, B, 'storage').add(A, C).remove(B, C, 0).remove(D, C, 0)
    expect(log.devices).toEqual(sorted(A, B, C))
  })

  test('a device removed and let in again counts from then on', () => {
    const log = new Scribe().found().add(A, B).remove(A, B, 0).add(A, B).add(B, C)
    expect(log.devices).toEqual(sorted(A, B, C))
  })

  test('of two devices that remove each other, the earlier wins', () => {
    const log = new Scribe().found().add(A, B).remove(B, A, 2).remove(A, B, 0)
    expect(log.devices).toEqual(sorted(B))
  })

  test('only the creator or a sync device shares a folder', () => {
    const log = new Scribe().found().add(A, B).add(A, C).create(A)
    const share = (role: 'receive-only' | 'none', device: Identity) =>
      ({ kind: 'folder.share', folder: folderId, device: device.device, role, cut: null }) as const
    log.by(A, share('receive-only', B))
    log.by(B, share('none', C))
    const state = foldGroup(log.operations)
    expect(identities.map(({ device }) => state.role(folderId, device))).toEqual(['sync', 'receive-only', 'sync', 'none'])
  })

  test('who takes part in a folder: its creator and those that said so, until they leave it or the group', () => {
    const log = new Scribe().found().add(A, B).add(A, C).add(A, D, 'storage').create(A)
    const take = (device: Identity, takes = true) => log.by(device, { kind: 'folder.take', folder: folderId, takes })
    const takers = () => foldGroup(log.operations).takers(folderId)
    const leavers = () => foldGroup(log.operations).leavers(folderId)
    for (const device of [B, C, D]) take(device)
    expect(takers()).toEqual([A.device, B.device, C.device])
    expect(leavers()).toEqual([])
    take(A, false)
    log.remove(A, B, 1)
    expect(takers()).toEqual([C.device])
    expect(leavers()).toEqual([A.device, B.device])
    take(C, false)
    expect(takers()).toEqual([])
    take(A)
    expect(leavers()).toEqual([B.device, C.device])
  })

  test('a device says where it takes part, once', async () => {
    const { group } = await member('a')
    const { id } = await group.createFolder({ name: 'photos' })
    await group.takeFolders(() => true)
    expect(group.log.chain(group.device).filter(({ body }) => body.kind === 'folder.take')).toEqual([])
    for (const _ of [1, 2]) await group.takeFolders(() => false)
    expect(group.state.takers(id)).toEqual([])
    for (const _ of [1, 2]) await group.takeFolders((folder) => folder === id)
    expect(group.state.takers(id)).toEqual([group.device])
    expect(group.log.chain(group.device).filter(({ body }) => body.kind === 'folder.take')).toHaveLength(2)
  })

  test('a device that may no longer write is cut off where its records ended', () => {
    const log = new Scribe().found().add(A, B).add(A, C).create(A).remove(A, B, 0)
    const cut = { epoch: 2, seq: 9 }
    log.by(A, { kind: 'folder.share', folder: folderId, device: C.device, role: 'receive-only', cut })
    const state = foldGroup(log.operations)
    expect([A, B, C].map(({ device }) => state.cut(folderId, device))).toEqual([
      null,
      { before: 1, places: [{ epoch: 1, seq: 5 }] },
      { before: 2, places: [cut] },
    ])
  })

  test('is the same in whatever order the operations came', () => {
    const actor = fc.nat(3).map((at) => identities[at] ?? A)
    const step = fc.record({ by: actor, on: actor, what: fc.nat(10), last: fc.nat(4), early: fc.integer({ min: 0, max: 20 }) })
    const folders = ['aaaaaaaaaaaaaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaaaaaaaaaaae'] as FolderId[]
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.infiniteStream(fc.nat()), (steps, order) => {
        const log = new Scribe().found().add(A, B)
        for (const { by, on, what, last, early } of steps) {
          const folder = folders[last % 2] ?? folderId
          if (what === 0) log.add(by, on, last === 0 ? 'storage' : 'member')
          else if (what === 1) log.remove(by, on, last)
          else if (what === 2) log.create(by, folder)
          else if (what === 3)
            log.by(by, { kind: 'folder.share', folder, device: on.device, role: 'send-only', cut: null }, 1_000_002 + early)
          else if (what === 4)
            log.by(by, { kind: 'key.wrap', folder, device: on.device, ephemeral: NO_KEY, sealed: new Uint8Array(48) })
          else if (what === 8) log.by(by, { kind: 'data-key.wrap', folder, wraps: [{ ...keyAt(early), ...unopenable(on) }] })
          else if (what === 10)
            log.by(by, { kind: 'recovery.add', device: on.device, name: 'kit', x25519: NO_KEY }, 1_000_002 + early)
          else if (what === 9) log.by(by, { kind: 'data-key.ask', folder, keys: [keyAt(early)] })
          else if (what === 7) log.by(by, { kind: 'key.ask', folder })
          else if (what === 5) log.by(by, { kind: 'folder.count', folder, devices: [[on.device, [{ epoch: early, seq: last }]]] })
          else log.by(by, { kind: 'device.rename', device: on.device, name: `n${last}` }, 1_000_002 + early)
        }
        const mixed = log.operations
          .map((operation) => ({ operation, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at)
        expect(shown(mixed.map(({ operation }) => operation))).toEqual(shown(log.operations))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a group', () => {
  test('is there again after a restart, with its secrets', async () => {
    const a = await member('a')
    const folder = await a.group.createFolder({ name: 'f' })
    const again = new Group({ ...a, clock: systemClock, random: seededRandom(9), logger: silentLogger }, { name: 'other' })
    await again.load()
    expect(again.state.id).toBe(a.group.state.id)
    expect(again.name).toBe('a')
    expect(again.secret(folder.id)).toEqual(a.group.secret(folder.id))
  })

  test('takes no forged operation, and none of another group', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const genuine = a.group.log.chain(a.identity.device).at(-1) as Operation
    const forged = encodeCbor([Buffer.from('nothing'), new Uint8Array(64)])
    await expect(b.group.merge([forged])).rejects.toMatchObject({ code: 'corrupt' })
    const stolen = signOperation(
      { ...genuine, seq: genuine.seq + 1, prev: genuine.hash, hlc: genuine.hlc + 1 },
      createIdentity().key,
    )
    await expect(b.group.merge([stolen.bytes])).rejects.toMatchObject({ code: 'corrupt' })
    const foreign = await member('c')
    await foreign.group.createFolder({ name: 'f' })
    expect(await b.group.merge(operationsOf(foreign))).toMatchObject({ added: 0 })
    expect(await b.group.merge(operationsOf(a))).toMatchObject({ added: 0 })
  })

  test('takes nothing out of its chain: a gap waits, a replay does nothing', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const before = a.group.log.chain(a.identity.device).length
    await a.group.createFolder({ name: 'one' })
    await a.group.createFolder({ name: 'two' })
    const fresh = a.group.log
      .chain(a.identity.device)
      .slice(before)
      .map(({ bytes }) => bytes)
    expect(await b.group.merge(fresh.slice(1))).toMatchObject({ added: 0, gaps: true })
    expect(await b.group.merge(fresh)).toMatchObject({ added: fresh.length })
    expect(await b.group.merge(fresh)).toMatchObject({ added: 0 })
    expect(b.group.state.folders.map(({ name }) => name)).toEqual(['one', 'two'])
  })

  test('agrees on one history when a restored backup has written a second one', async () => {
    const [a, b, c] = [await member('a'), await member('b'), await member('c')]
    await join(a, b)
    await join(a, c)
    await b.group.merge(operationsOf(a))
    const backup = [...a.store.log]
    await a.group.createFolder({ name: 'first' })
    const restored = new Group(
      {
        ...a,
        store: Object.assign(new MemoryStore(), { log: backup }),
        clock: systemClock,
        random: seededRandom(77),
        logger: silentLogger,
      },
      { name: 'a' },
    )
    await restored.load()
    await restored.createFolder({ name: 'second' })
    const [one, two] = [operationsOf(a), restored.log.operations().map(({ bytes }) => bytes)]
    await b.group.merge(one)
    await b.group.merge(two)
    await c.group.merge(two)
    await c.group.merge(one)
    expect(shown(b.group.log.operations())).toEqual(shown(c.group.log.operations()))
    expect(b.group.state.folders).toHaveLength(1)
  })

  test('of a device whose clock is years ahead still hears those it let in', async () => {
    const ahead: Clock = { ...systemClock, now: () => Date.now() + 10 * 365 * 86_400_000 }
    const [a, b] = [await member('a', ahead), await member('b')]
    await join(a, b)
    await b.group.createFolder({ name: 'f' })
    await a.group.merge(operationsOf(b))
    expect(a.group.state.folders.map(({ creator }) => creator)).toEqual([b.identity.device])
  })

  test('gives a folder to those who may read it, and to no one else', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const folder = await a.group.createFolder({ name: 'f' })
    await a.group.shareFolder(folder.id, b.identity.device, 'none')
    await b.group.merge(operationsOf(a))
    expect(b.group.secret(folder.id)).toBe(null)
    await expect(b.group.shareFolder(folder.id, 'all', 'sync')).rejects.toMatchObject({ code: 'denied' })
    await a.group.shareFolder(folder.id, b.identity.device, 'receive-only')
    await b.group.merge(operationsOf(a))
    expect(b.group.secret(folder.id)).toEqual(a.group.secret(folder.id))
  })

  test('gives a secret and a data key again where only rubbish was wrapped for a device, whoever goes on wrapping it', async () => {
    const [a, m, v] = [await member('a'), await member('m'), await member('v')]
    await join(a, m)
    const folder = await a.group.createFolder({ name: 'f' })
    await m.group.merge(operationsOf(a))
    // The device comes, and a member that is quicker gives it rubbish, again and again.
    const { device, x25519 } = v.identity
    await m.group.addDevice({ device, name: 'v', role: 'storage', x25519: x25519PublicKey(x25519) })
    await m.group.removeDevice(device)
    const key = m.group.state.dataKeys(folder.id)!.all()[0]!
    const rubbish = async (): Promise<void> => {
      await write(m, { kind: 'key.wrap', folder: folder.id, ...unopenable(v.identity) })
      await write(m, { kind: 'data-key.wrap', folder: folder.id, wraps: [{ ...key, ...unopenable(v.identity) }] })
    }
    await write(m, { kind: 'device.add', device, name: 'v', role: 'member', x25519: x25519PublicKey(x25519) })
    await rubbish()
    await a.group.merge(operationsOf(m))
    expect(a.group.lacking).toEqual([])
    await v.group.join(operationsOf(a))
    expect(v.group.secret(folder.id)).toBe(null)
    expect(v.group.dataKeys(folder.id)).toEqual([])
    await v.group.askAgain()
    await m.group.merge(operationsOf(v))
    await rubbish()
    await a.group.merge(operationsOf(m))
    expect(a.group.lacking).toEqual([device, device])
    await a.group.wrapMissing()
    await v.group.merge(operationsOf(a))
    expect(v.group.secret(folder.id)).toEqual(a.group.secret(folder.id))
    expect(v.group.dataKeys(folder.id)).toEqual(a.group.dataKeys(folder.id))
    expect(a.group.lacking).toEqual([])
  })

  test('of more than one is not left by joining another', async () => {
    const [a, b, c] = [await member('a'), await member('b'), await member('c')]
    await join(a, b)
    const added = { device: a.identity.device, name: 'a', role: 'member', x25519: x25519PublicKey(a.identity.x25519) } as const
    await c.group.addDevice(added)
    await expect(a.group.join(operationsOf(c))).rejects.toMatchObject({ code: 'conflict' })
  })

  test('goes on alone, when it was removed while it was away, with the folders that it shared meanwhile', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const { id } = await b.group.createFolder({ name: 'made while away' })
    b.store.parts.push({ id })
    const secret = b.group.secret(id)
    await a.group.removeDevice(b.identity.device)
    await b.group.merge(operationsOf(a))
    expect(b.group.state.folders).toEqual([])
    const parts = { identity: b.identity, store: b.store, clock: systemClock, random: seededRandom(1), logger: silentLogger }
    for (const group of [new Group(parts, { name: 'b' }), b.group]) {
      await group.load()
      await group.goAlone()
      expect(group.state.folders.map(({ name }) => name)).toEqual(['made while away'])
      expect(group.secret(id)).toEqual(secret)
      b.store.log = operationsOf(b)
    }
  })

  test('goes on alone after a removal, with the folders it takes part in and who wrote in them, and none of the others', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const folder = await a.group.createFolder({ name: 'f' })
    b.store.parts.push(folder)
    await a.group.createFolder({ name: 'only offered' })
    await b.group.merge(operationsOf(a))
    const secret = b.group.secret(folder.id)
    await b.group.renameDevice(b.identity.device, 'called so')
    await a.group.merge(operationsOf(b))
    await a.group.removeDevice(b.identity.device)
    const removed = new Promise((resolve) => b.group.on('removed', resolve))
    await b.group.merge(operationsOf(a))
    await removed
    await b.group.goAlone()
    expect(b.group.alone).toBe(true)
    expect(b.group.name).toBe('called so')
    expect(b.group.state.id).not.toBe(a.group.state.id)
    expect(b.group.secret(folder.id)).toEqual(secret)
    expect(b.group.state.folders.map(({ name }) => name)).toEqual(['f'])
    const wrote = [{ epoch: 1, seq: 7 }]
    expect(b.group.state.cut(folder.id, a.identity.device)).toBe(null)
    expect(await b.group.countFolder(folder.id, new Map([[a.identity.device, wrote]]))).toBe(true)
    expect(b.group.state.cut(folder.id, a.identity.device)).toEqual({ before: 0, places: wrote })
    // And it can come back, into its own old chain.
    await join(a, b)
    await b.group.createFolder({ name: 'g' })
    await a.group.merge(operationsOf(b))
    expect(a.group.state.folders.map(({ name }) => name)).toEqual(['f', 'only offered', 'g'])
  })
})
