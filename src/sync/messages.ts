import { HoldfastError } from '#base'
import {
  byChain,
  chainKey,
  decodeArray,
  deviceIdOf,
  devicePublicKey,
  encodeCbor,
  folderIdOf,
  fromHex,
  idBytes,
  MAX_CHAINS,
  natural,
  toHex,
  type DeviceId,
  type FolderId,
} from '#model'
import type { Have } from '#db'
import { readHindrance, type Hindrance } from './hindrance.ts'

/** Authors of these at most: as many as a version vector may name. */
const MAX_AUTHORS = 4_096
const STATE = 1
const WANT = 2
const BATCHES = 3
const TYPES: readonly (IndexMessage['type'] | undefined)[] = [undefined, 'state', 'want', 'batches']
/** CBOR's first byte of an array; with the number of its items added, up to 23. */
const CBOR_ARRAY = 0x80
/** Of 16 bytes. */
const CBOR_FOLDER = 0x50
/** The array, its first item, the length of the second, and that. */
const HEAD_BYTES = 19
const LAYOUT_BYTES = 16

/** How a device stands in a folder: what records it has, and what its disk still needs to show them. */
export interface StateMessage {
  type: 'state'
  folder: FolderId
  have: Have[]
  needEntries: number
  needBytes: number
  /** False where the device has the index alone (online-only, or only offered). */
  materialised: boolean
  /** The sender has not heard the receiver's state yet, and wants it. */
  asks: boolean
  /** The sender has compared its disk with what others know of the folder; absent where its version did not say. */
  compared?: boolean
  /** The sender is looking at its disk: more of its records may come at any moment. Absent where its version did not say. */
  scanning?: boolean
  /** What keeps the sender from taking part. Beside the two above only. */
  hindrance?: Hindrance | undefined
  /** How many of the sender's records others of them supersede. Beside `compared` and `scanning` only; absent where its version did not say. */
  superseded?: number
  /** How far the sender has come with keeping content. Beside `superseded` only; absent where it keeps none, or its version did not say. */
  kept?: Kept | undefined
}

/** A device's word of what it has of a folder's content: all that the layout asks of it, of its records up to these. */
export interface Kept {
  /** What names the layout: 16 bytes in hex. */
  layout: string
  /** Of each chain the last record up to which it has; of one that is not here it has nothing. */
  upTo: readonly Have[]
}

/** Asks for the batches of one author and epoch from record `from` on. */
export interface WantMessage extends Have {
  type: 'want'
  folder: FolderId
}

/** Encoded batches (docs/format.md). */
export interface BatchesMessage {
  type: 'batches'
  folder: FolderId
  author: DeviceId
  epoch: number
  batches: Uint8Array[]
}

export type IndexMessage = StateMessage | WantMessage | BatchesMessage

/** DAG-CBOR arrays: [1, folder, [[author, epoch, seq]…], entries, bytes, materialised, asks, compared?, scanning?, hindrance?, superseded?, [layout, [[number in the list, seq]…]]?], [2, folder, author, epoch, from], [3, folder, author, epoch, [bytes…]]. */
export function encodeMessage(message: IndexMessage): Uint8Array {
  const folder = idBytes(message.folder)
  switch (message.type) {
    case 'state':
      return encodeCbor([
        STATE,
        folder,
        // More than ever come together honestly; the newest matter most.
        message.have.slice(-MAX_CHAINS).map(({ author, epoch, seq }) => [devicePublicKey(author), epoch, seq]),
        message.needEntries,
        message.needBytes,
        message.materialised,
        message.asks,
        ...saidLater(message),
      ])
    case 'want':
      return encodeCbor([WANT, folder, devicePublicKey(message.author), message.epoch, message.seq])
    case 'batches':
      return encodeCbor([BATCHES, folder, devicePublicKey(message.author), message.epoch, message.batches])
  }
}

/** What came to be said in later versions, each with all that came before it. */
function saidLater({ have, compared, scanning, hindrance, superseded, kept }: StateMessage): unknown[] {
  const said = superseded === undefined ? [compared, scanning, hindrance] : [compared, scanning, hindrance ?? '', superseded]
  return [...said, kept && superseded !== undefined ? encodeKept(kept, have.slice(-MAX_CHAINS)) : undefined].filter(
    (item) => item !== undefined,
  )
}

/** Only chains of which not all is kept are named, by their numbers in the list of what the sender has. */
function encodeKept({ layout, upTo }: Kept, have: readonly Have[]): unknown[] {
  const kept = byChain(upTo)
  const behind = have.flatMap((item, number) => {
    const seq = kept.get(chainKey(item)) ?? 0
    return seq < item.seq ? [[number, seq]] : []
  })
  return [fromHex(layout), behind]
}

