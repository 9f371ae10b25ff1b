import type { Clock } from '#base'
import type { Have } from '#db'
import type { Absence, Exchange } from '#exchange'
import { hlcTime, type DeviceId, type FolderId, type RecordPlace, type Version } from '#model'
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
import { folderLayout, layoutName, takersOf, type FolderLayout, type LayoutSource } from './folder-layout.ts'
import type { FolderReplicas } from './folder-replicas.ts'
import { stillHas } from './still-has.ts'

export interface FolderHoldersParts {
  folder: FolderId
  group: Pick<Group, 'device'> & {
    readonly state: Pick<Group['state'], 'devices' | 'role' | 'takers' | 'leavers' | 'pledge' | 'ringSize' | 'replicas'>
  }
  /** The group's layout over the devices that have pledged disk. */
  pledged(): LayoutSource['pledged']
  exchange: Pick<Exchange, 'isConnected'>
  sync(): Pick<FolderSync, 'exchange'> | null
  /** Brings blocks to devices that do not have the folder on a disk. */
  replicas: FolderReplicas
  /** This device keeps content of it. */
  isKeeping(): boolean
  /** Up to which records this device has all that it is to have. */
  own(): readonly Have[]
  clock: Clock
}

/** Who holds a folder's chunks, and what they have of them, as far as this device knows. */
export class FolderHolders {
  readonly #parts: FolderHoldersParts
  #layout: FolderLayout | undefined
  /** What the others have said of this layout since the start. */
  readonly #others = new Map<DeviceId, KeptBy>()

  constructor(parts: FolderHoldersParts) {
    this.#parts = parts
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
    const { replicas, isKeeping } = this.#parts
    const takers = new Set(takersOf(this.#parts.group.state, this.#parts.folder))
    this.#others.clear()
    this.#layout = layout
    await replicas.follow(layout, isKeeping() ? layout.devices.filter((device) => !takers.has(device)) : [])
  }

  /** Takes what the others say, if it is of the same layout. */
  hear(): void {
    for (const { device, state } of this.#peers()) {
      if (state?.kept !== undefined && state.kept.layout === this.#layout?.name)
        this.#others.set(device, keptUpTo(state.kept.upTo))
    }
  }

  /** One that is no longer in the group counts as having nothing, also before there is the next layout. */
  keptOf(device: DeviceId): KeptBy | undefined {
    const { group, own, replicas } = this.#parts
    if (device === group.device) return keptUpTo(own())
    if (!group.state.devices.some((each) => each.device === device)) return undefined
    return this.#others.get(device) ?? replicas.keptOf(device)
  }

  /** What this device has to have of a chunk (32 bytes) of a version. */
  dutyOf(version: Version, chunk: Uint8Array): Duty {
    const { device } = this.#parts.group
    return dutyOf(chunk, {
      device,
      holders: this.#layout?.holders ?? [[]],
      isAuthor: version.author === device,
      isKeptBy: (anchor) => hasKept(this.keptOf(anchor), version),
      isExpectedOf: (anchor) => this.isExpectedOf(anchor, version),
    })
  }

  /** Is it connected, and does it bring what it lacks by itself? */
  isKeeper(of: DeviceId): boolean {
    return this.#peers().some(({ device, state }) => device === of && state?.kept !== undefined)
  }

  /** Is an anchor to be waited for before the author of a version keeps it itself? */
  isExpectedOf(anchor: DeviceId, { hlc }: Version): boolean {
    const { clock, exchange, replicas } = this.#parts
    const isAtWork = this.isKeeper(anchor) || (replicas.isBringingTo(anchor) && exchange.isConnected(anchor))
    return isAtWork && isAnchorFirst(hlcTime(hlc), clock.now())
  }

  /** Have all holders what they are to have of a version? */
  isProtected(place: RecordPlace): boolean {
    return this.isCurrent && this.#layout!.devices.every((device) => hasKept(this.keptOf(device), place))
  }

  /** Has each chunk another holder than this device, and is each of the others still to be counted on? */
  get isShared(): boolean {
    const { folder, group } = this.#parts
    const isThere = (device: DeviceId): boolean => stillHas(group.state, folder, device) || group.state.pledge(device) > 0
    const others = (this.#layout?.devices ?? []).filter((device) => device !== group.device)
    return others.every(isThere) && this.#layout?.holders.every((each) => each.some((device) => device !== group.device)) === true
  }

  /** Which holders lack how many of these records, as far as is known. */
  lacking(have: readonly Have[]): { device: DeviceId; records: number }[] {
    return unprotected(have, this.#layout?.devices ?? [], (device) => this.keptOf(device))
  }

  /** Of these records the part, in percent, that all holders have; null while it is not known who they are. */
  percent(have: readonly Have[]): number | null {
    if (!this.isCurrent) return null
    return protectedPercent(have, this.#layout!.devices, (device) => this.keptOf(device))
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
   * Since when all devices are connected that could have a version's content, and have looked at their disks: those that have the folder, or hold
   * it, and its author unless that has left. ms of the monotonic clock; null where one is not. What holds sealed blocks is connected, or not.
   */
  togetherSince({ author }: Version): number | null {
    const { exchange, folder, group } = this.#parts
    if (!this.isCurrent || !this.#shelves().every((device) => exchange.isConnected(device))) return null
    const peers = new Map(this.#peers().map((peer) => [peer.device, peer]))
    const isAtWork = (device: DeviceId): boolean => {
      const state = peers.get(device)?.state
      if (state == null || state.hindrance !== undefined) return false
      return state.materialised && state.compared !== false && state.scanning !== true
    }
    const takers = this.#otherTakers()
    if (!takers.every(isAtWork)) return null
    const isAuthorAway = author !== group.device && !takers.includes(author) && stillHas(group.state, folder, author)
    if (isAuthorAway && peers.get(author)?.state == null) return null
    return Math.max(-Infinity, ...takers.map((device) => peers.get(device)!.since))
  }

  /** Does another holder of this chunk say that it has kept a version, or its author? */
  isClaimed(version: Version, chunk: Uint8Array): boolean {
    const holders = this.#layout?.holders ?? [[]]
    const those = [...(holders[partitionOf(chunk, holders.length)] ?? []), version.author]
    return those.some((device) => device !== this.#parts.group.device && hasKept(this.keptOf(device), version))
  }

  #otherTakers(): DeviceId[] {
    return takersOf(this.#parts.group.state, this.#parts.folder).filter((device) => device !== this.#parts.group.device)
  }

  /** Holders that do not have the folder on a disk. */
  #shelves(): DeviceId[] {
    const takers = takersOf(this.#parts.group.state, this.#parts.folder)
    return (this.#layout?.devices ?? []).filter((device) => !takers.includes(device) && device !== this.#parts.group.device)
  }

  #peers(): FolderSync['exchange']['peers'] {
    return this.#parts.sync()?.exchange.peers ?? []
  }

  #source(): LayoutSource {
    const { group, pledged } = this.#parts
    return {
      takers: takersOf(this.#parts.group.state, this.#parts.folder),
      replicas: group.state.replicas,
      partitions: group.state.ringSize,
      pledged: pledged(),
    }
  }
}
