import { durationMs, type Clock, type Logger } from '#base'
import type { ApiEvent } from '#api/contract'
import type { DeviceStore } from '#db'
import type { Exchange } from '#exchange'
import type { FolderId } from '#model'
import type { PeerNetwork } from '#peers'
import type { FolderSealing, ThreadedStore } from '#store'
import { DropJudge } from './drop-judge.ts'
import type { HeldForOthers } from './held-for-others.ts'
import { Housekeeping } from './housekeeping.ts'
import { LostNotices } from './lost-notices.ts'
import { Mender } from './mender.ts'
import type { FolderRegistry } from './registry.ts'
import { LeaverRelease } from './leaver-release.ts'
import { Reach } from './reach.ts'
import { retentionOf } from './retention-of.ts'
import { Scrubber } from './scrubber.ts'
import type { Settings } from './settings.ts'
import { stillHas } from './still-has.ts'
import { ToldLosses } from './told-losses.ts'

export interface UpkeepParts {
  registry: FolderRegistry
  network: PeerNetwork
  exchange: Exchange
  blocks: ThreadedStore
  held: HeldForOthers
  store: DeviceStore
  settings: Settings
  /** Of all folders whose keys are here. */
  sealings(): FolderSealing[]
  /** Is sync at work? */
  isBusy(): boolean
  announce(event: ApiEvent): void
  changed(folder: FolderId): void
  /** What people call a folder. */
  called(folder: FolderId): string
  clock: Clock
  logger: Logger
}

/** Makes what looks after the store behind sync: each is to be started, and stopped. */
export function wireUpkeep(parts: UpkeepParts) {
  const { registry, network, exchange, blocks, held, store, settings, sealings, announce, changed, clock, logger } = parts
  const { group } = network
  const progress = (command: 'scrub' | 'gc', done: number, total: number, unit: 'blocks' | 'versions' = 'blocks'): void =>
    announce({ event: 'progress', data: { command, done, total, unit } })
  const losses = new ToldLosses({ network, registry, logger })
  const lost = new LostNotices({ network, registry, clock })
  const mender: Mender = new Mender({
    blocks,
    registry,
    sealings,
    isForOthers: (folder) => held.isFor(folder),
    folders: () => group.state.folders.map(({ id }) => id),
    store,
    clock,
    logger,
    changed,
    lost: (folder) => lost.tell(folder),
  })
  const scrubber = new Scrubber({
    blocks,
    mender,
    sealings,
    store,
    clock,
    logger,
    days: () => settings.values.scrub_days,
    isBusy: parts.isBusy,
    progress: ({ checked, blocks: total }) => progress('scrub', checked, total),
  })
  const housekeeping = new Housekeeping({
    device: group.device,
    registry,
    blocks,
    store,
    sealings,
    clock,
    logger,
    retention: (folder) => retentionOf(group, folder),
    grace: () => durationMs(settings.values.gc_grace)!,
    isElsewhere: (folder) =>
      group.state.devices.some(({ device }) => device !== group.device && stillHas(group.state, folder, device)),
    use: (folder) => held.use(group.state, folder, network.peers()),
    held,
    judge: new DropJudge({ group, drops: exchange.drops, logger }),
    called: parts.called,
    progress: ({ done, total, unit }) => progress('gc', done, total, unit),
    isBusy: parts.isBusy,
  })
  const release = new LeaverRelease({ group, network, housekeeping, clock, logger })
  const reach = new Reach({ network, registry, exchange, blocks, changed, clock, logger })
  return { housekeeping, mender, scrubber, lost, losses, release, reach }
}
