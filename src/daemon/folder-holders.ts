import type { Clock, Logger } from '#base'
import type { Have, KeepItem } from '#db'
import type { Absence, Exchange } from '#exchange'
import {
  CHUNK_ITEM_BYTES,
  eachId,
  hlcTime,
  type ChunkList,
  type DeviceId,
  type FolderId,
  type RecordPlace,
  type Version,
} from '#model'
import type { Group } from '#peers'
import {
  dutyOf,
  hasKept,
  isAnchorFirst,
  keptUpTo,
  partitionOf,
  protectedPercent,
  unprotected,
  type Duty,
  type KeptBy,
} from '#replication'
import type { FolderSync } from '#sync'
import { folderLayout, isUnheld, keepersOf, layoutName, takersOf, type FolderLayout, type LayoutSource } from './folder-layout.ts'
import { FolderReceipts, type FolderReceiptsParts } from './folder-receipts.ts'
import type { FolderReplicas } from './folder-replicas.ts'
import { isShelf } from './shelves.ts'
import { stillHas } from './still-has.ts'

export interface FolderHoldersParts {
  folder: FolderId
  group: Pick<Group, 'device'> & {
    readonly state: Pick<
      Group['state'],
      'devices' | 'role' | 'takers' | 'leavers' | 'pledge' | 'isLeaving' | 'ringSize' | 'replicas'
    >
  }
  /** See LayoutSource. */
  pledged(): LayoutSource['pledged']
  exchange: Pick<Exchange, 'isConnected'>
  sync(): Pick<FolderSync, 'exchange' | 'standing'> | null
  /** Knows of devices that do not have the folder on a disk what blocks they hold. */
  replicas: FolderReplicas
  /** Its history is kept. */
  isKept(): boolean
  /** Up to which records this device has all that it is to have. */
  own(): readonly Have[]
  notes: FolderReceiptsParts['notes']
  clock: Clock
  logger: Logger
}

/** Who holds a folder's chunks, and what they have of them, as far as this device knows. */
export class FolderHolders {
  readonly #parts: FolderHoldersParts
  #layout: FolderLayout | undefined
  /** What the others have said of this layout. */
  readonly receipts: FolderReceipts

  constructor(parts: FolderHoldersParts) {
    this.#parts = parts
    this.receipts = new FolderReceipts(parts)
  }

  /** undefined before it is known. */
  get layout(): FolderLayout | undefined {
    return this.#layout
  }

  /** Is that the layout that there is to go by now? */
  get isCurrent(): boolean {
    return this.#layout?.name === layoutName(this.#source())
  }

