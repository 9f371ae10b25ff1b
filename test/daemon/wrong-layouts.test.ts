import { sign } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { decodeCbor, encodeCbor, groupIdOf } from '#model'
import { createIdentity, type Identity } from '#peers'
import { makeLayout, type Layout, type LayoutDraft } from '#replication'
import { identityOf } from '../../src/peers/identity.ts'
import { meet, write } from '../peers/members.ts'
import { LayoutRoom, shown, type Place } from './layout-room.ts'

const [COUNTER, LAST, HOLDERS] = [2, 4, 8]

let room: LayoutRoom
let a: Place
let b: Place
let c: Place
let current: Layout
beforeEach(async () => {
  room = new LayoutRoom()
  ;[a, b, c] = (await room.open(3, ['member', 'member', 'storage'])) as [Place, Place, Place]
  room.meet(a, b, c)
  for (const [at, one] of [a, b, c].entries()) await room.pledge(one, (at + 1) * 1e9)
  room.pass(2_000)
  current = b.layout.current!
})

/** One that b may make, but for what is said otherwise. */
function made(other: Partial<LayoutDraft> = {}, by: Identity = b.identity): Layout {
  const { group, replicas, partitions } = current
  const devices = current.devices.map((one) => ({ ...one, capacity: one.capacity + 5 }))
  return makeLayout({ group, replicas, partitions, author: by.device, devices, last: current, ...other }, by.key)
}

/** The same with another field, signed again. */
function altered({ bytes }: Layout, change: (fields: unknown[]) => void): Uint8Array {
  const fields = decodeCbor((decodeCbor(bytes) as [Uint8Array])[0]) as unknown[]
  change(fields)
  const header = encodeCbor(fields)
  const signature = sign(null, Buffer.concat([Buffer.from('holdfast/v1/layout\0'), header]), b.identity.key)
  return encodeCbor([header, new Uint8Array(signature)])
}

const wrong: [string, () => Uint8Array, RegExp][] = [
  ['no layout at all', () => Uint8Array.of(1, 2, 3), /./],
  [
    'partitions with other holders than it has to have',
    () => altered(made(), (fields) => void (fields[HOLDERS] as Uint8Array).subarray(0, 2).reverse()),
    /places partitions otherwise/,
  ],
  ['a signature of somebody else', () => made({ author: a.device }).bytes, /is not signed by/],
  ['an author that never was in the group', () => made({}, createIdentity()).bytes, /never was a member/],
  ['a storage device as its author', () => made({}, c.identity).bytes, /never was a member/],
  ['another number of partitions', () => made({ partitions: 512, last: null }).bytes, /has 512 partitions/],
  [
    'a number that uses all others up',
    () => altered(made(), (fields) => (fields[COUNTER] = 2_000_000)),
    /has the number 2000000/,
  ],
  ['another number than the next one', () => altered(made(), (fields) => (fields[COUNTER] = 3)), /has a wrong number/],
]

describe('what a device sends as a layout', () => {
  test.each(wrong)('is not used where it has %s; it is named, and heard further', (_, bytes, message) => {
    const before = shown(a)
    room.give(b, a, bytes())
    expect(a.wrongs).toEqual([[b.device, expect.stringMatching(message)]])
    expect(a.wrongs[0]![1]).toMatch(/it is not used$/)
    expect(shown(a)).toEqual(before)
    const right = made()
    room.give(b, a, right.bytes)
    expect(a.layout.current).toEqual(right)
    expect(shown(c)).toEqual(shown(a))
    expect(a.wrongs).toHaveLength(1)
  })

  test('is passed over without a word where it is of another group, older, of a newer version, or of a line that is not known here', () => {
    const older = made({ last: null }, a.identity)
    room.give(b, a, made().bytes)
    const before = shown(a)
    const group = groupIdOf(new Uint8Array(16).fill(3))
    const others = [made({ group, last: null })]
    for (let at = 0; at < 2; at++) others.push(made({ group, last: others[at]! }))
    const unknown = altered(made(), (fields) => (fields[LAST] = new Uint8Array(32).fill(9)))
    const newer = altered(made(), (fields) => (fields[0] = 2))
    for (const bytes of [...others.map((layout) => layout.bytes), unknown, newer, older.bytes, current.bytes])
      room.give(b, a, bytes)
    expect(a.wrongs).toEqual([])
    expect(shown(a)).toEqual(before)
  })

  test('is believed with the one that it was made from, whoever made that', () => {
    const second = made()
    const third = made({ last: second, devices: current.devices })
    room.give(b, a, third.bytes)
    expect(a.layout.current).toEqual(current)
    room.give(b, a, second.bytes)
    room.give(b, a, third.bytes)
    expect(a.layout.current).toEqual(third)
    const stranger = made({ last: third }, createIdentity())
    const fifth = made({ last: stranger, devices: current.devices })
    room.give(b, a, stranger.bytes)
    room.give(b, a, fifth.bytes)
    expect(a.layout.current).toEqual(fifth)
    expect(a.wrongs).toHaveLength(1)
  })

  test('is looked at twelve times a minute; of what is beyond the newest waits', () => {
    for (let at = 0; at < 40; at++) room.give(b, a, wrong[1]![1]())
    expect(a.wrongs).toHaveLength(12)
    const right = made()
    room.give(b, a, right.bytes)
    expect(a.layout.current).toEqual(current)
    // Another device is heard meanwhile.
    room.give(c, a, Uint8Array.of(1))
    expect(a.wrongs.at(-1)?.[0]).toBe(c.device)
    room.pass(60_000)
    expect(a.layout.current?.hash).toEqual(right.hash)
    expect(a.wrongs.length).toBeLessThanOrEqual(14)
  })
})

test('a layout whose author turns out never to have been let in counts no more', async () => {
  // a lets somebody in that b, which puts a out, does not know of.
  const stranger = identityOf(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2))
  const known = b.group.log.chain(a.device).length
  await a.group.addDevice({ device: stranger.device, name: 'e', role: 'member', x25519: new Uint8Array(32) })
  await meet(c, a)
  const theirs = made({}, stranger)
  room.give(a, c, theirs.bytes)
  expect(c.layout.current).toEqual(theirs)
  room.part(a)
  await write(b, { kind: 'device.remove', device: a.device, last: known, cuts: [] })
  await c.group.merge(b.group.log.operations().map(({ bytes }) => bytes))
  expect(c.group.state.wasMember(stranger.device)).toBe(false)
  expect(c.layout.current).toEqual(current)
  room.pass(2_000)
  expect(b.layout.current?.devices.map(({ device }) => device)).toEqual([b.device, c.device])
  expect(c.layout.current).toEqual(b.layout.current)
})
