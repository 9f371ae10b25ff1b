import { describe, expect, test } from 'vitest'
import { systemClock } from '#base'
import { SUMMARY_EPOCH, type Segment } from '#model'
import { author, A, B, FOLDER, gone, open, send, symlink } from '../db/fixtures.ts'
import { member, nameOf, NEVER, storage, type Member, type Storage } from '../exchange/segment-devices.ts'
import { mergedFrom, pathOf } from '../../src/replication/segment-path.ts'

/** The segments of records there, each as its first and last one, in order. */
async function runs(of: Member, from: Storage): Promise<[number, number][]> {
  const named = (await of.named(from)).filter(({ epoch }) => epoch !== SUMMARY_EPOCH)
  return named.toSorted((a, b) => a.first - b.first).map(({ first, last }) => [first, last])
}

function seqs({ kept }: { kept: ReadonlyMap<string, number> }): number[] {
  return [...kept.values()]
}

describe('index segments', () => {
  test('of a hundred thousand edits, each brought alone, are a few that follow each other, and each record was sealed a few times', () => {
    const path: { first: number; last: number }[] = []
    let sealed = 0
    let most = 0
    for (let seq = 1; seq <= 100_000; seq++) {
      const stays = mergedFrom(path, seq)
      const first = path[stays]?.first ?? seq
      path.splice(stays, Infinity, { first, last: seq })
      sealed += seq - first + 1
      most = Math.max(most, path.length)
      if ((path[stays - 1]?.last ?? 0) !== first - 1) throw new Error('there is a gap')
    }
    expect(most).toBeLessThan(20)
    expect(sealed / 100_000).toBeLessThan(15)
  })

  test('follow each other as far as there are such, the longest of two', () => {
    const at = (first: number, last: number, before: string, end: string): Segment => ({ first, last, before, end }) as Segment
    const named = [at(4, 6, 'c', 'f'), at(1, 2, '0', 'b'), at(1, 3, '0', 'c'), at(4, 9, 'x', 'i'), at(8, 9, 'g', 'i')]
    expect(pathOf(named, '0').map(({ last }) => last)).toEqual([3, 6])
    expect(pathOf(named, 'x')).toEqual([])
  })

  test('are brought to a device, merged, replaced by longer ones, and counted as kept once a summary is there', async () => {
    const [nas, index] = [storage('nas'), open(A)]
    const anna = member(A, index)
    anna.connect(nas)
    const bringer = anna.bringer(nas)
    for (let at = 1; at <= 30; at++) {
      author(index, symlink(`l${at}`, 'target'))
      expect(await bringer.bring()).toBeNull()
      expect(seqs(bringer)).toEqual([at])
    }
    const there = await runs(anna, nas)
    there.forEach(([first], at) => expect(first).toBe((there[at - 1]?.[1] ?? 0) + 1))
    expect(there.at(-1)![1]).toBe(30)
    expect(there.length).toBeLessThan(6)
    expect((await anna.named(nas, 'last')).length).toBe(2)
    const rows = nas.store.table.segments.bytesOf(FOLDER)
    expect(await bringer.bring()).toBeNull()
    expect(nas.store.table.segments.bytesOf(FOLDER)).toBe(rows)
    // After a restart nothing is brought that is there.
    const again = anna.bringer(nas)
    await again.bring()
    expect(seqs(again)).toEqual([30])
    expect(await runs(anna, nas)).toEqual(there)
  })

  test('of a device that knows nothing of the folder yet are of no use, and not counted', async () => {
    const [nas, index] = [storage('nas'), open(A)]
    const anna = member(A, index)
    anna.connect(nas)
    author(index, symlink('l', 'target'))
    let isCompared = false
    const bringer = anna.bringer(nas, { isCompared: () => isCompared })
    await bringer.bring()
    expect(seqs(bringer)).toEqual([])
    isCompared = true
    await bringer.bring()
    expect(seqs(bringer)).toEqual([1])
  })

  test('of others are left to them for a while, and brought for those that are away', async () => {
    const [nas, index, theirs] = [storage('nas'), open(A), open(B)]
    const anna = member(A, index)
    anna.connect(nas)
    author(theirs, symlink('theirs', 'target'))
    author(index, symlink('mine', 'target'))
    send(theirs, index)
    let now = 0
    let isOthers = true
    const clock = { ...systemClock, monotonic: () => now }
    const bringer = anna.bringer(nas, { isOthers: (device) => isOthers && device === B.id, isAwaited: () => false, clock })
    expect(await bringer.bring()).toBe(10_000)
    expect(seqs(bringer)).toEqual([])
    expect(await runs(anna, nas)).toEqual([[1, 1]])
    now = 61_000
    expect(await bringer.bring()).toBeNull()
    expect(seqs(bringer)).toEqual([1, 1])
    author(theirs, gone('theirs'))
    send(theirs, index)
    isOthers = false
    expect(await bringer.bring()).toBeNull()
    expect(seqs(bringer).toSorted()).toEqual([1, 2])
  })

  test('that a device has no room for, or does not take, are not counted, and tried again', async () => {
    const [nas, index] = [storage('nas'), open(A)]
    const anna = member(A, index)
    anna.connect(nas)
    author(index, symlink('one', 'target'))
    const bringer = anna.bringer(nas)
    nas.set.pledge = 10
    expect(await bringer.bring()).toBe(30_000)
    expect([bringer.obstacle, seqs(bringer)]).toEqual(['full', []])
    nas.set.pledge = 1e6
    nas.set.writers = [B.id]
    await bringer.bring()
    expect(bringer.obstacle).toBe('refused')
    nas.set.writers = [A.id]
    expect(await bringer.bring()).toBeNull()
    expect([bringer.obstacle, seqs(bringer)]).toEqual([null, [1]])
    expect(await runs(anna, nas)).toEqual([[1, 1]])
  })

  test('that a device has lost, or that are not what they say, do not count, and are brought again', async () => {
    const [nas, index] = [storage('nas'), open(A)]
    const anna = member(A, index)
    anna.connect(nas)
    for (let at = 0; at < 9; at++) author(index, symlink(`l${at}`, 'target'))
    const bringer = anna.bringer(nas, { random: { fraction: () => 0.999 } as never })
    await bringer.bring()
    const [last] = (await anna.named(nas, 'last')).filter(({ epoch }) => epoch !== SUMMARY_EPOCH)
    nas.store.table.segments.remove(FOLDER, last!.chunk)
    bringer.startAnew()
    expect(await bringer.bring()).toBeNull()
    expect((await runs(anna, nas)).at(-1)![1]).toBe(9)
    // Somebody who may write has brought rubbish in place of all of them.
    const ben = member(B, open(B))
    ben.connect(nas)
    const [first] = (await anna.named(nas)).filter((segment) => segment.first === 1 && segment.epoch !== SUMMARY_EPOCH)
    const content = Buffer.from('rubbish')
    const [block] = await ben.opener.blocksOf([{ id: nameOf(content), bytes: content }])
    const head = { ...first!, chunk: nameOf(content), last: 9, end: last!.end }
    expect((await ben.exchange.segments.hold(nas.id, head, block!, NEVER)).outcome).toBe('stored')
    expect(await runs(anna, nas)).toEqual([[1, 9]])
    bringer.startAnew()
    expect(await bringer.bring()).toBeNull()
    const [again] = (await anna.named(nas)).filter(({ epoch }) => epoch !== SUMMARY_EPOCH)
    expect([again!.signer, again!.first, again!.last]).toEqual([A.id, 1, 9])
  })
})
