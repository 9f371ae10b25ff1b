import { describe, expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from '#sync'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, B, file, FOLDER, NOW, open } from '../db/fixtures.ts'
import { connect, engineOf, until } from './engines.ts'

const DAY_MS = 86_400_000

/** An index that has begun so many epochs. */
function withEpochs(count: number): SqliteFolderIndex {
  let index = open(B)
  for (let day = 0; day < count; day++) {
    const now = NOW + day * DAY_MS
    index = open(B, { now, ...(day === 0 ? {} : { copy: index.copy() }) })
    index.author([file(`day-${day}`, 'x')], { now })
  }
  return index
}

describe('the exchange of records', () => {
  test('brings more chains than a device lets wait, a few at a time', async () => {
    const index = open(A)
    const a = await engineOf(index)
    const b = await engineOf(withEpochs(300))
    const [toB, toA] = connect({ ...a, of: A }, { ...b, of: B })
    let most = 0
    await until(() => {
      const wants = toB.sent.filter((bytes) => decodeMessage(bytes).type === 'want').length
      const answers = toA.sent.filter((bytes) => decodeMessage(bytes).type === 'batches').length
      most = Math.max(most, wants - answers)
      return index.have().length === 300 || toB.closed.aborted
    })
    expect(toA.reason).toBe('')
    expect(b.said).toEqual([])
    expect(index.have()).toHaveLength(300)
    expect(most).toBeLessThanOrEqual(64)
    await Promise.all([a.engine.stop(), b.engine.stop()])
  })

  test('says of any number of chains what can be read', () => {
    const have = Array.from({ length: 70_000 }, (_, at) => ({ author: B.id, epoch: (NOW + at) * 1024, seq: 1_000_000 }))
    const state = { type: 'state', folder: FOLDER, have, needEntries: 0, needBytes: 0, materialised: true, asks: true } as const
    const bytes = encodeMessage(state)
    expect(bytes.length).toBeLessThan(4 * 1024 * 1024)
    const read = decodeMessage(bytes)
    expect(read.type === 'state' && read.have.at(-1)).toEqual(have.at(-1))
  })
})
