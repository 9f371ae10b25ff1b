import type { FolderIndex } from '#db'
import type { FolderDisk } from '#folder'
import { folderChunks, type FolderChunks, type FolderSealing } from '#store'
import type { FolderSync } from '#sync'
import { DropJudge } from '../../src/daemon/drop-judge.ts'
import { FolderKeeping } from '../../src/daemon/folder-keeping.ts'
import { Housekeeping } from '../../src/daemon/housekeeping.ts'
import { LostNotices } from '../../src/daemon/lost-notices.ts'
import { Mender } from '../../src/daemon/mender.ts'
import { Scrubber } from '../../src/daemon/scrubber.ts'
import type { Random } from '#base'
import type { SimHome } from './sim-home.ts'
import type { Run } from './sim-node.ts'

/** What keeps a store whole while a device runs. */
export interface Upkeep {
  mender: Mender
  scrubber: Scrubber
  housekeeping: Housekeeping
  start(): void
  /** What has to end before folders do. */
  stop(): Promise<void>
}

/** The same where the device has the folder, and keeps its past. */
export interface FolderUpkeep extends Upkeep {
  chunks: FolderChunks
  keeping: FolderKeeping
}

/** What a run of a device has to do with its folder. */
export interface FolderRun {
  secret: Uint8Array
  index: FolderIndex
  disk: FolderDisk
  random: Random
  sync(): FolderSync | null
}

export function upkeepOf(home: SimHome, run: Run, folder: FolderRun): FolderUpkeep
export function upkeepOf(home: SimHome, run: Run, folder: null): Upkeep
export function upkeepOf(home: SimHome, run: Run, folder: FolderRun | null): Upkeep | FolderUpkeep {
  const { device, group, sealing } = home.parts
  const { clock, logger } = run
  const { blocks, notes: store, held } = run.home
  const kept = folder && keepingOf(home, run, folder)
  const sealings = (): FolderSealing[] => (folder === null ? [] : [sealing])
  const registry = {
    get folders() {
      return kept === null || folder === null ? [] : [{ ...kept.opened, sync: folder.sync() }]
    },
    lacks: (id: FolderSealing['folder']) => !home.has(id),
  }
  const lost = new LostNotices({ network: run.network, registry, clock })
  const mender = new Mender({
    blocks,
    registry,
    sealings,
    isForOthers: (id) => held.isFor(id),
    folders: () => [sealing.folder],
    store,
    clock,
    logger,
    changed: () => undefined,
    lost: (id) => lost.tell(id),
  })
  run.home.counted = (totals) => mender.counted(totals)
  const isBusy = (): boolean => folder !== null && folder.sync()?.standing.state !== 'idle'
  const scrubber = new Scrubber({
    blocks,
    mender,
    sealings,
    store,
    clock,
    logger,
    days: () => 0,
    isBusy,
    progress: () => undefined,
  })
  const housekeeping = new Housekeeping({
    registry,
    blocks,
    store,
    sealings,
    device,
    held,
    use: () => (group.state.takers(sealing.folder).length > 0 ? 'taken' : 'none'),
    judge: new DropJudge({ group: { device, state: group.state }, drops: run.engine.exchange.drops, logger }),
    clock,
    logger,
    retention: () => group.retention(),
    grace: () => home.grace,
    isElsewhere: () => true,
    called: () => 'folder',
    progress: () => undefined,
    isBusy,
  })
  const upkeep: Upkeep = {
    mender,
    scrubber,
    housekeeping,
    start() {
      housekeeping.start()
      lost.start()
      mender.start()
    },
    async stop() {
      await scrubber.stop()
      await mender.stop()
      lost.stop()
      await housekeeping.stop()
    },
  }
  return kept === null ? upkeep : { ...upkeep, chunks: kept.chunks, keeping: kept.opened.keeping }
}

function keepingOf(
  { parts: { device, sealing, group } }: SimHome,
  { clock, logger, engine, layout, home }: Run,
  { secret, index, disk, random, sync }: FolderRun,
) {
  const { folder } = sealing
  const chunks = folderChunks(home.blocks, folder, () => sealing)
  const cache = { of: () => Promise.reject(new Error('the folder has a place on the disk')) as never }
  const keeping = new FolderKeeping(
    {
      exchange: engine.exchange,
      group: { device, state: group.state },
      store: home.notes,
      clock,
      logger,
      cache,
      pledged: () => layout.current,
      random,
      retention: () => group.retention(),
      changed: () => undefined,
      activity: () => undefined,
    },
    { id: folder, name: 'folder' },
    secret,
    { index, disk, store: chunks },
    sync,
  )
  const stored = { id: folder, name: 'folder', path: '/home/folder', secret, pausedUntil: 0, marker: null, compared: true }
  return { chunks, opened: { stored, index, disk: null, keeping, fault: null } }
}
