import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decodeFrame } from '#exchange'
import { decodeCbor, encodeCbor, fromHex, toHex } from '#model'
import { decodeMessage, encodeMessage } from '#sync'
import { held, here, hold, madeNow, messages, request, response, summaries, summarize, summed } from './sync-cases.ts'
import frozen from './sync.json' with { type: 'json' }

describe('the frozen formats of sync', () => {
  test('are still written the same', () => {
    expect(madeNow()).toEqual(frozen)
  })

  test('of index messages are still read, and written back the same', () => {
    const read = Object.entries(frozen.messages).map(([name, hex]) => [name, decodeMessage(fromHex(hex))] as const)
    expect(Object.fromEntries(read)).toEqual(messages)
    for (const [name, message] of read)
      expect(toHex(encodeMessage(message))).toBe(Object.entries(frozen.messages).find(([key]) => key === name)?.[1])
  })

  test('of index messages are refused when anything of them is missing', () => {
    for (const hex of Object.values(frozen.messages)) {
      const whole = fromHex(hex)
      for (let length = 0; length < whole.length; length++) {
        expect(() => decodeMessage(whole.subarray(0, length))).toThrow(expect.objectContaining({ code: 'corrupt' }) as Error)
      }
    }
  })

  test('of states leave room: of a word that is not known, only that its user is needed, and what follows is passed over', () => {
    const held = fromHex(frozen.messages['state of a device that holds deletions'])
    const [version, folder, ...items] = decodeCbor(held) as unknown[]
    const read = (...more: unknown[]) => decodeMessage(encodeCbor([version, folder, ...items.slice(0, -1), ...more]))
    expect(read('quarantined')).toMatchObject({ hindrance: 'needs-user' })
    const kept = [new Uint8Array(16), []]
    expect(read('blocked', 3, kept, 'one', ['more'])).toMatchObject({ hindrance: 'blocked', superseded: 3, kept: { upTo: [] } })
    expect(read('')).toEqual(read())
    expect(() => read(7)).toThrow(expect.objectContaining({ code: 'corrupt' }) as Error)
    expect(() => read('held', -1)).toThrow(expect.objectContaining({ code: 'corrupt' }) as Error)
  })

  test('of what is kept of content are refused where they name no chain, or more than there is of it', () => {
    const [version, folder, ...items] = decodeCbor(fromHex(frozen.messages['state of a device that keeps content'])) as unknown[]
    const read = (kept: unknown) => decodeMessage(encodeCbor([version, folder, ...items.slice(0, -1), kept]))
    const layout = new Uint8Array(16)
    expect(read([layout, [[1, 23]]])).toMatchObject({ kept: { upTo: [{ seq: 1_048_576 }, { seq: 23 }] } })
    for (const bad of [
      'one',
      [layout],
      [layout.subarray(1), []],
      [layout, [[2, 0]]],
      [layout, [[1, 24]]],
      [layout, [[1]]],
      [layout, [7]],
    ])
      expect(() => read(bad), JSON.stringify(bad)).toThrow(expect.objectContaining({ code: 'corrupt' }) as Error)
    expect(() =>
      read([
        layout,
        [
          [0, 1],
          [0, 1],
          [0, 1],
        ],
      ]),
    ).toThrow(expect.objectContaining({ code: 'corrupt' }) as Error)
  })

  test('of bulk frames are still read', () => {
    expect(decodeFrame(fromHex(frozen.request))).toEqual({ request })
    expect(decodeFrame(fromHex(frozen.response))).toEqual({ response })
    const { blockFrames } = frozen
    expect(decodeFrame(fromHex(blockFrames.hold))).toEqual({ hold })
    expect(decodeFrame(fromHex(blockFrames.held))).toEqual({ held })
    expect(decodeFrame(fromHex(blockFrames.has))).toEqual({ has: request })
    expect(decodeFrame(fromHex(blockFrames.here))).toEqual({ here })
    expect(decodeFrame(fromHex(blockFrames.blocks))).toEqual({ blocks: request })
    expect(decodeFrame(fromHex(blockFrames.sealed))).toEqual({ sealed: response })
    expect(decodeFrame(fromHex(frozen.summaryFrames.summarize))).toEqual({ summarize })
    expect(decodeFrame(fromHex(frozen.summaryFrames.summaries))).toEqual({ summaries })
  })

  test('of summaries are as docs/format/sync.md says', () => {
    const frame = Buffer.from(frozen.summaryFrames.summarize, 'hex')
    expect([frame[0], frame.readUInt32BE(1), frame[37], frame.readUInt16BE(38)]).toEqual([21, summarize.number, 10, 259])
    expect([toHex(frame.subarray(21, 37)), frame.length]).toEqual([toHex(summarize.salt), 40])
    const answer = Buffer.from(frozen.summaryFrames.summaries, 'hex')
    expect([answer[0], answer.readUInt32BE(1), answer.readUInt32BE(5), answer.readUInt16BE(9)]).toEqual([
      22,
      summarize.number,
      1_000,
      2,
    ])
    const digest = (at: number): bigint => {
      const hashed = createHash('sha256').update(summarize.salt).update(summed[at]!).digest()
      return hashed.readBigUInt64LE(0) + (hashed.readBigUInt64LE(8) << 64n)
    }
    const items = [
      [0x4142 >> 6, 2, BigInt.asUintN(128, digest(0) + digest(2))],
      [0x7778 >> 6, 1, digest(1)],
    ]
    const sumAt = (at: number): bigint => answer.readBigUInt64LE(at) + (answer.readBigUInt64LE(at + 8) << 64n)
    expect([11, 33].map((at) => [answer.readUInt16BE(at), answer.readUInt32BE(at + 2), sumAt(at + 6)])).toEqual(items)
    expect(answer).toHaveLength(55)
  })

  test('of frames of blocks are as docs/format/sync.md says', () => {
    const frame = Buffer.from(frozen.blockFrames.hold, 'hex')
    expect([frame.readUInt8(0), frame.readUInt32BE(1), frame.readUInt16BE(21)]).toEqual([3, hold.number, 2])
    expect(toHex(frame.subarray(23, 55))).toBe(hold.blocks[0]!.id)
    expect([frame.readUInt32BE(55), frame.readUInt32BE(59), frame.readUInt32BE(95), frame.readUInt32BE(99)]).toEqual([
      70_000, 3, 1, 2,
    ])
    expect(toHex(frame.subarray(103))).toBe('0102030708')
    expect(frozen.blockFrames.held).toBe('04010203040005' + '0102030405')
    expect(frozen.blockFrames.here).toBe('06010203040009' + '0d01')
    expect(frozen.blockFrames.has).toBe(`05${frozen.request.slice(2)}`)
    expect(frozen.blockFrames.blocks).toBe(`07${frozen.request.slice(2)}`)
    expect(frozen.blockFrames.sealed).toBe(`08${frozen.response.slice(2)}`)
  })

  test('of bulk frames are as docs/format/sync.md says', () => {
    const frame = Buffer.from(frozen.request, 'hex')
    expect(frame.readUInt8(0)).toBe(1)
    expect(frame.readUInt32BE(1)).toBe(request.number)
    expect(frame.readUInt16BE(21)).toBe(2)
    expect(new Uint8Array(frame.subarray(23))).toEqual(request.ids)
    const answer = Buffer.from(frozen.response, 'hex')
    expect([answer.readUInt8(0), answer.readUInt32BE(1), answer.readUInt16BE(5), answer.readUInt16BE(7)]).toEqual([
      2,
      response.number,
      258,
      3,
    ])
    expect([answer.readUInt32BE(9), answer.readUInt32BE(13), answer.readUInt32BE(17)]).toEqual([3, 0xffffffff, 1])
    expect(toHex(answer.subarray(21))).toBe('01020307')
  })

  test('of derived conflict names fit every disk', () => {
    for (const name of Object.values(frozen.conflictNames))
      expect(Buffer.byteLength(name.slice(name.lastIndexOf('/') + 1))).toBeLessThanOrEqual(255)
  })
})
