import { describe, expect, test } from 'vitest'
import { batchHeader, encodeBatch, encodeRecord, latestBelieved, NO_BATCH, signBatch, signingKey, type Dot } from '#model'
import { A, author, B, C, content, file, FOLDER, gone, heads, missing, NOW, open, RULES } from './fixtures.ts'

const YEAR_MS = 365 * 86_400_000
const byDevice = (dots: Dot[]): Dot[] => dots.toSorted(([one], [other]) => (one < other ? -1 : 1))

/** A batch of B with one record that says so of the counters of A. */
function batchWith(counter: number, of: { hlc?: number; beside?: Dot[] } = {}): Uint8Array {
  const { chunks, size } = content('x')
  const body = encodeRecord({
    ...{ path: 'thesis.tex', kind: 'file', mode: 0o644, mtime: 1, size, hlc: NOW * 1024, chunker: 1, chunks, manifest: false },
    ...{
      target: '',
      vector: byDevice([
        [A.id, counter],
        [B.id, 5],
      ]),
      ...of,
    },
  })
  const batch = { folder: FOLDER, author: B.id, epoch: 1, first: 1, prev: NO_BATCH, records: [{ body }] }
  return encodeBatch(signBatch(batch, signingKey(B.seed), batchHeader(batch)))
}

describe('a counter that leaves no room for another', () => {
  test.each([
    ['the greatest there is', batchWith(Number.MAX_SAFE_INTEGER)],
    ['a little too late', batchWith(latestBelieved(NOW) + 1)],
    ['beside', batchWith(1, { beside: [[A.id, Number.MAX_SAFE_INTEGER]] })],
    ['of the clock', batchWith(1, { hlc: Number.MAX_SAFE_INTEGER })],
  ])('is refused: %s', (_what, batch) => {
    const a = open(A)
    expect(a.ingest([batch], RULES)).toMatchObject({ records: 0, fault: { code: 'denied' } })
    expect(author(a, file('thesis.tex', 'my own'))).toMatchObject({ records: 1, refused: [] })
  })

  test('and is still believed can be edited on, and the others take it', () => {
    const [a, c] = [open(A), open(C)]
    const greatest = batchWith(latestBelieved(NOW))
    for (const index of [a, c]) expect(index.ingest([greatest], RULES).records).toBe(1)
    expect(author(a, file('thesis.tex', 'my own edit'), gone('thesis.tex'), file('thesis.tex', 'again'))).toMatchObject({
      records: expect.any(Number) as number,
      refused: [],
    })
    expect(c.ingest(missing(a, c), { ...RULES, now: NOW + 1000 }).fault).toBeUndefined()
    expect(heads(c, 'thesis.tex')).toEqual(heads(a, 'thesis.tex'))
  })
})

test('clocks that are years apart believe each other', () => {
  for (const [one, other] of [
    [NOW, NOW + 40 * YEAR_MS],
    [0, NOW],
    [NOW - 5 * YEAR_MS, NOW + 3 * YEAR_MS],
  ] as const) {
    const [a, b] = [open(A, { now: one }), open(B, { now: other })]
    b.author([file('f', 'x')], { now: other })
    expect(a.ingest(missing(b, a), { ...RULES, now: one })).toMatchObject({ records: 1 })
    a.author([file('g', 'x')], { now: one })
    expect(b.ingest(missing(a, b), { ...RULES, now: other })).toMatchObject({ records: 1 })
  }
})
