import { describe, expect, test } from 'vitest'
import {
  decodeBatch,
  decodeCbor,
  encodeBatch,
  encodeCbor,
  encodeRecord,
  folderIdOf,
  NO_BATCH,
  signBatch,
  signingKey,
  type Batch,
  type VersionBody,
} from '#model'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import {
  A,
  author,
  B,
  C,
  content,
  directory,
  exchange,
  file,
  FOLDER,
  gone,
  heads,
  missing,
  NOW,
  open,
  row,
  RULES,
  send,
  symlink,
  todoPaths,
  type Device,
} from './fixtures.ts'

const EPOCH = NOW * 1024

function body(path: string, of: Partial<VersionBody> = {}): VersionBody {
  const { chunks, size } = content('one')
  return {
    path,
    kind: 'file',
    mode: 0o644,
    mtime: 1,
    size,
    hlc: EPOCH + 1,
    vector: [[A.id, EPOCH + 1]],
    chunker: 1,
    chunks,
    manifest: false,
    target: '',
    ...of,
  }
}

function batch(of: Partial<Omit<Batch, 'signature'>> = {}, signer: Device = A): Uint8Array {
  const plain = {
    folder: FOLDER,
    author: A.id,
    epoch: EPOCH,
    first: 1,
    prev: NO_BATCH,
    records: [{ body: encodeRecord(body('a')) }],
    ...of,
  }
  return encodeBatch(signBatch(plain, signingKey(signer.seed)))
}

/** Two chained batches of A. */
function twoBatches(): [Uint8Array, Uint8Array] {
  const index = open(A)
  author(index, file('a', 'one'))
  author(index, file('b', 'two'))
  return missing(index, open(B)) as [Uint8Array, Uint8Array]
}