function decodeKept(kept: unknown, have: readonly Have[]): Kept {
  if (!Array.isArray(kept) || kept.length !== 2) throw bad('of state is malformed')
  const [layout, behind] = kept as [unknown, unknown]
  if (!(layout instanceof Uint8Array) || layout.length !== LAYOUT_BYTES) throw bad('of state is malformed')
  if (!Array.isArray(behind) || behind.length > have.length) throw bad('of state is malformed')
  const upTo = [...have]
  for (const item of behind as unknown[]) {
    const number = Array.isArray(item) && item.length === 2 ? natural(item[0]) : have.length
    const chain = have[number]
    if (chain === undefined) throw bad('of state is malformed')
    upTo[number] = { ...chain, seq: natural((item as unknown[])[1], chain.seq) }
  }
  return { layout: toHex(layout), upTo }
}

/** What a message is about, from its first bytes alone: all else is read only of those who may say it. Throws `corrupt`. */
export function headOf(bytes: Uint8Array): { folder: FolderId; type: IndexMessage['type'] } {
  const type = TYPES[bytes[1] ?? 0]
  const isArray = bytes.length >= HEAD_BYTES && bytes[0]! > CBOR_ARRAY && bytes[0]! < CBOR_ARRAY + 24
  if (!isArray || type === undefined || bytes[2] !== CBOR_FOLDER) throw bad('does not begin as one')
  return { folder: folderIdOf(bytes.subarray(3, HEAD_BYTES)), type }
}

/** Reads and checks a message; throws `corrupt`. */
export function decodeMessage(bytes: Uint8Array): IndexMessage {
  const [type, folderBytes, ...rest] = decodeArray(bytes)
  if (!(folderBytes instanceof Uint8Array)) throw bad('names no folder')
  const folder = folderIdOf(folderBytes)
  switch (type) {
    case STATE: {
      const [have, needEntries, needBytes, materialised, asks, compared, scanning, hindrance = '', superseded, kept] = rest
      if (!Array.isArray(have) || have.length > MAX_CHAINS || typeof materialised !== 'boolean' || typeof asks !== 'boolean')
        throw bad('of state is malformed')
      for (const said of [compared, scanning])
        if (said !== undefined && typeof said !== 'boolean') throw bad('of state is malformed')
      if (typeof hindrance !== 'string') throw bad('of state is malformed')
      const haves = decodeHaves(have)
      return {
        type: 'state',
        folder,
        have: haves,
        needEntries: natural(needEntries),
        needBytes: natural(needBytes),
        materialised,
        asks,
        ...(typeof compared === 'boolean' ? { compared } : {}),
        ...(typeof scanning === 'boolean' ? { scanning } : {}),
        hindrance: readHindrance(hindrance),
        ...(superseded === undefined ? {} : { superseded: natural(superseded) }),
        ...(kept === undefined ? {} : { kept: decodeKept(kept, haves) }),
      }
    }
    case WANT:
      return { type: 'want', folder, ...decodeHave(rest) }
    case BATCHES: {
      const [author, epoch, batches] = rest
      if (!Array.isArray(batches) || batches.some((item) => !(item instanceof Uint8Array))) {
        throw bad('of batches is malformed')
      }
      return { type: 'batches', folder, author: device(author), epoch: natural(epoch), batches: batches as Uint8Array[] }
    }
    default:
      throw bad('is of an unknown type')
  }
}

/** Chains are many, their authors few: each author is read once. */
function decodeHaves(items: unknown[]): Have[] {
  const authors = new Map<string, DeviceId>()
  return items.map((item) => {
    if (!Array.isArray(item) || item.length !== 3 || !(item[0] instanceof Uint8Array)) throw bad('has a place that is none')
    const key = toHex(item[0])
    const author = authors.get(key) ?? device(item[0])
    if (authors.set(key, author).size > MAX_AUTHORS) throw bad('of state names too many authors')
    return { author, epoch: natural(item[1]), seq: natural(item[2]) }
  })
}

function decodeHave(item: unknown): Have {
  if (!Array.isArray(item) || item.length !== 3) throw bad('has a place that is none')
  return { author: device(item[0]), epoch: natural(item[1]), seq: natural(item[2]) }
}

function device(bytes: unknown): DeviceId {
  if (!(bytes instanceof Uint8Array)) throw bad('names no author')
  return deviceIdOf(bytes)
}

function bad(what: string): HoldfastError {
  return new HoldfastError('corrupt', `an index message ${what}`)
}
