import type { Clock } from '#base'
import { inProcess, type DeviceStore } from '#db'
import type { ChunkId, DeviceId, FolderId } from '#model'
import type { FolderSealing, StoreTotals } from '#store'
import { HeldForOthers } from '../../src/daemon/held-for-others.ts'
import { SqliteDeviceStore } from '../../src/db/device-database.ts'
import { deviceSchema } from '../../src/db/migrations/device.ts'
import { through, type Boot } from './boot.ts'
import type { Dice } from './dice.ts'
import { emptyDatabase } from './empty-database.ts'
import type { SimGroup } from './sim-group.ts'
import { SimStore, type StoreCalls, type StoreHooks } from './sim-store.ts'

export interface HomeParts {
  device: DeviceId
  /** It has the folder, and its keys. */
  isMember: boolean
  sealing: FolderSealing
  group: SimGroup
  dice: Dice
  now(): number
}

/** What one run of a device has to do with its store. */
export interface HomeRun extends Pick<StoreHooks, 'failed' | 'planted' | 'losesFlushes' | 'powerCut'> {
  boot: Boot
  clock: Clock
  swept(chunks: ChunkId[]): Promise<void>
}

/** The home of a device that runs. */
export interface OpenHome {
  blocks: StoreCalls
  notes: DeviceStore
  held: HeldForOthers
  /** Hears what the store has come to. */
  counted: (totals: StoreTotals) => void
}

/** The home of a device as far as the store goes: blocks and notes outlive its crashes, and the real parts work with them while it runs. */
export class SimHome {
  readonly store: SimStore
  /** How long a block stays that nothing needs, ms. */
  grace = 60_000
  readonly parts: HomeParts
  #notes = emptyNotes()

  constructor(parts: HomeParts) {
    this.parts = parts
    this.store = new SimStore(parts.dice, parts.sealing, () => parts.now())
  }

  /** Does the device take part in that folder? */
  has(folder: FolderId): boolean {
    return this.parts.isMember && folder === this.parts.sealing.folder
  }

  /** What the device has noted beside the folder's index. */
  setting(key: string): string | null {
    return this.#notes.setting(key)
  }

  /** The folder was left, and is joined anew: what was noted of it is of no use. */
  forgetFolder(): void {
    const { folder } = this.parts.sealing
    for (const key of [`swept.${folder}`, `forgotten.${folder}`]) this.#notes.putSetting(key, null)
  }

  loseNotes(): void {
    this.#notes.close()
    this.#notes = emptyNotes()
  }

  close(): void {
    this.store.close()
    this.#notes.close()
  }

  open(run: HomeRun): OpenHome {
    const { device, isMember, sealing, group } = this.parts
    const blocks = this.store.connect(run.boot, { ...run, counted: (totals) => open.counted(totals) })
    const notes = through<DeviceStore>(inProcess<DeviceStore>(this.#notes), (method, _args, work) =>
      run.boot.call(`notes.${method}`, work),
    )
    const held = new HeldForOthers({
      group: { device, state: group.state },
      blocks,
      notes,
      clock: run.clock,
      open: (folder, foreign) => (this.has(folder) ? blocks.open(sealing, foreign) : null),
      folders: () => (isMember ? [sealing.folder] : []),
      pledge: () => group.state.pledge(device),
    })
    const open: OpenHome = { blocks, notes, held, counted: () => undefined }
    return open
  }
}

function emptyNotes(): SqliteDeviceStore {
  return new SqliteDeviceStore(emptyDatabase(deviceSchema))
}
