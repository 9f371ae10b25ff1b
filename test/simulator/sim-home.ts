import { seededRandom, type Logger } from '#base'
import { inProcess, type DeviceStore, type FolderIndex } from '#db'
import type { Exchange } from '#exchange'
import type { FolderDisk } from '#folder'
import type { ChunkId, DeviceId } from '#model'
import { folderChunks, type FolderChunks, type FolderSealing } from '#store'
import type { FolderSync } from '#sync'
import { FolderKeeping } from '../../src/daemon/folder-keeping.ts'
import { Housekeeping } from '../../src/daemon/housekeeping.ts'
import { Mender } from '../../src/daemon/mender.ts'
import { Scrubber } from '../../src/daemon/scrubber.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { through, type Boot } from './boot.ts'
import type { Dice } from './dice.ts'
import type { SimGroup } from './sim-group.ts'
import { SimStore, type StoreHooks } from './sim-store.ts'
import type { DeviceClock } from './world.ts'

export interface HomeParts {
  device: DeviceId
  sealing: FolderSealing
  secret: Uint8Array
  group: SimGroup
  dice: Dice
  now(): number
}

/** What one run of a device has to do with its store. */
export interface RunParts extends Pick<StoreHooks, 'failed' | 'planted' | 'losesFlushes' | 'powerCut'> {
  boot: Boot
  clock: DeviceClock
  logger: Logger
  index: FolderIndex
  disk: FolderDisk
  exchange: Exchange
  sync(): FolderSync | null
  swept(chunks: ChunkId[]): Promise<void>
}

/** What keeps a folder's past while a device runs. */
export interface Upkeep {
  chunks: FolderChunks
  keeping: FolderKeeping
  mender: Mender
  scrubber: Scrubber
  housekeeping: Housekeeping
  start(): void
  /** What has to end before the folder does. */
  stop(): Promise<void>
}

/** The home of a device as far as the store goes: blocks and notes outlive its crashes, and the real parts work with them while it runs. */
export class SimHome {
  readonly store: SimStore
  /** How long a block stays that nothing needs, ms. */
  grace = 60_000
  readonly #parts: HomeParts
  #notes = openDeviceStore(':memory:')

  constructor(parts: HomeParts) {
    this.#parts = parts
    this.store = new SimStore(parts.dice, parts.sealing, () => parts.now())
  }

  /** What the device has noted beside the folder's index. */
  setting(key: string): string | null {
    return this.#notes.setting(key)
  }

  /** The folder was left, and is joined anew: what was noted of it is of no use. */
  forgetFolder(): void {
    const { folder } = this.#parts.sealing
    for (const key of [`swept.${folder}`, `forgotten.${folder}`]) this.#notes.putSetting(key, null)
  }

  loseNotes(): void {
    this.#notes.close()
    this.#notes = openDeviceStore(':memory:')
  }

  close(): void {
    this.store.close()
    this.#notes.close()
  }

  run(run: RunParts): Upkeep {
    const { device, sealing, secret, group } = this.#parts
    const { boot, clock, logger, index, disk, exchange, sync } = run
    const { folder } = sealing
    const blocks = this.store.connect(boot, { ...run, counted: (totals) => mender.counted(totals) })
    const store = through<DeviceStore>(inProcess<DeviceStore>(this.#notes), (method, _args, work) =>
      boot.call(`notes.${method}`, work),
    )
    const chunks = folderChunks(blocks, folder, () => sealing)
    const sealings = (): FolderSealing[] => [sealing]
    const cache = { of: () => Promise.reject(new Error('the folder has a place on the disk')) as never }
    const keeping = new FolderKeeping(
      {
        exchange,
        group: { device, state: group.state },
        store,
        clock,
        logger,
        cache,
        pledged: () => null,
        random: seededRandom(0),
        retention: () => group.retention(),
        changed: () => undefined,
      },
      { id: folder, name: 'folder' },
      secret,
      { index, disk, store: chunks },
      sync,
    )
    const stored = {
      id: folder,
      name: 'folder',
      path: '/home/folder',
      secret,
      pausedUntil: 0,
      marker: null,
      compared: true,
    }
    const registry = {
      get folders() {
        return [{ stored, index, disk: null, keeping, fault: null, sync: sync() }]
      },
      lacks: () => false,
    }
    const mender: Mender = new Mender({
      blocks,
      registry,
      sealings,
      isForOthers: () => false,
      store,
      clock,
      logger,
      changed: () => undefined,
    })
    const scrubber = new Scrubber({
      blocks,
      mender,
      sealings,
      store,
      clock,
      logger,
      days: () => 0,
      isBusy: () => sync()?.standing.state !== 'idle',
      progress: () => undefined,
    })
    const housekeeping = new Housekeeping({
      registry,
      blocks,
      store,
      sealings,
      device,
      held: { took: () => false, isFor: () => false, isAny: false },
      isTaken: () => true,
      judge: { judge: async () => [] },
      clock,
      logger,
      retention: () => group.retention(),
      grace: () => this.grace,
      isElsewhere: () => true,
      called: () => 'folder',
      progress: () => undefined,
    })
    return {
      chunks,
      keeping,
      mender,
      scrubber,
      housekeeping,
      start() {
        housekeeping.start()
        mender.start()
      },
      async stop() {
        await scrubber.stop()
        await mender.stop()
        await housekeeping.stop()
      },
    }
  }
}
