import { describe, expect, test } from 'vitest'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, B, content, file, heads, missing, NOW, open, row, RULES, send } from './fixtures.ts'

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
