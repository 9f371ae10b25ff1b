import { describe, expect, test } from 'vitest'
import {
  decodeFrame,
  encodeDrop,
  encodeDropped,
  encodeList,
  encodeListed,
  readDropList,
  signDropList,
  type DropKind,
  type DropList,
} from '#exchange'
import { deviceIdOf, folderIdOf, fromHex, publicKeyOf, signingKey, toHex, type ChunkId } from '#model'
import frozen from './drop-lists.json' with { type: 'json' }

/** `length` bytes that begin with `first` and count up. */
function bytes(first: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (first + at) & 0xff)
}

const key = signingKey(bytes(1, 32))
const folder = folderIdOf(bytes(0x10, 16))
const author = deviceIdOf(publicKeyOf(key))
const other = deviceIdOf(bytes(33, 32))
const epoch = Date.UTC(2026, 0, 1) * 1024
const number = 0x01020304

const list: DropList = {
  kind: 'unneeded',
  folder,
  holder: other,
  author,
  hlc: Date.UTC(2026, 4, 1) * 1024 + 7,
  horizon: [
    { author, epoch, seq: 300 },
    { author: other, epoch: epoch + 1, seq: 1 },
  ],
  ids: bytes(64, 64),
}
const lists: Record<string, DropList> = {
  'of what no version needs': list,
  'of what others hold now': { ...list, kind: 'moved', ids: bytes(64, 32) },
  'of what is needed': { ...list, kind: 'keep' },
  'of how far a device has seen': { ...list, kind: 'keep', horizon: [{ author, epoch, seq: 1 }], ids: new Uint8Array(0) },
}
const ask = { number, folder, isPendingOnly: true, after: toHex(bytes(3, 32)) as ChunkId }
const listed = {
  number,
  isLast: true,
  chunks: [
    { id: toHex(bytes(3, 32)) as ChunkId, length: 70_000, isPending: false },
    { id: toHex(bytes(9, 32)) as ChunkId, length: 1, isPending: true },
  ],
}
const dropped = { number, outcome: 'behind' as const, hlc: list.hlc }

describe('the frozen formats of drop lists', () => {
  const madeNow = {
    lists: Object.fromEntries(Object.entries(lists).map(([name, each]) => [name, toHex(signDropList(each, key))])),
    frames: {
      list: toHex(encodeList(ask)),
      listed: toHex(encodeListed(listed)),
      drop: toHex(encodeDrop({ number, list: signDropList(list, key) })),
      dropped: toHex(encodeDropped(dropped)),
    },
  }

  test('are still written the same', () => {
    expect(madeNow).toEqual(frozen)
  })

  test('are still read', () => {
    const read = Object.entries(frozen.lists).map(([name, hex]) => [name, readDropList(fromHex(hex))])
    expect(Object.fromEntries(read)).toEqual(lists)
    expect(decodeFrame(fromHex(frozen.frames.list))).toEqual({ list: ask })
    expect(decodeFrame(fromHex(frozen.frames.listed))).toEqual({ listed })
    expect(decodeFrame(fromHex(frozen.frames.drop))).toEqual({ drop: { number, list: signDropList(list, key) } })
    expect(decodeFrame(fromHex(frozen.frames.dropped))).toEqual({ dropped })
  })

  test('are as docs/format/sync.md says', () => {
    const frame = Buffer.from(frozen.frames.list, 'hex')
    expect([frame[0], frame.readUInt32BE(1), frame[21], toHex(frame.subarray(22))]).toEqual([17, number, 1, ask.after])
    const answer = Buffer.from(frozen.frames.listed, 'hex')
    expect([answer[0], answer[5], answer.readUInt16BE(6), answer.readUInt32BE(40), answer[44], answer[81]]).toEqual([
      18, 1, 2, 70_000, 0, 1,
    ])
    expect(frozen.frames.drop).toBe(`1301020304${frozen.lists['of what no version needs']}`)
    expect(frozen.frames.dropped).toBe(`140102030402${list.hlc.toString(16).padStart(16, '0')}`)
  })

  test('are refused where anything of them is missing or was changed, or another device signed them', () => {
    const whole = fromHex(frozen.lists['of what is needed'])
    const corrupt = expect.objectContaining({ code: 'corrupt' }) as Error
    for (let at = 0; at < whole.length; at++) {
      const changed = Uint8Array.from(whole)
      changed[at]! ^= 1
      expect(() => readDropList(whole.subarray(0, at)), `cut off at ${at}`).toThrow(corrupt)
      expect(() => readDropList(changed), `changed at ${at}`).toThrow()
    }
    expect(() => readDropList(signDropList({ ...list, author: other }, key))).toThrow(corrupt)
    expect(() => readDropList(signDropList({ ...list, ids: new Uint8Array(33) }, key))).toThrow(corrupt)
    expect(() => readDropList(signDropList({ ...list, ids: new Uint8Array(32 * 1_025) }, key))).toThrow(corrupt)
    expect(() => readDropList(signDropList({ ...list, kind: 'else' as DropKind }, key))).toThrow()
    for (const hex of Object.values(frozen.frames)) {
      const frame = fromHex(hex)
      if (frame[0] !== 19) expect(() => decodeFrame(frame.subarray(0, -1))).toThrow(corrupt)
    }
    // Whoever goes through what is held has to come to an end.
    const [first, second] = listed.chunks
    for (const chunks of [
      [second!, first!],
      [first!, first!],
    ])
      expect(() => decodeFrame(encodeListed({ ...listed, chunks }))).toThrow(corrupt)
    expect(() => decodeFrame(encodeListed({ number, isLast: false, chunks: [] }))).toThrow(corrupt)
  })
})