  /** What the layout is now. */
  next(): FolderLayout {
    return folderLayout(this.#source())
  }

  /** Goes by a layout. What was said of the one before counts no longer. */
  async follow(layout: FolderLayout): Promise<void> {
    const { replicas, isKept } = this.#parts
    const takers = new Set(takersOf(this.#parts.group.state, this.#parts.folder))
    this.#layout = layout
    const shelves = isKept() ? layout.devices.filter((device) => !takers.has(device)) : []
    await Promise.all([this.receipts.follow(layout.name), replicas.follow(layout, shelves)])
  }

  /** What was heard is noted when this resolves. */
  stop(): Promise<void> {
    return this.receipts.stop()
  }

  /** Takes what the others say, if it is of the same layout. */
  hear(): void {
    for (const { device, state } of this.#peers()) {
      if (state?.kept !== undefined) this.receipts.hear(device, state.kept.layout, state.kept.upTo)
    }
  }

  /** One that is no longer in the group counts as having nothing, also before there is the next layout; so does the word of one that has left the folder. */
  keptOf(device: DeviceId): KeptBy | undefined {
    const { group, folder, own, replicas } = this.#parts
    if (device === group.device) return keptUpTo(own())
    if (!group.state.devices.some((each) => each.device === device)) return undefined
    return (stillHas(group.state, folder, device) ? this.receipts.of(device) : undefined) ?? replicas.keptOf(device)
  }

  /** What this device has to have of a chunk (32 bytes) of a version. */
  dutyOf({ version, isHead }: Pick<KeepItem, 'version' | 'isHead'>, chunk: Uint8Array): Duty {
    const { device } = this.#parts.group
    return dutyOf(chunk, {
      device,
      holders: this.#layout?.holders ?? [[]],
      isAuthor: version.author === device,
      isKeptBy: (anchor) => hasKept(this.keptOf(anchor), version),
      isExpectedOf: (anchor) => this.isExpectedOf(anchor, version, isHead),
    })
  }

  /** Has the anchor of a chunk (32 bytes) of a version said that it has all that it is to have of that? */
  isAnchored(place: RecordPlace, chunk: Uint8Array): boolean {
    const holders = this.#layout?.holders ?? [[]]
    const [anchor] = holders[partitionOf(chunk, holders.length)]!
    return anchor !== undefined && hasKept(this.keptOf(anchor), place)
  }

  /** Is it connected, and does it bring what it lacks by itself? */
  isKeeper(of: DeviceId): boolean {
    return this.#peers().some(({ device, state }) => device === of && state?.kept !== undefined)
  }

  /** Is an anchor to be waited for before the author of a version keeps it itself? */
  isExpectedOf(anchor: DeviceId, { hlc }: Version, isHead: boolean): boolean {
    const { clock, exchange, replicas } = this.#parts
    const isAtWork =
      (this.isKeeper(anchor) && !this.receipts.lying.has(anchor)) ||
      (replicas.isBringingTo(anchor) && exchange.isConnected(anchor))
    return isAtWork && isAnchorFirst(hlcTime(hlc), clock.now(), isHead)
  }

  /** Have all holders what they are to have of a version? */
  isProtected(place: RecordPlace): boolean {
    if (!this.isCurrent || isUnheld(this.#layout)) return false
    return this.#layout!.devices.every((device) => hasKept(this.keptOf(device), place))
  }

  /** Of a version that this device has kept: has each of its chunks that others are to hold a holder that is connected and has kept it, too? */
  isWithinReach(place: RecordPlace, chunks: ChunkList): boolean {
    if (this.#layout === undefined) return false
    const { holders, devices } = this.#layout
    const { group, exchange } = this.#parts
    const isThere = (device: DeviceId): boolean =>
      device === group.device || (exchange.isConnected(device) && hasKept(this.keptOf(device), place))
    const there = new Set(devices.filter(isThere))
    for (let at = 0; at < chunks.length; at += CHUNK_ITEM_BYTES)
      if (!holders[partitionOf(chunks.subarray(at, at + 32), holders.length)]!.some((device) => there.has(device))) return false
    return true
  }

  /** Has each chunk another holder than this device, and is each of the others still to be counted on? */
  get isShared(): boolean {
    const { folder, group } = this.#parts
    const { state } = group
    const isThere = (device: DeviceId): boolean =>
      !state.isLeaving(device) && (stillHas(state, folder, device) || state.pledge(device) > 0)
    const others = (this.#layout?.devices ?? []).filter((device) => device !== group.device)
    return others.every(isThere) && this.#layout?.holders.every((each) => each.some((device) => device !== group.device)) === true
  }

  /** Which holders lack how many of these records, as far as is known. */
  lacking(have: readonly Have[]): { device: DeviceId; records: number }[] {
    return unprotected(have, this.#layout?.devices ?? [], (device) => this.keptOf(device))
  }

  /** Of these records the part, in percent, that all holders have, where this device lacks so many; null while it is not known who they are. */
  percent(have: readonly Have[], lacking: number): number | null {
    if (!this.isCurrent) return null
    const [{ device: own }, { devices }] = [this.#parts.group, this.#layout!]
    if (isUnheld(this.#layout) && have.length > 0) return 0
    const others = devices.filter((device) => device !== own)
    return protectedPercent(have, others, (device) => this.keptOf(device), devices.includes(own) ? lacking : 0)
  }

  /** Devices that do not have what they are to hold, and why, as far as is known. */
  get obstacles(): FolderReplicas['obstacles'] {
    const lying = [...this.receipts.lying].map((device) => ({ device, obstacle: 'lies' as const }))
    return [...this.#parts.replicas.obstacles, ...lying]
  }

  /** See FolderReceipts. */
  get isAnyLooking(): boolean {
    return this.receipts.isAnyLooking
  }

  /** Has each of the others said what it has by this layout, or been asked; or does something keep it from taking it? */
  get areHeard(): boolean {
    const { group, replicas } = this.#parts
    const isHeard = (device: DeviceId): boolean =>
      device === group.device ||
      this.receipts.of(device) !== undefined ||
      (replicas.keptOf(device)?.size ?? 0) > 0 ||
      this.obstacles.some((each) => each.device === device)
    return this.#layout?.devices.every(isHeard) === true
  }

  /** On how many devices each version is to be, by those that there are: fewer than `replication_factor` where these are few. null: not known yet. */
  get copies(): number | null {
    const { folder, group } = this.#parts
    if (this.#layout === undefined) return null
    const isThere = ({ device }: { device: DeviceId }): boolean =>
      group.state.pledge(device) > 0 || stillHas(group.state, folder, device)
    const there = new Set(group.state.devices.filter(isThere).map(({ device }) => device))
    const counts = this.#layout.holders.map((each) => each.filter((device) => there.has(device)).length)
    return counts.reduce((least, count) => Math.min(least, count), Infinity)
  }

  /** Have all devices that have the folder, or hold it, and so could have a chunk, answered that they do not? */
  isNowhere({ open, sealed, isSure }: Absence): boolean {
    return (
      isSure &&
      this.#otherTakers().every((device) => open.includes(device)) &&
      this.#shelves().every((device) => sealed.includes(device))
    )
  }

  /**
   * Are all devices connected that could have a version's content, know of the version, and are at work on the folder: those that have the folder, and
   * its author unless that has left, and this one? Of those that hold sealed blocks it is enough that they are connected.
   */
  areTogether(version: Version): boolean {
    const { exchange, folder, group, sync } = this.#parts
    const { author } = version
    if (!['idle', 'syncing'].includes(sync()?.standing.state ?? '')) return false
    if (!this.isCurrent || !this.#shelves().every((device) => exchange.isConnected(device))) return false
    const states = new Map(this.#peers().map(({ device, state }) => [device, state]))
    const takers = this.#otherTakers()
    const isAuthorAway = author !== group.device && !takers.includes(author) && stillHas(group.state, folder, author)
    if (isAuthorAway && states.get(author) == null) return false
    return takers.every((device) => {
      const state = states.get(device)
      if (state == null || state.hindrance !== undefined || state.compared === false || state.scanning === true) return false
      return hasKept(keptUpTo(state.have), version)
    })
  }

  /** Devices that could have what is nowhere else, and are not connected. */
  get away(): DeviceId[] {
    return [...this.#otherTakers(), ...this.#shelves()].filter((device) => !this.#parts.exchange.isConnected(device))
  }

  #otherTakers(): DeviceId[] {
    return takersOf(this.#parts.group.state, this.#parts.folder).filter((device) => device !== this.#parts.group.device)
  }

  /** Devices that do not have the folder on a disk, and hold blocks of it by this layout, or may do so by one that there was before. */
  #shelves(): DeviceId[] {
    const { folder, group } = this.#parts
    const takers = takersOf(group.state, folder)
    const shelves = group.state.devices.map(({ device }) => device).filter((device) => isShelf(group.state, device))
    const all = new Set([...(this.#layout?.devices ?? []), ...shelves])
    return [...all].filter((device) => !takers.includes(device) && device !== group.device)
  }

  /** Of packed ids those that a device is to hold; all of them while it is not known who they are. */
  heldBy(device: DeviceId, ids: Uint8Array): Uint8Array {
    return this.#layout === undefined ? ids : this.#those(ids, (holders) => holders.includes(device))
  }

  /** Of packed ids those that others are to hold, and each of them has; none while it is not known who they are. */
  movedFrom(device: DeviceId, ids: Uint8Array, has: (holder: DeviceId, id: Uint8Array) => boolean): Uint8Array {
    if (!this.isCurrent) return new Uint8Array(0)
    return this.#those(
      ids,
      (holders, id) => holders.length > 0 && !holders.includes(device) && holders.every((holder) => has(holder, id)),
    )
  }

  #those(ids: Uint8Array, are: (holders: readonly DeviceId[], id: Uint8Array) => boolean): Uint8Array {
    const { holders } = this.#layout!
    return Buffer.concat(eachId(ids).filter((id) => are(holders[partitionOf(id, holders.length)]!, id)))
  }

  #peers(): FolderSync['exchange']['peers'] {
    return this.#parts.sync()?.exchange.peers ?? []
  }

  #source(): LayoutSource {
    const { group, pledged } = this.#parts
    return {
      takers: keepersOf(this.#parts.group.state, this.#parts.folder),
      replicas: group.state.replicas,
      partitions: group.state.ringSize,
      pledged: pledged(),
    }
  }
}
