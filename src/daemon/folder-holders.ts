import type { Clock } from '#base'
import type { Have } from '#db'
import type { Exchange } from '#exchange'
import { hlcTime, type DeviceId, type FolderId, type RecordPlace, type Version } from '#model'
import type { Group } from '#peers'
import { hasKept, isAnchorFirst, keptUpTo, partitionOf, protectedPercent, unprotected, type KeptBy } from '#replication'
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

  /** Of packed ids those that a device is to hold; all of them while it is not known who they are. */
  heldBy(device: DeviceId, ids: Uint8Array): Uint8Array {
    if (this.#layout === undefined) return ids
    return this.#those(ids, (holders) => holders.includes(device))
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
    const each = Array.from({ length: ids.length / 32 }, (_, at) => ids.subarray(at * 32, at * 32 + 32))
    return Buffer.concat(each.filter((id) => are(holders[partitionOf(id, holders.length)]!, id)))
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
