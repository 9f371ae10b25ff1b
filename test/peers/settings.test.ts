import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupSetting } from '#peers'
import { foldGroup } from '../../src/peers/fold-group.ts'
import type { OperationBody } from '../../src/peers/operation-body.ts'
import { join, meet, member } from './members.ts'
import { A, B, C, D, identities, Scribe, shown } from './scribe.ts'

const pledge = (bytes: number): OperationBody => ({ kind: 'device.pledge', bytes })
const setting = (key: number, value: number): OperationBody => ({ kind: 'group.setting', key, value })

function pledges({ operations }: Scribe): number[] {
  const state = foldGroup(operations)
  return identities.map(({ device }) => state.pledge(device))
}

function settings({ operations }: Scribe): unknown {
  const { replicas, leaveAfter } = foldGroup(operations)
  return { replicas, leaveAfter }
}

describe('what a group log says of pledges and settings', () => {
  test('is three copies, a week and nothing pledged where nobody has said anything, as in older logs', () => {
    const log = new Scribe().found().add(A, B)
    expect(settings(log)).toEqual({ replicas: 3, leaveAfter: 604_800 })
    expect(pledges(log)).toEqual([0, 0, 0, 0])
  })

  test('is a pledge of its author and of nobody else, the last one counts, and a storage device may give one', () => {
    const log = new Scribe().found().add(A, B).add(A, C, 'storage')
    log.by(A, pledge(7))
    log.by(C, pledge(3))
    log.by(A, pledge(5))
    // It is not in the group.
    log.by(D, pledge(9))
    expect(pledges(log)).toEqual([5, 0, 3, 0])
    log.by(C, pledge(0))
    expect(pledges(log)).toEqual([5, 0, 0, 0])
  })

  test('is no pledge of a device that was removed, nor of one that was let in again and has not said it anew', () => {
    const log = new Scribe().found().add(A, B)
    log.by(B, pledge(4))
    log.remove(A, B, 1)
    expect(pledges(log)).toEqual([0, 0, 0, 0])
    log.add(A, B)
    expect(pledges(log)).toEqual([0, 0, 0, 0])
    log.by(B, pledge(2))
    expect(pledges(log)).toEqual([0, 2, 0, 0])
  })

  test('is a setting that a member gives, within its range; what a newer version sets is passed over', () => {
    const log = new Scribe().found().add(A, B).add(A, C, 'storage')
    log.by(B, setting(0, 2))
    log.by(A, setting(1, 0))
    const said = { replicas: 2, leaveAfter: 0 }
    expect(settings(log)).toEqual(said)
    log.by(C, setting(0, 5))
    log.by(D, setting(0, 5))
    for (const [key, value] of [
      [0, 0],
      [0, 256],
      [2, 5],
    ] as const)
      log.by(A, setting(key, value))
    expect(settings(log)).toEqual(said)
    log.by(A, setting(0, 255))
    expect(settings(log)).toEqual({ replicas: 255, leaveAfter: 0 })
  })

  test('is the same in whatever order the operations came', () => {
    const body = fc.oneof(
      fc.nat(5).map(pledge),
      fc.boolean().map((isLeaving): OperationBody => ({ kind: 'device.leaving', isLeaving })),
      fc.tuple(fc.nat(2), fc.nat(300)).map(([key, value]) => setting(key, value)),
    )
    const step = fc.record({ by: fc.nat(3), body, early: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.infiniteStream(fc.nat()), (steps, order) => {
        const log = new Scribe().found().add(A, B).add(A, C, 'storage')
        for (const { by, body: said, early } of steps)
          log.by(identities[by]!, said, early === undefined ? undefined : 1_000_003 + early)
        const mixed = log.operations
          .map((operation) => ({ operation, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ operation }) => operation)
        expect(shown(mixed)).toEqual(shown(log.operations))
      }),
      { numRuns: 100 },
    )
  })

  test('tells who was a member once, which a storage device never was', () => {
    const log = new Scribe().found().add(A, B).add(A, C, 'storage').remove(A, B, 0).remove(A, C, 0)
    const state = foldGroup(log.operations)
    expect(identities.map(({ device }) => state.wasMember(device))).toEqual([true, true, false, false])
  })
})

describe('a device', () => {
  test('says its pledge and a setting once, and others hear it', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b)
    const before = b.group.log.chain(b.identity.device).length
    for (const _ of [1, 2])
      for (const body of [{ kind: 'device.pledge', bytes: 9 }, groupSetting('leaveAfter', 60)] as const) await b.group.say(body)
    expect(b.group.log.chain(b.identity.device)).toHaveLength(before + 2)
    await meet(a, b)
    expect([a.group.state.pledge(b.identity.device), a.group.state.leaveAfter]).toEqual([9, 60])
    expect(a.group.state.isLeaving(b.identity.device)).toBe(false)
    for (const isLeaving of [true, true, false, true]) await b.group.say({ kind: 'device.leaving', isLeaving })
    expect(b.group.log.chain(b.identity.device)).toHaveLength(before + 5)
    await meet(a, b)
    expect(a.group.state.isLeaving(b.identity.device)).toBe(true)
    await expect(b.group.say(groupSetting('replicas', 256))).rejects.toMatchObject({ code: 'usage' })
  })

  test('that is a storage device pledges, and is told that it sets nothing for all', async () => {
    const [a, b] = [await member('a'), await member('b')]
    await join(a, b, 'storage')
    await b.group.say({ kind: 'device.pledge', bytes: 9 })
    await meet(a, b)
    expect(a.group.state.pledge(b.identity.device)).toBe(9)
    await expect(b.group.say(groupSetting('replicas', 2))).rejects.toMatchObject({ code: 'denied', hint: expect.any(String) })
    expect(b.group.state.replicas).toBe(3)
  })
})
