import { join } from 'node:path'
import { createServer, type ApiServer, type PageSource } from '#api'
import type { ApiEvent } from '#api/contract'
import { Events, systemClock, systemRandom, type Spawner } from '#base'
import { deriveFolderKeys } from '#content'
import { openDatabases } from '#db'
import { ReadCache } from '#exchange'
import { openDiskPool, openWatcher, PooledDisk } from '#folder'
import type { DeviceId, FolderId } from '#model'
import { loadIdentity, PeerNetwork } from '#peers'
import { folderChunks, openThreadedStore, type FolderSealing } from '#store'
import { SyncEngine } from '#sync'
import { ActivityLog } from './activity-log.ts'
import { createBackend } from './backend.ts'
import type { BackendContext } from './backend-context.ts'
import { Endings } from './endings.ts'
import { HeldForOthers } from './held-for-others.ts'
import { holdingOf, seekingIn } from './holding.ts'
import { EventFeed } from './event-feed.ts'
import type { FolderLayout } from './folder-layout.ts'
import { GroupLayout } from './group-layout.ts'
import type { Log } from './logging.ts'
import type { LoopMonitor } from './loop-monitor.ts'
import { MetricSampler } from './metric-sampler.ts'
import { folderNames } from './backend-status.ts'
import { Membership } from './membership.ts'
import { OwnPledge } from './own-pledge.ts'
import { PeerRates } from './peer-rates.ts'
import { leastProtected } from './least-protected.ts'
import { applyRateLimits } from './rate-limits.ts'
import { RateMeter } from './rate-meter.ts'
import { FolderRegistry } from './registry.ts'
import { restAfterWork } from './rest.ts'
import type { Settings } from './settings.ts'
import { isShelf } from './shelves.ts'
import { wireUpkeep } from './wire-upkeep.ts'

/** Threads that read and write files, at most; one without work for a while ends. */
const DISK_THREADS = 2
const DISK_IDLE_MS = 5_000

export interface DaemonParts {
  spawner: Spawner
  logger: Log
  loop: LoopMonitor
  settings: Settings
}

export interface DaemonOptions {
  home: string
  http: { host: string; port: number; fallback: boolean }
  listen: readonly string[]
  lan: boolean
  uiDirectory: PageSource
  version: string
}

export interface Daemon {
  readonly device: string
  readonly name: string
  readonly server: ApiServer
  readonly addresses: string[]
  /** Ends everything in order: no new work, folders, network, databases. */
  stop(): Promise<void>
}

/** Starts a daemon. When one of its parts cannot start, those that have are ended again. */
export async function startDaemon(parts: DaemonParts, options: DaemonOptions): Promise<Daemon> {
  const endings = new Endings()
  try {
    return await start(parts, options, endings)
  } catch (error) {
    await endings.run().catch((cause: unknown) => parts.logger.error({ error: cause }, 'what was started could not be ended'))
    throw error
  }
}

