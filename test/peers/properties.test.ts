import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FolderId, type VersionId } from '#model'
import { foldGroup } from '../../src/peers/fold-group.ts'
import { FoldedProperties, MAX_PINS, MAX_SNAPSHOTS } from '../../src/peers/fold-properties.ts'
import type { PropertyBody, SnapshotCreation } from '../../src/peers/operation-body.ts'
import { join, meet, member, operationsOf } from './members.ts'
import { A, B, C, D, folderId, identities, Scribe, shown } from './scribe.ts'

function idAt(number: number): VersionId {
  return number.toString(16).padStart(32, '0') as VersionId
}

function snapshot(number: number, name = `s${number}`, folder: FolderId = folderId): SnapshotCreation {
  const totals = { created: 5, entries: 2, bytes: 30 }
  const upTo = [[A.device, [{ epoch: 1, seq: number }]]] as const
  return { kind: 'snapshot.create', folder, id: idAt(number), name, ...totals, upTo }
}

function policy(last: number, folder: FolderId = folderId): PropertyBody {
  return { kind: 'folder.retention', folder, policy: [1, last] }
}

function pin(number: number, isPinned = true, folder: FolderId = folderId): PropertyBody {
  return { kind: 'folder.pin', folder, version: idAt(number), isPinned }
}

const anyBody: fc.Arbitrary<PropertyBody> = fc.oneof(
  fc.nat(3).map((last) => policy(last)),
  fc.tuple(fc.nat(3), fc.boolean()).map(([number, isPinned]) => pin(number, isPinned)),
  fc.tuple(fc.nat(3), fc.constantFrom('x', 'x (2)', 'y')).map(([number, name]) => snapshot(number, name)),
  fc.nat(3).map((number) => ({ kind: 'snapshot.delete', folder: folderId, id: idAt(number) }) as const),
)

function said(properties: FoldedProperties): unknown {
  const { policy: set, pins, snapshots } = properties
  return { set, pins: [...pins].sort(), snapshots: snapshots.map((snapshot) => ({ ...snapshot, by: null })) }
}

function names({ operations }: Scribe): string[] {
  return foldGroup(operations)
    .properties(folderId)
    .snapshots.map(({ name }) => name)
}

describe('what a group log says of the past that a folder keeps', () => {
  test('is said by its creator and devices that are `sync` in it, and by nobody else', () => {
    const log = new Scribe().found().add(A, B).add(A, C).add(A, D, 'storage').create(A)
    for (const [device, role] of [
      [A, 'none'],
      [C, 'send-only'],
    ] as const)
      log.by(A, { kind: 'folder.share', folder: folderId, device: device.device, role, cut: null })
    for (const [at, identity] of [C, D, A].entries()) {
      const before = shown(log.operations)
      for (const body of [policy(at), pin(at), snapshot(at), { kind: 'snapshot.delete', folder: folderId, id: idAt(9) } as const])
        log.by(identity, body)
      if (identity !== A) expect(shown(log.operations)).toEqual(before)
    }
    log.by(B, policy(7))
    const { policy: set, pins, snapshots } = foldGroup(log.operations).properties(folderId)
    expect({ set, pins: [...pins] }).toEqual({ set: [1, 7], pins: [idAt(2)] })
    expect(snapshots).toEqual([
      { id: idAt(2), name: 's2', by: A.device, created: 5, entries: 2, bytes: 30, upTo: snapshot(2).upTo },
    ])
  })

  test('is the same in whatever order the operations came', () => {
    const actor = fc.nat(3).map((at) => identities[at] ?? A)
    const step = fc.record({ by: actor, body: anyBody, early: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.infiniteStream(fc.nat()), (steps, order) => {
        const log = new Scribe().found().add(A, B).add(A, C, 'storage').create(A)
        for (const { by, body, early } of steps) log.by(by, body, early === undefined ? undefined : 1_000_003 + early)
        const mixed = log.operations
          .map((operation) => ({ operation, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ operation }) => operation)
        expect(shown(mixed)).toEqual(shown(log.operations))
        expect(new Set(names(log)).size).toBe(names(log).length)
      }),
      { numRuns: 200 },
    )
  })

  test('moves to another group, once and whole, and brings nothing back that was deleted there', () => {
    fc.assert(
      fc.property(fc.array(anyBody, { maxLength: 20 }), fc.array(anyBody, { maxLength: 6 }), (bodies, since) => {
        const [here, there, again] = [new FoldedProperties(), new FoldedProperties(), new FoldedProperties()]
        for (const body of bodies) here.take(body, A.device)
        for (const body of here.bodies(folderId, undefined)) there.take(body, B.device)
        expect(said(there)).toEqual(said(here))
        expect(here.bodies(folderId, there)).toEqual([])
        for (const body of bodies) again.take(body, A.device)
        for (const body of since) again.take(body, A.device)
        const before = new Set(again.snapshots.map(({ id }) => id))
        for (const body of here.bodies(folderId, again)) again.take(body, B.device)
        expect(again.snapshots.every(({ id }) => before.has(id))).toBe(true)
      }),
    )
  })

  test('has both snapshots that two devices called the same at once, under two names', () => {
    const log = new Scribe().found().add(A, B).create(A)
    log.by(A, snapshot(1, 'x'))
    log.by(A, snapshot(2, 'x (2)'))
    log.by(B, snapshot(3, 'x'))
    expect(names(log)).toEqual(['x', 'x (2)', 'x (3)'])
    log.by(B, { kind: 'snapshot.delete', folder: folderId, id: idAt(1) })
    expect(names(log)).toEqual(['x (2)', 'x'])
    // An id is used once, also where it was deleted.
    log.by(A, snapshot(1, 'x'))
    log.by(A, snapshot(4, 'x'))
    log.by(A, snapshot(5, 'x (3)'))
    expect(names(log)).toEqual(['x (2)', 'x', 'x (4)', 'x (3)'])
  })

  test('is bounded', () => {
    const properties = new FoldedProperties()
    for (let at = 0; at < MAX_PINS + 5; at++) properties.take(pin(at), A.device)
    for (let at = 0; at < MAX_SNAPSHOTS + 5; at++) properties.take(snapshot(at, 'x'), A.device)
    expect([properties.pins.size, properties.snapshots.length]).toEqual([MAX_PINS, MAX_SNAPSHOTS])
  })
})

