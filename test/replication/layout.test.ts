import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodeCbor, deviceIdOf, encodeCbor, groupIdOf, publicKeyOf } from '#model'
import {
  checkLayout,
  compareLayouts,
  decodeLayout,
  makeLayout,
  MAX_LAYOUT_BYTES,
  verifyLayout,
  type Layout,
  type LayoutDraft,
} from '#replication'
import { device } from './comparison.ts'

const key = generateKeyPairSync('ed25519').privateKey
const author = deviceIdOf(publicKeyOf(key))
const group = groupIdOf(new Uint8Array(16).fill(7))
const devices = [1, 2, 3, 5].map((capacity, at) => ({ device: device(at), capacity: capacity * 1e9 }))
const draft: LayoutDraft = { group, author, replicas: 2, partitions: 64, devices: devices.slice(0, 3), last: null }
const first = makeLayout(draft, key)
const second = makeLayout({ ...draft, devices, last: first }, key)
const corrupt = expect.objectContaining({ code: 'corrupt' }) as Error

/** A layout whose header has other fields, its signature as it was. */
function altered(layout: Layout, change: (fields: unknown[]) => void): Uint8Array {
  const [header, signature] = decodeCbor(layout.bytes) as [Uint8Array, Uint8Array]
  const fields = decodeCbor(header) as unknown[]
  change(fields)
  return encodeCbor([encodeCbor(fields), signature])
}

const put = (at: number, value: unknown) => (fields: unknown[]) => void (fields[at] = value)
const HOLDERS = 8
const DEVICES = 7

describe('a layout', () => {
  it('is read as it was made, signed, and worked out again from the one before', () => {
    for (const [layout, last] of [
      [first, null],
      [second, first],
    ] as const) {
      const read = decodeLayout(layout.bytes)
      expect(read).toEqual(layout)
      expect(verifyLayout(read)).toBe(true)
      expect(() => checkLayout(read, last)).not.toThrow()
    }
    expect(second.counter).toBe(2)
    expect(second.last).toEqual(first.hash)
  })

  it('is not its author’s when another one signed it, or when a field is another', () => {
    const stranger = generateKeyPairSync('ed25519').privateKey
    expect(verifyLayout(makeLayout(draft, stranger))).toBe(false)
    expect(verifyLayout(decodeLayout(altered(second, put(2, 9))))).toBe(false)
  })

  it('is refused where it places otherwise than the one before and its devices say', () => {
    const swapped = altered(second, (fields) => {
      const holders = fields[HOLDERS] as Uint8Array
      holders.subarray(0, 2).reverse()
    })
    expect(() => checkLayout(decodeLayout(swapped), first)).toThrow(corrupt)
    const forgetful = { ...makeLayout({ ...draft, devices, last: null }, key), counter: 2, last: first.hash }
    expect(() => checkLayout(forgetful, first)).toThrow(corrupt)
  })

  it('is refused against another one than the one that it names, and with another number', () => {
    expect(() => checkLayout(second, null)).toThrow(corrupt)
    expect(() => checkLayout(first, first)).toThrow(corrupt)
    expect(() => checkLayout({ ...second, counter: 3 }, first)).toThrow(corrupt)
    expect(() => checkLayout({ ...second, group: groupIdOf(new Uint8Array(16)) }, first)).toThrow(corrupt)
    const wider = makeLayout({ ...draft, partitions: 128 }, key)
    expect(() => checkLayout({ ...wider, counter: 2, last: first.hash }, first)).toThrow(corrupt)
  })

  it('is refused when its shape is not the one proper one', () => {
    const [one, two, ...more] = second.devices.map((each) => [new Uint8Array(32).fill(1), each.capacity, each.away])
    const list = decodeCbor((decodeCbor(second.bytes) as [Uint8Array])[0]) as unknown[]
    const named = list[DEVICES] as unknown[][]
    const holders = list[HOLDERS] as Uint8Array
    const wrong: [string, (fields: unknown[]) => void][] = [
      ['format 0', put(0, 0)],
      ['a short group', put(1, new Uint8Array(15))],
      ['number 0', put(2, 0)],
      ['a first one that has a last', put(2, 1)],
      ['a second one that has none', put(4, new Uint8Array(32))],
      ['a short author', put(3, new Uint8Array(31))],
      ['a short last', put(4, new Uint8Array(31))],
      ['no replicas', put(5, 0)],
      ['more replicas than holders', put(5, 3)],
      ['too many replicas', put(5, 256)],
      ['60 partitions', put(6, 60)],
      ['more partitions than holders', put(6, 128)],
      ['a device twice', put(DEVICES, [one, two, ...more])],
      ['devices out of order', put(DEVICES, named.toReversed())],
      [
        'a device with a field too many',
        put(
          DEVICES,
          named.map((each) => [...each, 1]),
        ),
      ],
      [
        'a capacity below 0',
        put(
          DEVICES,
          named.map(([id, , away]) => [id, -1, away]),
        ),
      ],
      [
        'too many devices',
        put(
          DEVICES,
          Array.from({ length: 257 }, () => named[0]),
        ),
      ],
      ['a holder twice', put(HOLDERS, holders.slice().fill(1))],
      ['an unknown holder', put(HOLDERS, holders.slice().fill(9, 0, 1))],
      ['a holder too few', put(HOLDERS, holders.slice(1))],
      ['a field too many', (fields) => void fields.push(0)],
    ]
    for (const [name, change] of wrong) expect(() => decodeLayout(altered(second, change)), name).toThrow(corrupt)
    const [header, signature] = decodeCbor(second.bytes) as [Uint8Array, Uint8Array]
    expect(() => decodeLayout(encodeCbor([header, signature.slice(1)]))).toThrow(corrupt)
    expect(() => decodeLayout(encodeCbor([header, signature, 1]))).toThrow(corrupt)
    expect(() => decodeLayout(Buffer.concat([second.bytes, Buffer.from([0])]))).toThrow(corrupt)
    expect(() => decodeLayout(new Uint8Array(MAX_LAYOUT_BYTES + 1))).toThrow(corrupt)
  })

  it('of a newer format is left to a newer version', () => {
    expect(() => decodeLayout(altered(second, put(0, 2)))).toThrow(expect.objectContaining({ code: 'unsupported' }) as Error)
  })

  it('is not made larger than it may be read', () => {
    const many = Array.from({ length: 257 }, (_, at) => ({ device: device(at), capacity: 1 }))
    const refused = expect.objectContaining({ code: 'usage' }) as Error
    expect(() => makeLayout({ ...draft, devices: many }, key)).toThrow(refused)
    expect(() => makeLayout({ ...draft, replicas: 256 }, key)).toThrow(refused)
    expect(() => makeLayout({ ...draft, devices: many.slice(0, 9), replicas: 9, partitions: 65_536 }, key)).toThrow(refused)
  })

  it('counts before those of a lower number, of a smaller author, and of the same author’s by its hash', () => {
    const other = generateKeyPairSync('ed25519').privateKey
    const theirs = makeLayout({ ...draft, author: deviceIdOf(publicKeyOf(other)) }, other)
    const again = makeLayout({ ...draft, devices }, key)
    expect(compareLayouts(second, first)).toBeGreaterThan(0)
    expect(Math.sign(compareLayouts(first, theirs))).toBe(first.author < theirs.author ? -1 : 1)
    expect(Math.sign(compareLayouts(first, again))).toBe(Buffer.compare(first.hash, again.hash))
    expect(compareLayouts(first, first)).toBe(0)
  })
})