describe('ingest', () => {
  test('takes over what another device has, byte for byte, and twice the same is nothing', () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('d'), file('d/a', 'one'), symlink('l', 'd'), file('empty', ''))
    author(one, gone('l'), file('d/a', 'two!'))
    const batches = missing(one, two)
    expect(send(one, two)).toEqual({ records: 6, paths: ['d', 'd/a', 'l', 'empty'], kept: [], have: one.have() })
    expect(two.ingest(batches, RULES)).toEqual({ records: 0, paths: [], kept: [], have: one.have() })
    expect(missing(two, open(C))).toEqual(batches)
    for (const path of ['d', 'd/a', 'l', 'empty']) expect(row(two, path).heads).toEqual(row(one, path).heads)
  })

  test('tells of a gap, and goes on when it is filled', () => {
    const two = open(B)
    const [first, second] = twoBatches()
    expect(two.ingest([second], RULES)).toMatchObject({ records: 0, have: [], fault: { code: 'gap', author: A.id } })
    expect(two.ingest([first, second], RULES)).toMatchObject({ records: 2 })
  })

  test('refuses a batch, well signed, that does not follow the one before', () => {
    const two = open(B)
    const [first, second] = twoBatches()
    two.ingest([first], RULES)
    const records = [{ body: encodeRecord(body('b')) }]
    expect(two.ingest([batch({ first: 2, records })], RULES).fault).toMatchObject({ code: 'corrupt', author: A.id })
    expect(two.ingest([batch({ first: 2, prev: new Uint8Array(32).fill(1), records })], RULES).fault?.code).toBe('corrupt')
    expect(two.ingest([second], RULES)).toMatchObject({ records: 1 })
  })

  test('keeps what came before a bad batch, and nothing of it nor after it', () => {
    const two = open(B)
    const [first, second] = twoBatches()
    const result = two.ingest([first, batch({ author: C.id }, A), second], RULES)
    expect(result).toMatchObject({ records: 1, fault: { code: 'corrupt', author: C.id } })
    expect(two.have()).toEqual([{ author: A.id, epoch: EPOCH, seq: 1 }])
  })

  test.each<[string, (fields: unknown[]) => unknown[]]>([
    ['format', ([, ...rest]) => [0, ...rest]],
    ['folder', ([format, , ...rest]) => [format, new Uint8Array(16).fill(6), ...rest]],
    ['author', ([format, folder, , ...rest]) => [format, folder, new Uint8Array(32).fill(6), ...rest]],
    ['epoch', (fields) => fields.with(3, EPOCH + 1)],
    ['first', (fields) => fields.with(4, 2)],
    ['prev', (fields) => fields.with(5, new Uint8Array(32).fill(1))],
    ['records', (fields) => fields.with(6, [encodeRecord(body('other'))])],
    ['number of records', (fields) => fields.with(6, [...(fields[6] as unknown[]), encodeRecord(body('other'))])],
    ['record with its hash in place of its body', (fields) => fields.with(6, [[new Uint8Array(32)]])],
    ['signature', (fields) => fields.with(7, new Uint8Array(64))],
    ['number of fields', (fields) => [...fields, 0]],
  ])('refuses a batch with another %s than was signed', (_name, tamper) => {
    const two = open(B)
    const bytes = encodeCbor(tamper(decodeCbor(batch()) as unknown[]))
    const { fault } = two.ingest([bytes], { ...RULES, writers: [...RULES.writers, ...decoded(bytes)] })
    expect(fault?.code).toBe('corrupt')
    expect(two.totals()).toMatchObject({ empty: true, needEntries: 0 })
  })

  /** The author a tampered batch names may write, so that it is the signature that is wrong. */
  function decoded(bytes: Uint8Array): { device: Device['id'] }[] {
    try {
      return [{ device: decodeBatch(bytes).author }]
    } catch {
      return []
    }
  }

  test.each([
    ['cut off', batch().subarray(0, -1)],
    ['of rubbish', new Uint8Array(100).fill(7)],
    ['empty', new Uint8Array(0)],
    ['with a record that is none', batch({ records: [{ body: encodeCbor([1, 2]) }] })],
    ['with a record encoded in another way', batch({ records: [{ body: floatSize(encodeRecord(body('a'))) }] })],
    ['with a chunk list that does not make up the size', batch({ records: [{ body: encodeRecord(body('a', { size: 99 })) }] })],
    ['of another folder', batch({ folder: folderIdOf(new Uint8Array(16).fill(9)) })],
  ])('refuses a batch %s as corrupt', (_what, bytes) => {
    const two = open(B)
    expect(two.ingest([bytes], RULES).fault?.code).toBe('corrupt')
    expect(two.totals().empty).toBe(true)
  })

  test.each(['../x', '/etc/passwd', 'a/../../x', 'a//b', '', '.holdfast/x', 'a\0b'])('refuses the path %j', (path) => {
    const two = open(B)
    expect(two.ingest([batch({ records: [{ body: encodeRecord(body(path)) }] })], RULES).fault?.code).toBe('denied')
    expect(two.totals().empty).toBe(true)
  })

  test('refuses a format of the future as unsupported', () => {
    const bytes = encodeCbor((decodeCbor(batch()) as unknown[]).with(0, 2))
    expect(open(B).ingest([bytes], RULES).fault).toMatchObject({ code: 'unsupported' })
  })

  test('refuses devices that may not write, and what a removed one wrote after its cut', () => {
    const two = open(B)
    const [first, second] = twoBatches()
    expect(two.ingest([first], { now: NOW, writers: [{ device: C.id }] }).fault).toMatchObject({ code: 'denied', author: A.id })
    const cut = { now: NOW, writers: [{ device: A.id, cut: { before: 0, places: [{ epoch: EPOCH, seq: 1 }] } }] }
    expect(two.ingest([first, second], cut)).toMatchObject({ records: 1, fault: { code: 'denied' } })
    expect(two.ingest([batch({ epoch: EPOCH + 1 })], cut).fault?.code).toBe('denied')
  })

  test('refuses what a removed device dates back into an epoch of which nobody knew, and all of one of which nothing was known', () => {
    const two = open(B)
    const cut = { now: NOW, writers: [{ device: A.id, cut: { before: 0, places: [{ epoch: EPOCH + 2, seq: 1 }] } }] }
    for (const epoch of [EPOCH, EPOCH + 1]) expect(two.ingest([batch({ epoch })], cut).fault?.code).toBe('denied')
    const nothing = { now: NOW, writers: [{ device: A.id, cut: { before: 0, places: [] } }] }
    expect(two.ingest([batch()], nothing)).toMatchObject({ records: 0, fault: { code: 'denied', author: A.id } })
  })

  test('takes every epoch of a removed device that was known, and those before the one that an older operation names', () => {
    const places = [EPOCH, EPOCH + 2].map((epoch) => ({ epoch, seq: 1 }))
    const known = { now: NOW, writers: [{ device: A.id, cut: { before: 0, places } }] }
    expect(open(B).ingest([batch(), batch({ epoch: EPOCH + 2 })], known)).toMatchObject({ records: 2 })
    const old = { now: NOW, writers: [{ device: A.id, cut: { before: EPOCH + 1, places: [] } }] }
    expect(open(B).ingest([batch()], old)).toMatchObject({ records: 1 })
  })

  test('of two batches signed for the same place the first is kept', () => {
    const two = open(B)
    const [first] = twoBatches()
    two.ingest([first], RULES)
    expect(two.ingest([batch({ records: [{ body: encodeRecord(body('fork')) }] })], RULES).fault).toMatchObject({
      code: 'corrupt',
      author: A.id,
    })
    expect(missing(two, open(C))).toEqual([first])
  })

  test('adopts the time of what it sees, but not of a clock that is more than an hour ahead', () => {
    const two = open(B)
    const hour = 3_600_000
    const at = (ms: number, path: string, epoch: number): Uint8Array =>
      batch({ epoch, records: [{ body: encodeRecord(body(path, { hlc: ms * 1024 })) }] })
    two.ingest([at(NOW + hour - 1, 'soon', 1), at(NOW + 2 * hour, 'late', 2)], RULES)
    two.author([file('mine', 'x')], { now: NOW })
    expect(row(two, 'mine').heads[0]?.hlc).toBe((NOW + hour - 1) * 1024 + 1)
  })
})