/** The composition root: makes every part of a daemon, gives each the others it needs, and starts them. */
async function start(
  { spawner, logger, loop, settings }: DaemonParts,
  options: DaemonOptions,
  endings: Endings,
): Promise<Daemon> {
  const { home } = options
  const clock = systemClock
  const random = systemRandom
  const startedAt = clock.monotonic()
  const identity = await loadIdentity(home, logger)
  const { device } = identity
  const events = new Events<{ api: ApiEvent }>()
  const databases = openDatabases({ spawner }, { dir: join(home, 'index') })
  endings.add(() => databases.close())
  const store = await databases.device()
  const activity = new ActivityLog({ store, clock, logger, added: (items) => feed.activity(items) })
  endings.add(() => activity.flush())
  const rested = restAfterWork({ databases, clock, logger })
  const disks = openDiskPool({ spawner, clock, rested }, { workers: DISK_THREADS, idleMs: DISK_IDLE_MS })
  endings.add(() => disks.close())
  const blocks = openThreadedStore(
    { spawner, clock, counted: (totals) => mender.counted(totals), full: () => pledge.refused() },
    { directory: join(home, 'store'), idleMs: DISK_IDLE_MS },
  )
  endings.add(() => blocks.close())
  const cache = new ReadCache({ clock, logger }, { directory: join(home, 'cache'), limit: () => settings.values.cache_bytes })
  const watcher = openWatcher({ spawner, clock, logger })
  endings.add(() => watcher.close())
  const network = new PeerNetwork(
    { identity, store, clock, random, logger },
    { name: settings.values.name, listen: options.listen, lan: options.lan },
  )
  applyRateLimits(network, settings.values)
  const { group, pairing } = network
  const membership = new Membership({ group, store, clock, logger, activity: (items) => activity.add(items) })
  await membership.start()
  const pledge = new OwnPledge({ group, settings, home, blocks, layout: () => layout.current, clock, logger })
  endings.add(pledge.start())
  await group.load()
  const misbehaved = (peer: DeviceId, message: string): void => {
    logger.warn({ device: peer }, message)
    activity.add([{ time: clock.now(), event: 'misbehaved', folder: null, path: null, device: peer, detail: message }])
  }
  network.on('misbehaved', ({ device: peer, message }) => misbehaved(peer, message))
  const held = new HeldForOthers({
    group,
    blocks,
    notes: store,
    clock,
    open: (folder, foreign) => {
      const sealing = sealings().find((each) => each.folder === folder)
      return sealing === undefined ? null : blocks.open(sealing, foreign)
    },
    folders: () => registry.folders.map(({ stored }) => stored.id),
    pledge: () => settings.values.pledge,
    limit: () => pledge.limit(),
  })
  const layout = new GroupLayout({
    group,
    key: identity.key,
    store,
    clock,
    logger,
    connected: () => network.peers().map((peer) => peer.device),
    send: (peer, bytes) => network.sendLayout(peer, bytes),
    misbehaved,
  })
  network.on('layout', ({ device: peer, layout: bytes }) => layout.received(peer, bytes))
  network.on('disconnected', (peer) => layout.disconnected(peer.device))
  const engine = new SyncEngine({
    clock,
    logger,
    mayRead: (folder, peer) => group.state.role(folder, peer) !== 'none',
    lacks: (folder) => registry.lacks(folder),
    misbehaved,
    shelf: held.shelf,
    mayHold: (_, peer) => isShelf(group.state, peer),
    signer: identity,
    sought: seekingIn(network),
  })
  const registry = new FolderRegistry({
    home,
    engine,
    group,
    store,
    clock,
    random,
    logger,
    cache,
    openIndex: async (folder, foldsCase) => databases.index({ folder, device, seed: identity.seed, foldsCase, now: clock.now() }),
    dropIndex: (folder) => databases.drop(folder),
    openStore: (folder, secret) => folderChunks(blocks, folder, () => sealingOf(group, folder, secret)),
    openDisk: (root, secret) => new PooledDisk(disks, { root, keys: deriveFolderKeys(secret), device }),
    watch: (root, hint) => watcher.watch(root, hint),
    activity: (items) => activity.add(items),
    pledged: () => layout.current,
    called: (device) => membership.called()(device),
    changed: (folder) => {
      feed.folderChanged(folder)
      upkeep.losses.review()
      reach.review(folder)
    },
  })
  const reviewHolders = (): void => registry.folders.forEach(({ keeping }) => keeping?.review())
  for (const review of [reviewHolders, () => network.providers.review()]) layout.on('changed', review)
  const isBusy = (): boolean => registry.folders.some(({ sync }) => isAtWork(sync?.standing.state))
  const sealings = (): FolderSealing[] =>
    registry.folders.flatMap(({ stored: { id, secret } }) => (secret === null ? [] : [sealingOf(group, id, secret)]))
  blocks.totals().catch((error: unknown) => logger.warn({ error }, 'the block store cannot be opened'))
  const announce = (event: ApiEvent): void => events.emit('api', event)
  const upkeep = wireUpkeep({
    registry,
    network,
    exchange: engine.exchange,
    blocks,
    held,
    store,
    settings,
    sealings,
    isBusy,
    announce,
    changed: (folder) => feed.folderChanged(folder),
    called: (folder) => folderNames(context).get(folder) ?? folder,
    clock,
    logger,
  })
  const { mender, scrubber, housekeeping, reach } = upkeep
  const metrics = new MetricSampler({
    traffic: network.traffic,
    figures: async () => {
      const { bytes, segmentBytes } = await blocks.totals()
      return { storeBytes: bytes + segmentBytes, protectedPercent: leastProtected(registry.folders) }
    },
    store,
    clock,
    logger,
  })
  const context: BackendContext = {
    home,
    version: options.version,
    device,
    clock,
    random,
    logger,
    settings,
    store,
    blocks,
    held,
    cache,
    mender,
    scrubber,
    reach,
    network,
    pairing,
    engine,
    registry,
    activity,
    membership,
    pledge,
    layout,
    housekeeping,
    loop,
    rates: new RateMeter(clock, () => ({ sent: network.traffic.sent, received: network.traffic.received })),
    peerRates: new PeerRates(clock),
    metrics,
    running: () => ({ listen: [...options.listen], http: new URL(server.url).host }),
    startedAt,
    announce,
  }
  const feed = new EventFeed(context)
  network.on('connected', (peer) => {
    engine.addPeer(peer)
    mender.connected()
    layout.connected(peer.device)
    reviewHolders()
    upkeep.losses.review()
  })
  endings.add(() => layout.stop())
  await layout.start()
  endings.add(() => network.stop())
  await network.start()
  endings.add(() => registry.stop())
  await registry.start()
  const layouts = (): FolderLayout[] => registry.folders.flatMap(({ keeping }) => keeping?.holders.layout ?? [])
  network.providers.follow(() => holdingOf({ group, pledged: () => layout.current, layouts }), isBusy)
  for (const part of [...Object.values(upkeep), metrics, feed]) {
    endings.add(() => part.stop())
    part.start()
  }
  const server = createServer(
    { backend: createBackend(context, (listener) => events.on('api', listener)), logger, clock, random },
    { home, http: options.http, uiDirectory: options.uiDirectory, device, version: options.version },
  )
  endings.add(() => server.stop())
  await server.start()
  return {
    device,
    get name() {
      return network.group.name
    },
    server,
    addresses: network.addresses(),
    stop: () => endings.run(),
  }
}

/** The newest key seals; older ones still open what they have sealed. */
function sealingOf(group: PeerNetwork['group'], folder: FolderId, secret: Uint8Array): FolderSealing {
  return { folder, idKey: deriveFolderKeys(secret).idKey, keys: group.dataKeys(folder).toReversed() }
}

function isAtWork(state: string | undefined): boolean {
  return state === 'scanning' || state === 'syncing'
}
