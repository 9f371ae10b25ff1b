import { describe, expect, test } from 'vitest'
import { silentLogger, systemClock, type Clock } from '#base'
import { toHex } from '#model'
import { Group } from '#peers'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { ids, made, now, oldFolder, random, three, wrapped } from './data-keys.ts'
import { peerOf, startDevice, unite, until } from './devices.ts'
import { join, meet, member, operationsOf, write } from './members.ts'

describe('the data keys of a folder', () => {
  test('begin with one that all readers get when it is created, and a storage device does not', async () => {
    const [a, b, s] = [await member('a'), await member('b'), await member('s')]
    await join(a, b)
    await join(a, s, 'storage')
    const { id } = await a.group.createFolder({ name: 'f' })
    await meet(a, b, s)
    expect(a.group.dataKeys(id)).toHaveLength(1)
    expect(b.group.dataKeys(id)).toEqual(a.group.dataKeys(id))
    expect(b.group.sealingKey(id)).toEqual(a.group.sealingKey(id))
    expect(s.group.dataKeys(id)).toEqual([])
    expect(s.group.sealingKey(id)).toBe(undefined)
    const [known] = a.group.state.dataKeys(id)!.all()
    expect(a.group.state.dataKeys(id)!.wraps(known!, s.identity.device)).toEqual([])
    expect(a.group.due).toEqual([])
  })

  test('are there again after a restart', async () => {
    const a = await member('a')
    const { id } = await a.group.createFolder({ name: 'f' })
    const again = new Group({ ...a, clock: systemClock, random, logger: silentLogger }, { name: 'a' })
    await again.load()
    expect(again.dataKeys(id)).toHaveLength(1)
    expect(again.dataKeys(id)).toEqual(a.group.dataKeys(id))
  })

  test('are told of by the event that tells of secrets', async () => {
    const [a, b] = await three()
    const id = await oldFolder(a)
    await meet(a, b)
    const seen: number[] = []
    b.group.on('changed', () => seen.push(b.group.dataKeys(id).length))
    await a.group.makeDataKeys()
    await meet(a, b)
    expect(seen).toEqual([1])
  })

  test('get a new one to seal with when a device is removed, which that device does not get', async () => {
    const [a, b, c] = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    await meet(a, b, c)
    const old = a.group.sealingKey(id)!
    await a.group.removeDevice(b.identity.device)
    await c.group.merge(operationsOf(a))
    await b.group.merge(operationsOf(a))
    expect(ids(c.group.dataKeys(id))).toEqual([...ids([old]), ...ids([c.group.sealingKey(id)!])])
    expect(c.group.sealingKey(id)).toEqual(a.group.sealingKey(id))
    const fresh = a.group.state.dataKeys(id)!.all().at(-1)!
    expect(a.group.state.dataKeys(id)!.wraps(fresh, b.identity.device)).toEqual([])
    expect([...a.group.due, ...c.group.due]).toEqual([])
  })

  test('get a new one when a reading role is taken away, and not when it is given', async () => {
    const [a, b] = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    await a.group.shareFolder(id, b.identity.device, 'receive-only')
    expect(a.group.dataKeys(id)).toHaveLength(1)
    await a.group.shareFolder(id, b.identity.device, 'none')
    await meet(a, b)
    expect(a.group.dataKeys(id)).toHaveLength(2)
    expect(b.group.dataKeys(id)).toEqual([])
    await a.group.shareFolder(id, b.identity.device, 'sync')
    await meet(a, b)
    expect(b.group.dataKeys(id)).toEqual(a.group.dataKeys(id))
    expect(a.group.dataKeys(id)).toHaveLength(2)
    await a.group.shareFolder(id, 'all', 'none')
    await a.group.shareFolder(id, a.identity.device, 'sync')
    expect(a.group.dataKeys(id)).toHaveLength(3)
  })

  test('are wrapped again for a device that is let in again, whose own key may be new', async () => {
    const [a, b] = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    const [key] = a.group.state.dataKeys(id)!.all()
    const { device, x25519 } = b.identity
    const lacks = (): boolean => a.group.state.dataKeys(id)!.lacks(key!, device, a.identity.device)
    expect(lacks()).toBe(false)
    await write(a, { kind: 'device.remove', device, last: a.group.log.chain(device).length, cuts: [] })
    await write(a, { kind: 'device.add', device, name: 'b', role: 'member', x25519: x25519PublicKey(x25519) })
    expect(lacks()).toBe(true)
    await a.group.wrapMissing()
    expect(lacks()).toBe(false)
  })

  test('all go to a member that joins later, the old ones too', async () => {
    const [a, b] = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    await a.group.removeDevice(b.identity.device)
    const d = await member('d')
    await join(a, d)
    expect(d.group.dataKeys(id)).toHaveLength(2)
    expect(d.group.dataKeys(id)).toEqual(a.group.dataKeys(id))
  })

  test('know a device that comes back with another role: what it had seals no more', async () => {
    const [a, b, c] = await three()
    const { id } = await c.group.createFolder({ name: 'f' })
    await c.group.shareFolder(id, a.identity.device, 'receive-only')
    await meet(a, b, c)
    await a.group.removeDevice(b.identity.device)
    await a.group.addDevice({
      device: b.identity.device,
      name: 'b',
      role: 'storage',
      x25519: x25519PublicKey(b.identity.x25519),
    })
    await meet(a, c)
    expect(a.group.due).toEqual([])
    expect(c.group.due).toEqual([id])
  })

  test('are made by a device that may write where an earlier version made none', async () => {
    const [a, b, c] = await three()
    const id = await oldFolder(a)
    await a.group.shareFolder(id, b.identity.device, 'receive-only')
    const first = a.group.sealingKey(id)
    expect(first).not.toBe(undefined)
    await meet(a, b, c)
    expect([b, c].map(({ group }) => group.sealingKey(id))).toEqual([first, first])
    const other = await oldFolder(a)
    await write(a, { kind: 'folder.share', folder: other, device: b.identity.device, role: 'receive-only', cut: null })
    await meet(a, b, c)
    expect([a, b, c].map(({ group }) => group.due)).toEqual([[other], [], [other]])
  })

  test('settle on one where two members made one at once', async () => {
    const [a, b, c] = await three()
    const id = await oldFolder(a)
    await meet(a, b, c)
    await a.group.makeDataKeys()
    await b.group.makeDataKeys()
    expect(a.group.sealingKey(id)).not.toEqual(b.group.sealingKey(id))
    await meet(a, b, c)
    expect(a.group.dataKeys(id)).toHaveLength(2)
    for (const { group } of [b, c]) expect(group.dataKeys(id)).toEqual(a.group.dataKeys(id))
    expect([a, b, c].flatMap(({ group }) => group.due)).toEqual([])
  })

  test('get another one where the one that two removals left is known to a device that went', async () => {
    const [a, b, c] = await three()
    const [d, e] = [await member('d'), await member('e')]
    await join(a, d)
    await join(a, e)
    const { id } = await a.group.createFolder({ name: 'f' })
    await meet(a, b, c, d, e)
    await a.group.removeDevice(d.identity.device)
    await b.group.removeDevice(e.identity.device)
    await meet(a, b, c)
    expect(a.group.dataKeys(id)).toHaveLength(3)
    expect([a, b, c].map(({ group }) => group.due)).toEqual([[id], [id], [id]])
    await c.group.makeDataKeys()
    await meet(a, b, c)
    expect([a, b, c].flatMap(({ group }) => group.due)).toEqual([])
    expect(a.group.dataKeys(id)).toHaveLength(4)
    expect(b.group.dataKeys(id)).toEqual(a.group.dataKeys(id))
  })

  test('stay readable where who made one was removed by a member that had not heard of it', async () => {
    const [a, b, c] = await three()
    const d = await member('d')
    await join(a, d)
    const { id } = await a.group.createFolder({ name: 'f' })
    await meet(a, b, c, d)
    await b.group.removeDevice(d.identity.device)
    await c.group.merge(operationsOf(b))
    const sealed = c.group.sealingKey(id)!
    await a.group.removeDevice(b.identity.device)
    await meet(a, c)
    for (const { group } of [a, c]) expect(ids(group.dataKeys(id))).not.toContain(toHex(sealed.id))
    expect(c.group.due).toEqual([id])
    await c.group.makeDataKeys()
    await meet(a, c)
    expect(a.group.dataKeys(id)).toEqual(c.group.dataKeys(id))
    expect(ids(a.group.dataKeys(id))).toContain(toHex(sealed.id))
    expect(ids([a.group.sealingKey(id)!])).not.toEqual(ids([sealed]))
    expect([...a.group.due, ...c.group.due]).toEqual([])
  })
})

