import type { Timer } from '#base'
import type { Peer } from '#api/contract'
import type { Activity } from '#db'
import type { DeviceId, FolderId } from '#model'
import type { BackendContext } from './backend-context.ts'
import { deviceList, nearbyDevice, pairingEnd, SessionBook } from './backend-group.ts'
import { folderStatus } from './backend-folders.ts'
import { activityTeller, transfers } from './backend-status.ts'
import { offeredStatus } from './offered-status.ts'
import { syncedPercent } from './peer-share.ts'
import { peerStatus } from './peer-status.ts'
import { obstacleOf } from './untaken.ts'

/** A folder's state is told at most this often. */
const FOLDER_MS = 200
const TRANSFERS_MS = 500
/** The same of which conflicts and problems a folder has, where only others came in their place. */
const LISTS_MS = 3_000
/** The same of what part of the folders a device has. */
const SHARES_MS = 3_000

/** Turns what happens inside the daemon into the API's events. */
export class EventFeed {
  readonly #context: BackendContext
  readonly #changed = new Set<FolderId>()
  readonly #conflicts = new Map<FolderId, string>()
  /** What kept devices from taking what they are to hold, when that was told last. */
  readonly #obstacles = new Map<DeviceId, Peer['obstacle']>()
  /** The same of what part of the folders they had. */
  readonly #shares = new Map<DeviceId, Peer['syncedPercent']>()
  #timer: Timer | null = null
  #shareTimer: Timer | null = null
  /** Folders that have changed, and may have other conflicts or problems than before, though as many. */
  readonly #lists = new Set<FolderId>()
  #listTimer: Timer | null = null
  #transferTimer: Timer | null = null
  #offered = new Set<string>()
  #removal: string | null = null
  #off: (() => void)[] = []
  readonly #sessions: SessionBook

  constructor(context: BackendContext) {
    this.#context = context
    this.#sessions = new SessionBook(context)
  }

  start(): void {
    const { network, pairing } = this.#context
    this.#off = [
      network.on('connected', ({ device }) => this.#peer(device)),
      network.on('disconnected', ({ device }) => this.#peer(device)),
      network.group.on('changed', () => this.#group()),
      pairing.on('changed', () => this.#context.announce({ event: 'pairings', data: this.#sessions.list() })),
      pairing.on('nearby', (data) => this.#context.announce({ event: 'nearby', data: data.map(nearbyDevice) })),
      pairing.on('ended', (end) => this.#context.announce({ event: 'pairing-ended', data: pairingEnd(end) })),
    ]
    this.#group()
  }

  stop(): void {
    for (const off of this.#off) off()
    this.#timer?.cancel()
    this.#shareTimer?.cancel()
    this.#listTimer?.cancel()
    this.#transferTimer?.cancel()
  }

  folderChanged(id: FolderId): void {
    this.#changed.add(id)
    this.#timer ??= this.#context.clock.after(FOLDER_MS, () => this.#tell(), { idle: true })
  }

  activity(items: readonly (Activity & { number: number })[]): void {
    for (const data of items.map(activityTeller(this.#context))) this.#context.announce({ event: 'activity', data })
  }

  #tell(): void {
    this.#timer = null
    const { registry, announce } = this.#context
    const ids = [...this.#changed]
    this.#changed.clear()
    for (const id of ids) {
      const folder = registry.folders.find(({ stored }) => stored.id === id)
      if (folder === undefined) {
        this.#conflicts.delete(id)
        announce({ event: 'folder-gone', data: { id } })
        this.#tellOffered()
        continue
      }
      const status = folderStatus(this.#context, folder)
      announce({ event: 'folder', data: status })
      const reach = status.outOfReach.map(({ versions }) => versions)
      const counts = [folder.sync?.totals?.conflictFiles ?? 0, status.problems, status.lost, ...reach]
      const marks = counts.join()
      if (this.#conflicts.get(id) !== marks) {
        this.#conflicts.set(id, marks)
        this.#tellLists(id, status.name)
      } else if (counts.some((each) => each > 0)) this.#lists.add(id)
    }
    if (this.#lists.size > 0) this.#listTimer ??= this.#context.clock.after(LISTS_MS, () => this.#tellOthers(), { idle: true })
    this.#tellObstacles()
    this.#tellTransfers()
    this.#shareTimer ??= this.#context.clock.after(SHARES_MS, () => this.#tellShares(), { idle: true })
  }

  #tellLists(id: FolderId, folder: string): void {
    this.#lists.delete(id)
    this.#context.announce({ event: 'conflicts', data: { folder } })
    this.#context.announce({ event: 'problems', data: { folder } })
  }

  /** What came in the place of something else is no other number. */
  #tellOthers(): void {
    this.#listTimer = null
    for (const { stored } of this.#context.registry.folders)
      if (this.#lists.has(stored.id)) this.#tellLists(stored.id, stored.name)
    this.#lists.clear()
  }

  #tellShares(): void {
    this.#shareTimer = null
    const { network, registry, announce } = this.#context
    for (const found of network.devices()) {
      if (found.own || !found.connected) continue
      const synced = syncedPercent({ group: network.group, folders: registry.folders }, found.device)
      if ((this.#shares.get(found.device) ?? null) === synced) continue
      const data = peerStatus(this.#context, found)
      this.#shares.set(found.device, data.syncedPercent)
      announce({ event: 'peer', data })
    }
  }

  #tellObstacles(): void {
    for (const { device, own } of this.#context.network.devices()) {
      const now = own ? null : obstacleOf(this.#context.registry, device)
      if ((this.#obstacles.get(device) ?? null) !== now) this.#peer(device)
      this.#obstacles.set(device, now)
    }
  }

  #tellTransfers(): void {
    if (this.#transferTimer !== null) return
    const now = transfers(this.#context)
    this.#context.announce({ event: 'transfers', data: now })
    if (now.transfers.length === 0 && now.rates.receiveBytesPerSecond + now.rates.sendBytesPerSecond === 0) return
    this.#transferTimer = this.#context.clock.after(
      TRANSFERS_MS,
      () => {
        this.#transferTimer = null
        this.#tellTransfers()
      },
      { idle: true },
    )
  }

  #peer(device: DeviceId): void {
    const found = this.#context.network.devices().find((item) => item.device === device)
    if (found === undefined) return
    const data = peerStatus(this.#context, found)
    this.#shares.set(device, data.syncedPercent)
    this.#context.announce({ event: 'peer', data })
    this.#context.announce({ event: 'devices', data: deviceList(this.#context) })
  }

  #group(): void {
    const { removal } = this.#context.membership
    // No event has the words for it.
    if (removal !== this.#removal) this.#context.announce({ event: 'resync', data: {} })
    this.#removal = removal
    this.#context.announce({ event: 'devices', data: deviceList(this.#context) })
    this.#tellOffered()
  }

  #tellOffered(): void {
    const offered = offeredStatus(this.#context)
    for (const data of offered) this.#context.announce({ event: 'folder', data })
    const ids = new Set(offered.map(({ id }) => id))
    for (const id of this.#offered) {
      const taken = this.#context.registry.folders.some(({ stored }) => stored.id === id)
      if (!ids.has(id) && !taken) this.#context.announce({ event: 'folder-gone', data: { id } })
    }
    this.#offered = ids
  }
}
