import { describe, expect, test } from 'vitest'
import { decodeBatch } from '#model'
import type { LocalChange } from '../../src/db/folder-index.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import {
  A,
  author,
  B,
  content,
  exchange,
  file,
  follow,
  gone,
  heads,
  missing,
  NOW,
  open,
  row,
  RULES,
  send,
  wallClock,
} from './fixtures.ts'

/**
 * A device whose database was restored has written `a` with the very counter that it gave another version before, of which its peer
 * has made an edit: a clock that was ahead had both databases count on from one number.
 */
function collision(): { restored: SqliteFolderIndex; peer: SqliteFolderIndex } {
  const [lost, peer] = [open(A), open(B)]
  const copy = lost.copy()
  lost.author([file('a', 'lost')], { now: NOW + 5000 })
  send(lost, peer)
  peer.author([file('a', 'lost')], { now: NOW + 5500 })
  peer.author([file('a', 'by the peer')], { now: NOW + 6000 })
  const restored = open(A, { copy, now: NOW + 1000 })
  restored.author([file('a', 'since')], { now: NOW + 5000 })
  expect(row(restored, 'a').heads[0]?.vector).toEqual([[A.id, (NOW + 5000) * 1024]])
  return { restored, peer }
}

describe('what a device wrote since its database was restored', () => {
  for (const peerFirst of [false, true]) {
    test(`is not lost where its counter was given before, ${peerFirst ? 'also when the older record comes last' : 'to an older record'}`, () => {
      const { restored, peer } = collision()
      const batches = missing(peer, restored)
      for (const batch of peerFirst ? batches.toReversed() : batches) restored.ingest([batch], { ...RULES, now: NOW + 7000 })
      for (let round = 0; round < 3; round++) {
        send(restored, peer)
        restored.ingest(missing(peer, restored), { ...RULES, now: NOW + 8000 })
      }
      for (const index of [restored, peer]) {
        expect(heads(index, 'a').toSorted()).toEqual(['file 11', 'file 5'])
        const since = row(index, 'a').heads.find(({ size }) => size === 5)
        expect(since?.chunks).toEqual(content('since').chunks)
      }
    })
  }

  test('gives way to an edit that was made of it', () => {
    const { restored, peer } = collision()
    restored.ingest(missing(peer, restored), { ...RULES, now: NOW + 7000 })
    send(restored, peer)
    peer.author([file('a', 'by the peer'), file('a', 'the end')], { now: NOW + 9000 })
    peer.author([file('a', 'the very end')], { now: NOW + 9100 })
    const before = restored.have().length
    restored.ingest(missing(peer, restored), { ...RULES, now: NOW + 9500 })
    expect(restored.have()).toHaveLength(before)
    expect(heads(restored, 'a')).toEqual(heads(peer, 'a'))
  })
})

/**
 * A device and its peer have each made an edit of `a`. The device writes that the peer's is what stays, and `then` more, once its disk
 * shows that; and its database is restored from before all that, and told that its disk has no `a`.
 */
function takenOver(then: readonly LocalChange[] = []): { restored: SqliteFolderIndex; peer: SqliteFolderIndex; start: number } {
  const [lost, peer] = [open(A), open(B)]
  const start = wallClock()
  author(lost, file('a', 'base'))
  send(lost, peer)
  const copy = lost.copy()
  author(lost, file('a', 'mine'))
  author(peer, file('a', 'theirs'))
  exchange(lost, peer)
  lost.restore([{ path: 'a', id: row(lost, 'a').heads[0]!.id }], start + 10 ** 6)
  if (then.length > 0) follow(lost)
  for (const change of then) lost.author([change], { now: start + 2 * 10 ** 6 })
  send(lost, peer)
  const restored = open(A, { copy, now: start + 3 * 10 ** 6 })
  restored.author([gone('a')], { now: start + 3 * 10 ** 6 })
  send(restored, peer)
  expect(heads(peer, 'a')).toEqual(['tombstone'])
  return { restored, peer, start }
}

describe('what a device took over from another one before its database was restored', () => {
  for (const own of ['first', 'last']) {
    test(`is not lost by what it wrote since without knowing of it, its own records coming ${own}`, () => {
      const { restored, peer, start } = takenOver()
      const batches = missing(peer, restored)
      expect(batches.length).toBeGreaterThan(1)
      const isOwn = (batch: Uint8Array): boolean => decodeBatch(batch).author === A.id
      const [mine, theirs] = [batches.filter(isOwn), batches.filter((batch) => !isOwn(batch))]
      for (const part of own === 'first' ? [mine, theirs] : [theirs, mine])
        restored.ingest(part, { ...RULES, now: start + 4 * 10 ** 6 })
      send(restored, peer)
      for (const index of [restored, peer]) {
        expect(heads(index, 'a')).toEqual(['file 6'])
        expect(row(index, 'a').heads[0]?.chunks).toEqual(content('theirs').chunks)
      }
      const { length } = restored.versions('a')
      exchange(peer, restored)
      expect(restored.versions('a')).toHaveLength(length)
    })
  }

  test('stays deleted or edited where it did that itself before', () => {
    for (const then of [gone('a'), file('a', 'what its disk showed')]) {
      const { restored, peer } = takenOver([then])
      exchange(peer, restored)
      for (const index of [restored, peer]) expect(heads(index, 'a')).toEqual(['tombstone'])
    }
  })
})
