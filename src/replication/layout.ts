import type { KeyObject } from 'node:crypto'
import { HoldfastError } from '#base'
import {
  deviceIdOf,
  devicePublicKey,
  Envelope,
  groupIdOf,
  idBytes,
  natural,
  sha256,
  type CborReader,
  type DeviceId,
  type GroupId,
} from '#model'
import { isPartitions } from './partition.ts'
import { place } from './placement.ts'
import { holdersEach, type Holders, type PlacedDevice } from './shares.ts'

/** Bytes of an encoded layout at most. */
export const MAX_LAYOUT_BYTES = 512 * 1024
/** Devices that a layout may name: an index into them is one byte. */
export const MAX_LAYOUT_DEVICES = 256
const MAX_REPLICAS = 255
/** What a device takes in a layout at most, and all that is neither device nor holder. */
const DEVICE_BYTES = 45
const OTHER_BYTES = 256
const FIELDS = 9
const ENVELOPE = new Envelope({ name: 'a layout', context: 'holdfast/v1/layout', format: 1, maxBytes: MAX_LAYOUT_BYTES })
/** `last` of a group's first layout. */
export const NO_LAYOUT: Uint8Array = new Uint8Array(32)

/** Who holds which partition, as its author worked it out from the layout before and from the devices (docs/format/layout.md). */
export interface Layout {
  readonly group: GroupId
  /** 1 for a first layout, else one above that of the layout before. */
  readonly counter: number
  readonly author: DeviceId
  /** Hash of the layout before. */
  readonly last: Uint8Array
  /** `replication_factor`, also where there are fewer devices. */
  readonly replicas: number
  readonly partitions: number
  /** By their ids. */
  readonly devices: readonly Required<PlacedDevice>[]
  readonly holders: Holders
  /** SHA-256 of what is signed. */
  readonly hash: Uint8Array
  /** As it is stored and sent. */
  readonly bytes: Uint8Array
}

export type LayoutDraft = Pick<Layout, 'group' | 'author' | 'replicas' | 'partitions'> & {
  readonly devices: readonly PlacedDevice[]
  /** The layout before, or null. */
  readonly last: Layout | null
}

/** The layout after `last`, signed with its author's key. */
export function makeLayout(draft: LayoutDraft, key: KeyObject): Layout {
  const { group, author, replicas, partitions, last } = draft
  if (draft.devices.length > MAX_LAYOUT_DEVICES || replicas > MAX_REPLICAS) {
    throw new HoldfastError(
      'usage',
      `a layout has at most ${MAX_LAYOUT_DEVICES} devices and a replication_factor of ${MAX_REPLICAS}`,
    )
  }
  const size = partitions * holdersEach(draft.devices, replicas) + draft.devices.length * DEVICE_BYTES + OTHER_BYTES
  if (size > MAX_LAYOUT_BYTES) {
    throw new HoldfastError('usage', `a layout would have ${size} bytes, above ${MAX_LAYOUT_BYTES}`, {
      hint: 'lower replication_factor',
    })
  }
  const holders = place({ ...draft, last: last?.holders ?? null })
  const devices = draft.devices
    .map(({ device, capacity, away }) => ({ device, capacity, away: away === true }))
    .toSorted((a, b) => (a.device < b.device ? -1 : 1))
  const layout = {
    group,
    counter: (last?.counter ?? 0) + 1,
    author,
    last: last?.hash ?? NO_LAYOUT,
    replicas,
    partitions,
    devices,
    holders,
  }
  const header = encodeHeader(layout)
  return { ...layout, hash: new Uint8Array(sha256(header)), bytes: ENVELOPE.sign(header, key) }
}

/** Reads a layout and checks its shape, not who signed it nor who holds what; throws `corrupt`, or `unsupported` for a newer format. */
export function decodeLayout(bytes: Uint8Array): Layout {
  const header = ENVELOPE.header(bytes)
  const reader = ENVELOPE.reader(header, FIELDS)
  const group = groupIdOf(reader.bytes())
  const counter = natural(reader.integer())
  const author = deviceIdOf(reader.view())
  const last = reader.bytes()
  if (last.length !== 32) throw ENVELOPE.corrupt('does not name the one before')
  if (counter < 1 || (counter === 1) !== last.every((byte) => byte === 0)) throw ENVELOPE.corrupt('has a wrong number')
  const replicas = natural(reader.integer(), MAX_REPLICAS)
  if (replicas < 1) throw ENVELOPE.corrupt('asks for no replicas')
  const partitions = reader.integer()
  if (!isPartitions(partitions)) throw ENVELOPE.corrupt('has a wrong number of partitions')
  const devices = readDevices(reader)
  const holders = readHolders(reader.view(), devices, partitions, holdersEach(devices, replicas))
  reader.end()
  return { group, counter, author, last, replicas, partitions, devices, holders, hash: new Uint8Array(sha256(header)), bytes }
}