describe('a device that meets records of its own', () => {
  /** An index of A with a first record, as bytes; `peer` has it, too. */
  function saved(): { copy: Uint8Array; peer: SqliteFolderIndex } {
    const [index, peer] = [open(A), open(B)]
    author(index, file('a', 'one'))
    send(index, peer)
    return { copy: index.copy(), peer }
  }

  test('because it was restored from a backup writes in an epoch of its own', () => {
    const { copy, peer } = saved()
    const [lost, restored] = [open(A, { copy, now: NOW + 1 }), open(A, { copy, now: NOW + 2 })]
    author(lost, file('a', 'two!'))
    send(lost, peer)
    author(restored, file('b', 'new'))
    for (let round = 0; round < 2; round++) exchange(peer, restored)
    expect(restored.have()).toEqual([EPOCH, EPOCH + 2048, EPOCH + 1024].map((epoch) => ({ author: A.id, epoch, seq: 1 })))
    expect(peer.have().toSorted((one, other) => one.epoch - other.epoch)).toEqual(
      restored.have().toSorted((one, other) => one.epoch - other.epoch),
    )
    expect(heads(restored, 'a')).toEqual(['file 4'])
    expect(todoPaths(restored)).toEqual(['a'])
  })

  test('of its own epoch that it does not know begins a new one before it writes again', () => {
    const { copy, peer } = saved()
    const [one, other] = [open(A, { copy }), open(A, { copy })]
    author(one, file('a', 'two!'))
    send(one, peer)
    send(peer, other)
    author(other, file('b', 'new'))
    expect(other.have().map(({ seq }) => seq)).toEqual([1, 1, 1])
    exchange(other, peer)
    expect(peer.have()).toEqual(other.have())
  })

  test('that contradict its own moves what it wrote to a new epoch, and nothing is lost', () => {
    const { copy, peer } = saved()
    const [one, other] = [open(A, { copy }), open(A, { copy })]
    for (const text of ['two!', 'three', 'fourth', 'fifth!!']) author(one, file('a', text))
    send(one, peer)
    author(other, file('b', 'since'), file('a', 'fork!!!!'))
    author(other, file('c', 'since'))
    expect(send(peer, other).fault?.code).toBe('gap')
    for (let round = 0; round < 3; round++) exchange(peer, other)
    expect(other.have()).toEqual(peer.have())
    expect(other.have().map(({ seq }) => seq)).toEqual([1, 4, 3])
    for (const path of ['a', 'b', 'c']) expect(row(peer, path).heads).toEqual(row(other, path).heads)
    expect(heads(peer, 'a')).toContain('file 8')
    author(other, file('d', 'later'))
    exchange(other, peer)
    expect(heads(peer, 'd')).toEqual(['file 5'])
  })

  test('does not lose what it wrote since it was restored, though its clock was set back', () => {
    const [lost, peer] = [open(A), open(B)]
    const copy = lost.copy()
    lost.author([file('a', 'early'), file('b', 'base')], { now: NOW + 5000 })
    send(lost, peer)
    peer.author([file('b', 'base'), file('b', 'by the peer')], { now: NOW + 6000 })
    const restored = open(A, { copy, now: NOW - 1000 })
    restored.author([file('a', 'since'), file('b', 'since, too')], { now: NOW - 1000 })
    for (let round = 0; round < 3; round++) {
      restored.ingest(missing(peer, restored), { ...RULES, now: NOW })
      send(restored, peer)
    }
    for (const index of [restored, peer]) {
      expect(heads(index, 'a')).toEqual(['file 5'])
      expect(row(index, 'a').heads[0]?.chunks).toEqual(content('since').chunks)
      expect(heads(index, 'b').toSorted()).toEqual(['file 10', 'file 11'])
    }
    expect(row(peer, 'a').heads).toEqual(row(restored, 'a').heads)
    expect(peer.have().length).toBe(restored.have().length)
  })

  test('from before its database was lost takes them for what they are', () => {
    const { peer } = saved()
    const fresh = open(A, { now: NOW + 1_000_000 })
    send(peer, fresh)
    author(fresh, file('b', 'two'))
    expect(fresh.have()).toEqual([
      { author: A.id, epoch: EPOCH, seq: 1 },
      { author: A.id, epoch: (NOW + 1_000_000) * 1024, seq: 1 },
    ])
    expect(todoPaths(fresh)).toEqual(['a'])
  })
})

/** The record with its size as a float: the same value, other bytes. */
function floatSize(bytes: Uint8Array): Uint8Array {
  const at = 8
  expect(bytes[at]).toBe(3)
  return Buffer.concat([bytes.subarray(0, at), Buffer.from('fb4008000000000000', 'hex'), bytes.subarray(at + 1)])
}
