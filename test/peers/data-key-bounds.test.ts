import { describe, expect, test } from 'vitest'
import { toHex } from '#model'
import { MAX_KEY_ASKS, type FoldedDataKeys } from '../../src/peers/fold-data-keys.ts'
import { MAX_KEYS_MADE } from '../../src/peers/fold-draft.ts'
import { foldGroup } from '../../src/peers/fold-group.ts'
import { decodeOperation } from '../../src/peers/operation.ts'
import frozen from '../format/peers.json' with { type: 'json' }
import { ids, made, now, random, three, wrapped } from './data-keys.ts'
import { join, meet, member, write, type Member } from './members.ts'
import { A, B, C, D, folderId, keyAt, NO_KEY, Scribe, unopenable } from './scribe.ts'

describe('what does not count among data keys', () => {
  test('is one that a device gives which may not write, but it passes on those that count', async () => {
    const [a, b, c] = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    await a.group.shareFolder(id, b.identity.device, 'receive-only')
    await meet(a, b, c)
    const own = made(id, now(b))
    await write(b, { kind: 'data-key.wrap', folder: id, wraps: [a, b, c].map((to) => wrapped(b.group, id, to, own)) })
    const d = await member('d')
    await join(b, d)
    await meet(a, b, c, d)
    expect(d.group.dataKeys(id)).toHaveLength(1)
    for (const { group } of [b, c, d]) expect(group.dataKeys(id)).toEqual(a.group.dataKeys(id))
  })

  test('is one under the name of another, or given another time, or wrapped for another folder, group or device', async () => {
    const [a, b, c] = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    const { id: elsewhere } = await a.group.createFolder({ name: 'g' })
    await meet(a, b, c)
    const real = made(id, now(b))
    const wrong = { ...real, key: random.bytes(32) }
    const later = { ...real, hlc: real.hlc + 1 }
    const foreign = await member('x')
    await write(b, {
      kind: 'data-key.wrap',
      folder: id,
      wraps: [
        wrapped(b.group, id, c, later),
        wrapped(b.group, id, c, wrong),
        wrapped(b.group, elsewhere, c, made(elsewhere, now(b))),
        wrapped(foreign.group, id, c, made(id, now(b))),
        { ...wrapped(b.group, id, a, made(id, now(b))), device: c.identity.device },
      ],
    })
    await meet(a, b, c)
    expect(c.group.dataKeys(id)).toHaveLength(1)
    expect(c.group.sealingKey(id)).toEqual(a.group.sealingKey(id))
    // Nor does that keep the key of that name from coming.
    await write(b, { kind: 'data-key.wrap', folder: id, wraps: [a, b].map((to) => wrapped(b.group, id, to, real)) })
    await meet(a, b)
    await a.group.wrapMissing()
    await c.group.askAgain()
    await meet(a, c)
    await a.group.wrapMissing()
    await meet(a, c)
    expect(c.group.sealingKey(id)).toEqual({ id: real.id, key: real.key })
  })

  test('is one of a time to come, which would leave a removal no room for a later one', async () => {
    const [a, b] = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    await meet(a, b)
    const bomb = made(id, Number.MAX_SAFE_INTEGER)
    await write(b, { kind: 'data-key.wrap', folder: id, wraps: [a, b].map((to) => wrapped(b.group, id, to, bomb)) })
    await meet(a, b)
    expect(ids(a.group.dataKeys(id))).not.toContain(toHex(bomb.id))
    await a.group.removeDevice(b.identity.device)
    expect(a.group.dataKeys(id)).toHaveLength(2)
  })

  test('is more than so many of one member, and a device stops making them before', async () => {
    const [a, b] = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    await meet(a, b)
    const flood = async (by: Member, count: number, first: number): Promise<void> => {
      const keys = Array.from({ length: count }, (_, at) => ({ ...keyAt(first + at), ...unopenable(by.identity) }))
      for (let at = 0; at < count; at += 400)
        await write(by, { kind: 'data-key.wrap', folder: id, wraps: keys.slice(at, at + 400) })
    }
    const count = (by: Member): number =>
      a.group.state
        .dataKeys(id)!
        .all()
        .filter(({ maker }) => maker === by.identity.device).length
    await flood(b, MAX_KEYS_MADE + 100, 1)
    await meet(a, b)
    expect(count(b)).toBe(MAX_KEYS_MADE)
    // What another one makes counts all the same.
    await a.group.shareFolder(id, b.identity.device, 'none')
    expect(ids(a.group.dataKeys(id))).toHaveLength(2)
    await flood(a, 253, 10_000)
    await a.group.shareFolder(id, b.identity.device, 'sync')
    await a.group.shareFolder(id, b.identity.device, 'none')
    expect(count(a)).toBe(256)
    await a.group.shareFolder(id, b.identity.device, 'sync')
    await a.group.shareFolder(id, b.identity.device, 'none')
    expect(count(a)).toBe(256)
  })

  test('is more than one wrap of a key by one member, or more than so many questions', () => {
    const log = new Scribe().found().add(A, B).create(A)
    const key = keyAt(1_000_000)
    const give = (): unknown =>
      log.by(A, { kind: 'data-key.wrap', folder: folderId, wraps: [B, B].map((to) => ({ ...key, ...unopenable(to) })) })
    const known = (): FoldedDataKeys => foldGroup(log.operations).dataKeys(folderId)!
    give()
    give()
    expect(known().wraps(key, B.device)).toHaveLength(1)
    for (let at = 0; at < MAX_KEY_ASKS; at++) {
      log.by(B, { kind: 'data-key.ask', folder: folderId, keys: [key] })
      expect(known().lacks(key, B.device, A.device)).toBe(true)
      give()
    }
    log.by(B, { kind: 'data-key.ask', folder: folderId, keys: [key] })
    expect(known().lacks(key, B.device, A.device)).toBe(false)
  })
})

test('a device to whose key nothing can be wrapped keeps no other one from them', async () => {
  const [a, b] = [await member('a'), await member('b')]
  const { id } = await a.group.createFolder({ name: 'f' })
  const keys = Array.from({ length: 300 }, () => made(id, now(a)))
  await write(a, { kind: 'data-key.wrap', folder: id, wraps: keys.map((key) => wrapped(a.group, id, a, key)) })
  for (const { device } of [C, D]) await a.group.addDevice({ device, name: 'x', role: 'member', x25519: NO_KEY })
  await join(a, b)
  for (let at = 0; at < 2; at++) await a.group.wrapMissing()
  await meet(a, b)
  expect(b.group.dataKeys(id)).toHaveLength(301)
  expect(b.group.dataKeys(id)).toEqual(a.group.dataKeys(id))
})

test('a log from before there were data keys says what it said', () => {
  const operations = Object.values(frozen.made.operations).map((hex) => decodeOperation(new Uint8Array(Buffer.from(hex, 'hex'))))
  const before = foldGroup(operations.slice(0, 14))
  const after = foldGroup(operations.slice(0, 15))
  expect(before.folders.map(({ id }) => before.dataKeys(id)!.all())).toEqual([[]])
  expect(after.folders).toEqual(before.folders)
  expect(after.devices).toEqual(before.devices)
  // The other device was removed before.
  const [folder] = after.folders
  const [key] = after.dataKeys(folder!.id)!.all()
  expect(after.dataKeys(folder!.id)!.wraps(key!, folder!.creator)).toHaveLength(1)
})