/** True when the layout is signed by its author. */
export function verifyLayout(layout: Layout): boolean {
  return ENVELOPE.isSignedBy(layout.bytes, layout.author)
}

/**
 * Works a layout out again from the one that it names as the last, null for none, and throws `corrupt` where it says anything else.
 * That its group, partitions and devices are the group's, and its signature, is the caller's to see to, and first: this takes time.
 */
export function checkLayout(layout: Layout, last: Layout | null): void {
  if (!Buffer.from(layout.last).equals(last?.hash ?? NO_LAYOUT))
    throw ENVELOPE.corrupt('does not follow the one it is compared with')
  if (layout.counter !== (last?.counter ?? 0) + 1) throw ENVELOPE.corrupt('has a wrong number')
  if (last !== null && (last.group !== layout.group || last.partitions !== layout.partitions))
    throw ENVELOPE.corrupt('is of another group')
  const holders = place({ ...layout, last: last?.holders ?? null })
  const same = holders.every((list, at) => list.every((device, rank) => layout.holders[at]![rank] === device))
  if (!same) throw ENVELOPE.corrupt('places partitions otherwise than its devices and the layout before say')
}

/** Above 0 where `a` counts and not `b`: by counter, then author, then, for an author that made two, hash. */
export function compareLayouts(a: Layout, b: Layout): number {
  if (a.counter !== b.counter) return a.counter - b.counter
  if (a.author !== b.author) return a.author < b.author ? -1 : 1
  return Buffer.compare(a.hash, b.hash)
}

function encodeHeader(layout: Omit<Layout, 'hash' | 'bytes'>): Uint8Array {
  const writer = ENVELOPE.writer(FIELDS)
  writer.bytes(idBytes(layout.group))
  writer.integer(layout.counter)
  writer.bytes(devicePublicKey(layout.author))
  writer.bytes(layout.last)
  writer.integer(layout.replicas)
  writer.integer(layout.partitions)
  writer.array(layout.devices.length)
  for (const { device, capacity, away } of layout.devices) {
    writer.array(3)
    writer.bytes(devicePublicKey(device))
    writer.integer(capacity)
    writer.boolean(away)
  }
  const indexes = new Map(layout.devices.map(({ device }, at) => [device, at]))
  writer.bytes(Uint8Array.from(layout.holders.flat(), (device) => indexes.get(device)!))
  return writer.take()
}

function readDevices(reader: CborReader): Required<PlacedDevice>[] {
  const count = reader.array()
  if (count > MAX_LAYOUT_DEVICES) throw ENVELOPE.corrupt(`has ${count} devices`)
  const devices: Required<PlacedDevice>[] = []
  for (let left = count; left > 0; left--) {
    if (reader.array() !== 3) throw ENVELOPE.corrupt('has a device that is none')
    const device = deviceIdOf(reader.view())
    const before = devices.at(-1)
    if (before !== undefined && before.device >= device) throw ENVELOPE.corrupt('has devices out of order')
    devices.push({ device, capacity: natural(reader.integer()), away: reader.boolean() })
  }
  return devices
}

function readHolders(indexes: Uint8Array, devices: readonly PlacedDevice[], partitions: number, each: number): Holders {
  if (indexes.length !== partitions * each) throw ENVELOPE.corrupt('has a wrong number of holders')
  return Array.from({ length: partitions }, (_, partition) => {
    const list = [...indexes.subarray(partition * each, (partition + 1) * each)]
    if (new Set(list).size !== each) throw ENVELOPE.corrupt('has a holder twice in a partition')
    return list.map((at) => {
      const held = devices[at]
      if (held === undefined) throw ENVELOPE.corrupt('has a holder that is none of its devices')
      return held.device
    })
  })
}
