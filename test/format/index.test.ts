import { createHash, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  batchHash,
  batchHeader,
  decodeBatch,
  decodeRecord,
  devicePublicKey,
  encodeBatch,
  encodeRecord,
  fromHex,
  readVersion,
  toHex,
  verifyBatch,
  verifyingKey,
} from '#model'
import { openFolderIndex } from '#db'
import { author, bodies, epoch, folder, madeNow } from './index-cases.ts'
import { makeDatabase, makeForgetful, makeGivenUp, makeLosing, openFrozen, openMade, told } from './index-database.ts'
import frozen from './index.json' with { type: 'json' }

const records = Object.values(frozen.records)

describe('the frozen formats of the index', () => {
  test('are still written the same', () => {
    expect(madeNow()).toEqual(frozen)
  })

  test('of records are still read, and written back the same', () => {
    records.forEach(({ bytes, id }, at) => {
      expect(decodeRecord(fromHex(bytes))).toEqual(bodies[at])
      expect(toHex(encodeRecord(decodeRecord(fromHex(bytes))))).toBe(bytes)
      expect(readVersion(folder, { author, epoch, seq: at + 1 }, fromHex(bytes))).toMatchObject({
        id,
        author,
        epoch,
        seq: at + 1,
      })
    })
  })

  test('of batches are still read, with their signature and hash', () => {
    const batch = decodeBatch(fromHex(frozen.batch))
    expect(batch).toMatchObject({ folder, author, epoch, first: 1 })
    expect(batch.records).toEqual(records.map(({ bytes }) => ({ body: fromHex(bytes) })))
    expect(verifyBatch(batch)).toBe(true)
    expect(toHex(batchHeader(batch))).toBe(frozen.header)
    expect(toHex(batchHash(batchHeader(batch)))).toBe(frozen.hash)
    expect(toHex(encodeBatch(batch))).toBe(frozen.batch)
  })

  test('of batches keep signature and hash when a record’s body is replaced by its hash', () => {
    const batch = decodeBatch(fromHex(frozen.withoutBody))
    expect(batch.records[2]).toEqual({ hash: expect.any(Uint8Array) as Uint8Array })
    expect(verifyBatch(batch)).toBe(true)
    expect(toHex(batchHash(batchHeader(batch)))).toBe(frozen.hash)
  })

  test('are signed and hashed as docs/format/index.md says', () => {
    const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()
    const number = (value: number): Uint8Array => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64BE(BigInt(value))
      return bytes
    }
    const folderBytes = Uint8Array.from({ length: 16 }, (_, at) => 0x10 + at)
    const first = sha256(folderBytes, devicePublicKey(author), number(epoch), number(1), fromHex(records[0]!.bytes))
    expect(first.toString('hex').slice(0, 32)).toBe(records[0]!.id)
    expect(sha256(fromHex(frozen.header)).toString('hex')).toBe(frozen.hash)
    const signed = Buffer.concat([Buffer.from('holdfast/v1/batch\0'), fromHex(frozen.header)])
    expect(verify(null, signed, verifyingKey(devicePublicKey(author)), decodeBatch(fromHex(frozen.batch)).signature)).toBe(true)
  })

  test('are taken by an index and given out the same', () => {
    const index = openFolderIndex({
      folder,
      device: author,
      seed: new Uint8Array(32).fill(1),
      file: ':memory:',
      foldsCase: false,
      now: epoch / 1024,
    })
    expect(index.ingest([fromHex(frozen.batch)], { now: epoch / 1024, writers: [{ device: author }] })).toMatchObject({
      records: 5,
    })
    expect(index.batches(author, epoch, 1, 1).map(toHex)).toEqual([frozen.batch])
    expect(index.rows(['large.bin'])[0]?.heads[0]?.id).toBe(frozen.records['large.bin'].id)
  })

  test.each([1, 2, 3])('of a folder’s database of version %i are still opened, and say the same', (version) => {
    const made = openFolderIndex(
      { folder, device: author, seed: new Uint8Array(32).fill(1), file: ':memory:', foldsCase: true, now: epoch / 1024 },
      makeDatabase(),
    )
    const opened = openFrozen(version)
    expect(told(opened)).toEqual(told(made))
    // Nobody looked after content before version 3.
    expect(opened.keeping()).toBe(made.keeping() + (version < 3 ? 1 : 0))
    expect(opened.totals()).toMatchObject({ entries: 2, problems: 1, localEdits: 1, needEntries: 4 })
    opened.retry(null)
    expect(
      opened.author([{ path: 'new', kind: 'directory', stat: made.rows(['local'])[0]!.shown[0]!.stat }], { now: epoch / 1024 })
        .records,
    ).toBe(1)
  })

  test('of a folder’s database of version 4 are still opened, and know what is forgotten', () => {
    const [opened, made] = [openFrozen(4), openMade(makeForgetful())]
    expect(told(opened)).toEqual(told(made))
    expect(opened.keeping()).toBe(made.keeping())
    expect(opened.versions('gone').map(({ isHead, isForgotten }) => [isHead, isForgotten])).toEqual([
      [true, false],
      [false, true],
    ])
    expect(opened.versions('gone')).toEqual(made.versions('gone'))
  })

  test('of a folder’s database of version 5 are still opened, and know what is lost', () => {
    const [opened, made] = [openFrozen(5), openMade(makeLosing())]
    expect(told(opened)).toEqual(told(made))
    expect(opened.versions('gone').map(({ isForgotten, isLost }) => [isForgotten, isLost === true])).toEqual([
      [false, false],
      [true, true],
      [true, false],
    ])
    expect(opened.lost(0, 9)).toEqual(made.lost(0, 9))
  })

  test('and know what was given up, and what of that was never kept', () => {
    const [opened, made] = [openFrozen('5-given-up'), openMade(makeGivenUp())]
    expect(told(opened)).toEqual(told(made))
    const past = opened.versions('gone')
    expect(past.map(({ isGivenUp, isNeverKept }) => [isGivenUp === true, isNeverKept === true])).toEqual([
      [false, false],
      [false, true],
      [false, false],
      [true, false],
      [false, false],
    ])
    expect(past).toEqual(made.versions('gone'))
    expect(opened.lost(0, 9, true)).toEqual(made.lost(0, 9, true))
  })
})