describe('a device', () => {
  test('says each thing once, and others hear it', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const { id } = await a.group.createFolder({ name: 'f' })
    await meet(a, b)
    const before = b.group.log.chain(b.identity.device).length
    for (const _ of [1, 2]) for (const body of [policy(3, id), pin(1, true, id), pin(2, false, id)]) await b.group.say(body)
    expect(b.group.log.chain(b.identity.device)).toHaveLength(before + 2)
    await meet(a, b)
    const { policy: set, pins } = a.group.state.properties(id)
    expect([set, [...pins]]).toEqual([[1, 3], [idAt(1)]])
  })

  test('is told why not: a role, a name that is taken or none, too many', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const { id } = await a.group.createFolder({ name: 'f' })
    await a.group.shareFolder(id, b.identity.device, 'send-only')
    await meet(a, b)
    await expect(b.group.say(policy(1, id))).rejects.toMatchObject({ code: 'denied' })
    await expect(a.group.say(policy(1))).rejects.toMatchObject({ code: 'not-found' })
    await a.group.say(snapshot(1, 'x', id))
    await expect(a.group.say(snapshot(2, 'x', id))).rejects.toMatchObject({ code: 'exists' })
    await expect(a.group.say(snapshot(2, ' x', id))).rejects.toMatchObject({ code: 'usage' })
    const many = Array.from({ length: 2_000 }, (_, epoch) => ({ epoch, seq: 1 }))
    const upTo = [[a.identity.device, many]] as const
    await expect(a.group.say({ ...snapshot(2, 'y', id), upTo })).rejects.toMatchObject({ code: 'full' })
    await a.group.say({ kind: 'snapshot.delete', folder: id, id: idAt(1) })
    await a.group.say(snapshot(2, 'x', id))
    expect(a.group.state.properties(id).snapshots.map(({ name }) => name)).toEqual(['x'])
  })

  test('takes what its folder keeps along into another group, also where the folder is there already', async () => {
    const [a, b, c] = [await member('a'), await member('b'), await member('c')]
    const { id } = await b.group.createFolder({ name: 'f' })
    for (const body of [policy(2, id), pin(1, true, id), snapshot(1, 'x', id)]) await b.group.say(body)
    b.store.parts.push({ id })
    c.store.parts.push({ id })
    await join(b, c)
    await meet(b, c)
    await b.group.removeDevice(c.identity.device)
    await c.group.merge(operationsOf(b))
    await c.group.goAlone()
    await c.group.say(snapshot(2, 'by c', id))
    await join(a, b)
    await join(a, c)
    await meet(a, b, c)
    const { policy: set, pins, snapshots } = a.group.state.properties(id)
    expect([set, [...pins], snapshots.map(({ name }) => name)]).toEqual([[1, 2], [idAt(1)], ['x', 'by c']])
  })
})