describe('a device that moves', () => {
  test('takes the data keys of its folders along, many, and from a clock that was years ahead', async () => {
    let years = 10
    const clock: Clock = { ...systemClock, now: () => Date.now() + years * 365 * 86_400_000 }
    const [a, b] = [await member('a', clock), await member('b')]
    const { id } = await a.group.createFolder({ name: 'f' })
    const keys = Array.from({ length: 300 }, () => made(id, now(a)))
    await write(a, { kind: 'data-key.wrap', folder: id, wraps: keys.map((key) => wrapped(a.group, id, a, key)) })
    const old = ids(a.group.dataKeys(id))
    expect(old).toHaveLength(301)
    years = 0
    await join(b, a)
    await meet(a, b)
    expect(b.group.dataKeys(id)).toHaveLength(302)
    expect(b.group.dataKeys(id)).toEqual(a.group.dataKeys(id))
    expect(ids(a.group.dataKeys(id)).slice(0, 301)).toEqual(old)
  })

  test('keeps them when it goes on alone, and brings those back that it made meanwhile', async () => {
    const [a, b] = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    await meet(a, b)
    b.store.parts.push({ id })
    const shared = ids(a.group.dataKeys(id))
    await a.group.removeDevice(b.identity.device)
    await b.group.merge(operationsOf(a))
    await b.group.goAlone()
    expect(ids(b.group.dataKeys(id))).toEqual([...shared, ...ids([b.group.sealingKey(id)!])])
    const alone = b.group.sealingKey(id)!
    expect(shared).not.toContain(toHex(alone.id))
    await join(a, b)
    await meet(a, b)
    expect(ids(a.group.dataKeys(id))).toContain(toHex(alone.id))
    expect(a.group.dataKeys(id)).toEqual(b.group.dataKeys(id))
    expect(ids([a.group.sealingKey(id)!])).not.toEqual(ids([alone]))
  })
})

test('a device that runs makes the key that an old folder lacks, and others get it', async () => {
  const a = await member('a')
  const id = await oldFolder(a)
  const device = await startDevice('a', a)
  await until(() => device.network.group.sealingKey(id) !== undefined)
})

test('a writer makes the new key where who removed a device cannot', async () => {
  const [a, b] = [await startDevice('a'), await startDevice('b')]
  await unite(a, b)
  const gone = await member('c')
  await a.network.group.addDevice({
    device: gone.identity.device,
    name: 'c',
    role: 'member',
    x25519: x25519PublicKey(gone.identity.x25519),
  })
  await Promise.all([peerOf(a, b), peerOf(b, a)])
  const { id } = await b.network.group.createFolder({ name: 'f' })
  await b.network.group.shareFolder(id, a.identity.device, 'receive-only')
  await until(() => a.network.group.state.role(id, a.identity.device) === 'receive-only')
  await a.network.group.removeDevice(gone.identity.device)
  expect(a.network.group.dataKeys(id)).toHaveLength(1)
  await until(() => a.network.group.dataKeys(id).length === 2)
  expect(b.network.group.sealingKey(id)).toEqual(a.network.group.sealingKey(id))
})
