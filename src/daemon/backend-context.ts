import type { Clock, Random } from '#base'
import type { ApiEvent } from '#api/contract'
import type { DeviceStore } from '#db'
import type { ReadCache } from '#exchange'
import type { DeviceId } from '#model'
import type { Pairing, PeerNetwork } from '#peers'
import type { ChunkStore, SealedBlocks, StoreUpkeep, Sweepable } from '#store'
import type { SyncEngine } from '#sync'
import type { ActivityLog } from './activity-log.ts'
import type { OwnPledge } from './own-pledge.ts'
import type { GroupLayout } from './group-layout.ts'
import type { HeldForOthers } from './held-for-others.ts'
import type { Housekeeping } from './housekeeping.ts'
import type { Log } from './logging.ts'
import type { Membership } from './membership.ts'
import type { Mender } from './mender.ts'
import type { LoopMonitor } from './loop-monitor.ts'
import type { MetricSampler } from './metric-sampler.ts'
import type { PeerRates } from './peer-rates.ts'
import type { RateMeter } from './rate-meter.ts'
import type { Reach } from './reach.ts'
import type { FolderRegistry } from './registry.ts'
import type { Scrubber } from './scrubber.ts'
import type { Settings, SettingValues } from './settings.ts'

/** What the parts of the backend work with. */
export interface BackendContext {
  home: string
  version: string
  device: DeviceId
  clock: Clock
  random: Random
  logger: Log
  settings: Settings
  store: DeviceStore
  /** The sealed chunks on this device. */
  blocks: Pick<ChunkStore, 'totals'> &
    Pick<StoreUpkeep, 'missing' | 'condemn'> &
    Pick<Sweepable, 'folders' | 'held'> &
    Pick<SealedBlocks, 'sizes'>
  held: Pick<HeldForOthers, 'use'>
  /** What was read of folders that have no place on this disk. */
  cache: ReadCache
  mender: Mender
  scrubber: Scrubber
  reach: Reach
  network: PeerNetwork
  pairing: Pairing
  engine: SyncEngine
  registry: FolderRegistry
  activity: ActivityLog
  membership: Membership
  pledge: OwnPledge
  layout: GroupLayout
  housekeeping: Housekeeping
  loop: LoopMonitor
  rates: RateMeter
  peerRates: PeerRates
  metrics: MetricSampler
  /** What of the settings is in use: what was said at the start, and what came of it. */
  running(): Pick<SettingValues, 'listen' | 'http'>
  startedAt: number
  announce(event: ApiEvent): void
}

export function isoTime(ms: number): string {
  return new Date(Math.min(Math.max(ms, -8.64e15), 8.64e15)).toISOString()
}
