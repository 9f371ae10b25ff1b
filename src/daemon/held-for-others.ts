import type { DeviceStore } from '#db'
import { Shelf, type ShelfParts } from '#exchange'
import { mayRead, mayWrite, type DeviceId, type FolderId } from '#model'
import type { GroupState } from '#peers'
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

/** What this device holds for others: the shelf that it is on, and of which folders it is. */
export class HeldForOthers {
  readonly shelf: Shelf
  readonly #parts: HeldForOthersParts
  /** Of which something came since the start. */
  readonly #taken = new Set<FolderId>()

  constructor(parts: HeldForOthersParts) {
    const { group, blocks, notes, open, folders, pledge, limit, clock } = parts
    this.#parts = parts
    this.shelf = new Shelf({
      store: blocks,
      desk: new HeldDrops({ group, notes, store: blocks, clock }),
      mayWrite: (folder, device) => mayWrite(group.state.role(folder, device)),
      mayRead: (folder, device) => mayRead(group.state.role(folder, device)),
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
