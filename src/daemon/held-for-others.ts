import type { DeviceStore } from '#db'
import { Shelf, type ShelfParts } from '#exchange'
import { mayRead, mayWrite, type DeviceId, type FolderId } from '#model'
import type { GroupState } from '#peers'
import { folderUse, type FolderUse } from './folder-use.ts'
import { HeldDrops, type HeldDropsParts } from './held-drops.ts'
import { noteHeld } from './left-folders.ts'
import { isShelf } from './shelves.ts'

export interface HeldForOthersParts {
  group: { readonly device: DeviceId; readonly state: Pick<GroupState, 'devices' | 'role' | 'cut' | 'pledge'> }
  blocks: ShelfParts['store'] & HeldDropsParts['store']
  clock: HeldDropsParts['clock']
  notes: Pick<DeviceStore, 'setting' | 'putSetting'>
  open: ShelfParts['open']
  /** The folders that this device takes part in. */
  folders(): readonly FolderId[]
  /** So many bytes this device gives to others. */
  pledge(): number
  /** So many of them now: its disk may have no room for all. */
  limit?(): Promise<number>
}

/** Who takes part in a folder asks for its records every few minutes while it is connected. */
const ASKED_MS = 7 * 24 * 60 * 60_000

/** What this device holds for others: the shelf that it is on, and of which folders it is. */
export class HeldForOthers {
  readonly shelf: Shelf
  readonly #parts: HeldForOthersParts
  /** Of which something came since the start. */
  readonly #taken = new Set<FolderId>()
  /** When something of it was last asked for, ms. */
  readonly #asked = new Map<FolderId, number>()

  constructor(parts: HeldForOthersParts) {
    const { group, blocks, notes, open, folders, pledge, limit, clock } = parts
    this.#parts = parts
    this.shelf = new Shelf({
      store: blocks,
      desk: new HeldDrops({ group, notes, store: blocks, clock }),
      mayWrite: (folder, device) => mayWrite(group.state.role(folder, device)),
      // It is asked before anything is given.
      mayRead: (folder, device) => {
        const may = mayRead(group.state.role(folder, device))
        if (may && device !== group.device) this.#asked.set(folder, clock.now())
        return may
      },
      open,
      own: () => folders().filter((folder) => this.#mayRead(folder)),
      pledge: limit ?? pledge,
      keeping: async (folder) => {
        this.#taken.add(folder)
        await noteHeld(notes, folder)
      },
    })
  }

  /** Did blocks of a folder come for others since the start? Then they are of use, whatever was noted of it before. */
  took(folder: FolderId): boolean {
    return this.#taken.has(folder)
  }

  /** Of what use is what is here of a folder that this device takes no part in? `peers`: those that are connected. */
  use(state: Parameters<typeof folderUse>[0], folder: FolderId, peers: readonly { readonly device: DeviceId }[]): FolderUse {
    const since = this.#parts.clock.now() - (this.#asked.get(folder) ?? -Infinity)
    return folderUse(state, folder, {
      isConnected: (device) => device === this.#parts.group.device || peers.some((peer) => peer.device === device),
      isAsked: Math.abs(since) < ASKED_MS,
    })
  }

  /** May there be anything here for others? */
  get isAny(): boolean {
    const { group } = this.#parts
    return this.#taken.size > 0 || isShelf(group.state, group.device)
  }

  /** May what is here of a folder that this device takes no part in be for others? */
  isFor(folder: FolderId): boolean {
    return this.took(folder) || this.#parts.pledge() > 0 || !this.#mayRead(folder)
  }

  #mayRead(folder: FolderId): boolean {
    const { group } = this.#parts
    return mayRead(group.state.role(folder, group.device))
  }
}
