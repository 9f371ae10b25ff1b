import { describe, expect, test } from 'vitest'
import type { DeviceId } from '#model'
import type { Place } from '#peers'
import { foldGroup } from '../../src/peers/fold-group.ts'
import { counting } from '../../src/peers/group-changes.ts'
import { decodeOperation } from '../../src/peers/operation.ts'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { join, member, operationsOf, type Member } from './members.ts'
import { A, B, C, folderId, NO_KEY, Scribe } from './scribe.ts'

const wrote: Place[] = [
  { epoch: 1, seq: 5 },
  { epoch: 3, seq: 2 },
]

async function three(): Promise<{ a: Member; b: Member; c: Member }> {
  const [a, b, c] = [await member('a'), await member('b'), await member('c')]
  await join(a, b)
  await join(a, c)
  await b.group.merge(operationsOf(a))
  return { a, b, c }
}

/** A removal or a role as earlier versions wrote them: nothing says how far the device counts. */
function unsaid(log: Scribe): void {
  log.by(A, { kind: 'folder.share', folder: folderId, device: B.device, role: 'receive-only', cut: null })
}

describe('of a device that may no longer write', () => {
  test('every epoch that is known counts, and nothing else', async () => {
    const { a, b } = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    await a.group.shareFolder(id, b.identity.device, 'receive-only', new Map([[b.identity.device, wrote]]))
    expect(a.group.state.cut(id, b.identity.device)).toEqual({ before: 0, places: wrote })
  })

  test('nothing counts where it had written nothing', async () => {
    const { a, b, c } = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    await a.group.shareFolder(id, b.identity.device, 'receive-only')
    await a.group.removeDevice(c.identity.device, new Map([[id, new Map()]]))
    for (const { identity } of [b, c]) expect(a.group.state.cut(id, identity.device)).toEqual({ before: 0, places: [] })
  })

  test('it is said for each that loses the right with the others', async () => {
    const { a, b, c } = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    await a.group.shareFolder(id, c.identity.device, 'sync')
    await a.group.shareFolder(
      id,
      'all',
      'none',
      new Map([
        [b.identity.device, wrote],
        [c.identity.device, wrote],
      ]),
    )
    expect(a.group.state.cut(id, b.identity.device)).toEqual({ before: 0, places: wrote })
    expect(a.group.state.role(id, c.identity.device)).toBe('sync')
    expect(a.group.state.counted(id).toSorted()).toEqual([a.identity.device, b.identity.device].toSorted())
  })

  test('all counts again when it may write again, and what it wrote by then when it once more may not', async () => {
    const { a, b } = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    const { device } = b.identity
    const more = [...wrote, { epoch: 9, seq: 1 }]
    await a.group.shareFolder(id, device, 'receive-only', new Map([[device, wrote]]))
    await a.group.shareFolder(id, device, 'sync')
    expect(a.group.state.cut(id, device)).toBe(null)
    expect(a.group.state.counted(id)).toEqual([])
    await a.group.removeDevice(device, new Map([[id, new Map([[device, more]])]]))
    expect(a.group.state.cut(id, device)).toEqual({ before: 0, places: more })
  })

  test('a device that has the folder says how far it counts, where the one that put it out has not', async () => {
    const { a, b, c } = await three()
    const { id } = await b.group.createFolder({ name: 'f' })
    await a.group.merge(operationsOf(b))
    await a.group.removeDevice(c.identity.device)
    await b.group.merge(operationsOf(a))
    expect(b.group.state.cut(id, c.identity.device)).toBe(null)
    expect(await b.group.countFolder(id, new Map([[c.identity.device, wrote]]))).toBe(true)
    await a.group.merge(operationsOf(b))
    expect(a.group.state.cut(id, c.identity.device)).toEqual({ before: 0, places: wrote })
  })

  test('what a device took in before it heard of that counts, too, and is said once', async () => {
    const { a, b, c } = await three()
    const { id } = await a.group.createFolder({ name: 'f' })
    const { device } = c.identity
    await a.group.removeDevice(device, new Map([[id, new Map([[device, wrote]])]]))
    await b.group.merge(operationsOf(a))
    const places: Place[] = [
      { epoch: 1, seq: 5 },
      { epoch: 3, seq: 4 },
    ]
    expect(await b.group.countFolder(id, new Map([[device, wrote.slice(0, 1)]]))).toBe(false)
    expect(await b.group.countFolder(id, new Map([[device, places]]))).toBe(true)
    await a.group.merge(operationsOf(b))
    for (const { group } of [a, b]) {
      expect(group.state.cut(id, device)).toEqual({ before: 0, places })
      expect(await group.countFolder(id, new Map([[device, places]]))).toBe(false)
    }
  })

  test('nothing is said by a device that made the folder and now keeps copies only: nobody heeds it, and it would say so for ever', async () => {
    const { a, b } = await three()
    const { device, x25519 } = b.identity
    const { id } = await b.group.createFolder({ name: 'f' })
    await a.group.merge(operationsOf(b))
    await a.group.removeDevice(device, new Map([[id, new Map([[device, wrote.slice(0, 1)]])]]))
    await b.group.merge(operationsOf(a))
    await b.group.goAlone()
    await a.group.addDevice({ device, name: 'b', role: 'storage', x25519: x25519PublicKey(x25519) })
    await b.group.join(operationsOf(a))
    expect(await b.group.countFolder(id, new Map([[device, wrote]]))).toBe(false)
  })

  test('only those who may write themselves say how far it counts', () => {
    const log = new Scribe().found().add(A, B).add(A, C).create(A)
    unsaid(log)
    log.by(A, { kind: 'folder.share', folder: folderId, device: C.device, role: 'receive-only', cut: null })
    log.by(C, { kind: 'folder.count', folder: folderId, devices: [[B.device, wrote]] })
    log.by(B, { kind: 'folder.count', folder: folderId, devices: [[B.device, wrote]] })
    expect(foldGroup(log.operations).cut(folderId, B.device)).toBe(null)
    log.by(A, { kind: 'folder.count', folder: folderId, devices: [[B.device, wrote]] })
    expect(foldGroup(log.operations).cut(folderId, B.device)).toEqual({ before: 0, places: wrote })
  })

  test('an older operation that names no place lets nothing count; one that names a place all before it', () => {
    const log = new Scribe().found().add(A, B).add(A, C).create(A)
    unsaid(log)
    log.by(A, { kind: 'device.remove', device: C.device, last: 0, cuts: [] })
    const state = foldGroup(log.operations)
    for (const { device } of [B, C]) expect(state.cut(folderId, device)).toBe(null)
  })

  test('a long history takes several operations', () => {
    const places = Array.from({ length: 4_500 }, (_, at) => ({ epoch: 2 ** 50 + at, seq: 2 ** 40 }))
    const log = new Scribe().found().add(A, B).create(A)
    const bodies = counting(
      folderId,
      new Map<DeviceId, readonly Place[]>([
        [B.device, places],
        [C.device, []],
      ]),
    )
    expect(bodies).toHaveLength(3)
    for (const body of bodies) decodeOperation(log.by(A, body).bytes)
    log.by(A, { kind: 'folder.share', folder: folderId, device: null, role: 'none', cut: null })
    expect(foldGroup(log.operations).cut(folderId, B.device)?.places).toHaveLength(4_500)
  })

  test('nothing is kept of a member without a role who says so for others', () => {
    const log = new Scribe().found().add(A, B).create(A)
    log.by(A, { kind: 'folder.share', folder: folderId, device: B.device, role: 'none', cut: null })
    log.by(B, { kind: 'device.add', device: C.device, name: 'c', role: 'member', x25519: NO_KEY })
    log.by(B, { kind: 'folder.count', folder: folderId, devices: [[B.device, wrote]] })
    expect(foldGroup(log.operations).counted(folderId)).toEqual([])
  })
})
