import { messageOf, Queue, seededRandom } from '#base'
import { deriveFolderKeys, type FolderKeys } from '#content'
import { type Authored, type FolderIndex } from '#db'
import { MARKER, TreeDisk, type FolderDisk, type RootIdentity } from '#folder'
import { deviceIdOf, mayRead, parentPath, publicKeyOf, signingKey, type DeviceId } from '#model'
import type { Peer } from '#peers'
import { SyncEngine, type FolderSync } from '#sync'
import { Boot, through } from './boot.ts'
import { checkSwept } from './check-store.ts'
import { keyOf } from './contents.ts'
import { Dice } from './dice.ts'
import { FaultyDatabase } from './faulty-database.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { Hand } from './hand.ts'
import { readFile, within } from './look.ts'
import { SimHome, type Upkeep } from './sim-home.ts'
import type { Shared } from './shared.ts'
import { openIndex, type Core } from './sim-index.ts'
import { simLogger } from './sim-logger.ts'
import type { Seat } from './sim-network.ts'
import { DeviceClock } from './world.ts'

/** Where the synced folder is on each simulated disk. */
export const ROOT = '/home/folder'

/** One device: a disk, an index that outlives its crashes, and the engine while it runs. */
export class SimDevice {
  readonly name: string
  readonly id: DeviceId
  readonly seed: Uint8Array
  disk!: FaultyDisk
  hand!: Hand
  readonly database: FaultyDatabase
  readonly home: SimHome
  readonly keys: FolderKeys
  core: Core
  boot: Boot | null = null
  engine: SyncEngine | null = null
  folder: FolderSync | null = null
  upkeep: Upkeep | null = null
  /** ms by which its wall clock is ahead. */
  offset = 0
  compared: boolean
  /** What the engine complained of, by device. */
  readonly misbehaviour: string[] = []
  /** When it last did anything but wait; ms of the world. */
  busyAt = 0
  /** What of the folder is not where it was: no user edits there then. */
  gone: 'root' | 'marker' | null = null
  #forgetful = false
  readonly #shared: Shared
  readonly #wall: DeviceClock
  #identity: RootIdentity | null = null
  #seat: Seat | null = null

  constructor(shared: Shared, name: string, seed: Uint8Array, creator: boolean) {
    this.#shared = shared
    this.name = name
    this.seed = seed
    this.id = deviceIdOf(publicKeyOf(signingKey(seed)))
    this.keys = deriveFolderKeys(shared.secret)
    this.compared = creator
    this.#wall = new DeviceClock(
      shared.world,
      () => this.offset,
      () => true,
    )
    this.database = new FaultyDatabase(shared.dice)
    this.#newDisk()
    this.core = this.#newIndex()
    const { sealing, secret, group } = shared
    this.home = new SimHome({
      device: this.id,
      sealing,
      secret,
      group,
      dice: new Dice(shared.dice.between(0, 2 ** 31), `store of ${name}`),
      now: () => this.now(),
    })
  }

  /** From the loss of a database to the end of the first look at the disk. */
  #forgets(): boolean {
    if (this.compared && this.folder !== null && this.folder.standing.state !== 'scanning') this.#forgetful = false
    return this.#forgetful
  }

  /** The key of another device, for a planted fault alone. */
  seedOf(device: DeviceId): Uint8Array | undefined {
    return this.#shared.seedOf(device)
  }

  get running(): boolean {
    return this.boot?.alive === true && this.folder !== null
  }

  now(): number {
    return this.#wall.now()
  }

  #clock(isAlive: () => boolean): DeviceClock {
    return new DeviceClock(this.#shared.world, () => this.offset, isAlive)
  }

  async start(): Promise<void> {
    const { world, dice, network, planted, folder: id } = this.#shared
    const boot = new Boot(world, dice, this.name)
    this.boot = boot
    const clock = this.#clock(() => boot.alive)
    const logger = simLogger(world, this.name)
    const syncGroup = this.#shared.syncGroup(this.id)
    const fs = this.disk.connect(boot, () => this.#powerCut(boot))
    const random = seededRandom(dice.between(0, 2 ** 31))
    const tree = new TreeDisk(
      { fs: planted.filesystem?.(fs) ?? fs, clock, random },
      { root: ROOT, keys: this.keys, device: this.id },
    )
    const disk = this.#slow(boot, 'disk', planted.disk?.(tree, this) ?? tree)
    const queue = new Queue()
    const index = this.#index(boot, queue, true)
    const engine = new SyncEngine({
      clock,
      logger,
      mayRead: (_folder, device) => mayRead(syncGroup.role(device)),
      lacks: () => false,
      misbehaved: (device, message) => this.misbehaviour.push(`${device.slice(-4)}: ${message}`),
    })
    this.engine = engine
    const upkeep = this.home.run({
      boot,
      clock,
      logger,
      index: this.#index(boot, queue, false),
      disk,
      exchange: engine.exchange,
      sync: () => this.folder,
      failed: (message) => this.#shared.failed(message),
      powerCut: () => this.#powerCut(boot),
      planted: planted.store && ((calls) => planted.store!(calls, this)),
      losesFlushes: planted.losesBlocks === true,
      swept: (chunks) => checkSwept(this, chunks, (message) => this.#shared.failed(message)),
    })
    try {
      this.#identity ??= await disk.adopt(id, null)
      this.folder = await engine.addFolder(
        {
          id,
          name: 'folder',
          index,
          disk,
          identity: this.#identity,
          store: upkeep.chunks,
          kept: () => upkeep.keeping.kept,
          idKey: this.keys.idKey,
          ...syncGroup,
          activity: () => undefined,
          changed: () => upkeep.keeping.review(),
          compared: () => {
            this.compared = true
          },
        },
        { compared: this.compared, paused: false },
      )
    } catch (error) {
      if (!boot.alive) return
      if (!this.database.failed(error)) this.#shared.failed(`${this.name} cannot start: ${messageOf(error)}`)
      this.#gone(boot)
      world.after(5_000, () => void (this.boot === null && this.start()))
      return
    }
    if (!boot.alive) return
    this.upkeep = upkeep
    upkeep.keeping.review()
    upkeep.start()
    this.#seat = { device: this.id, onPeer: (peer) => this.#met(boot, peer) }
    network.join(this.#seat)
  }

  /** Ends it properly. */
  async stop(): Promise<void> {
    const { boot, engine, upkeep } = this
    if (boot === null || engine === null || !boot.alive) return
    if (this.#seat !== null) this.#shared.network.leave(this.#seat, false)
    await upkeep?.stop()
    await engine.stop()
    await upkeep?.keeping.stop()
    this.#gone(boot)
  }

  /** Ends it at once; `power`: the disk loses what was not flushed. Calls under way have happened or not. */
  crash(power: boolean): void {
    const { boot } = this
    if (boot === null) return
    boot.alive = false
    if (this.#seat !== null) this.#shared.network.leave(this.#seat, true)
    this.#gone(boot)
    if (power) {
      this.disk.cut()
      this.home.store.cut()
    }
  }

  /** A new, empty database, as after the old one was lost. */
  loseIndex(): void {
    this.#shared.contents.indexLost(this.name)
    this.core = this.#newIndex()
    this.compared = false
    this.#forgetful = true
  }

  /** All that its home had, but for its identity. */
  loseHome(): void {
    this.loseIndex()
    this.home.store.lose()
    this.home.loseNotes()
  }

  /** An empty disk in place of the one that its folder was on: the folder is left, and joined anew. */
  loseDisk(): void {
    this.loseIndex()
    this.home.forgetFolder()
    this.#newDisk()
    this.#identity = null
    this.gone = null
  }

  copyIndex(): Uint8Array {
    return this.core.copy()
  }

  restoreIndex(copy: Uint8Array): void {
    this.core = this.#newIndex(copy)
  }

  /** Takes the folder or its marker away, as a disk that is not mounted does. */
  takeAway(what: 'root' | 'marker'): void {
    this.gone = what
    this.#move(what, true)
  }

  bringBack(): void {
    if (this.gone !== null) this.#move(this.gone, false)
    this.gone = null
  }

  #move(what: 'root' | 'marker', away: boolean): void {
    const { raw, disk } = this.disk
    const [directory, here, there] =
      what === 'root' ? ['/home', 'folder', 'elsewhere'] : [`${ROOT}/${parentPath(MARKER)}`, 'marker.json', 'aside']
    within(raw, directory, '', (dir) => raw.rename(dir, away ? here : there, dir, away ? there : here))
    disk.settle()
    this.#shared.contents.settled(this.name)
    this.hand.loose.clear()
  }

  #gone(boot: Boot): void {
    boot.alive = false
    this.boot = null
    this.engine = null
    this.folder = null
    this.upkeep = null
    this.#seat = null
  }

  /** The power went in the middle of a call. */
  #powerCut(boot: Boot): void {
    boot.alive = false
    this.#shared.world.trace.note(`${this.#shared.world.now.toFixed(1)} ${this.name} power cut`)
    this.#shared.world.after(0, () => {
      if (this.boot !== boot) return
      this.crash(true)
      this.afterCut()
    })
  }

  /** Called when the power has gone by itself and the disk is as it is afterwards. */
  afterCut: () => void = () => undefined

  #newDisk(): void {
    const { dice, contents, planted } = this.#shared
    this.disk = new FaultyDisk(this.#wall, dice, ROOT)
    this.disk.losesFlushes = planted.losesFlushes === true
    this.hand = new Hand(this.disk, ROOT, this.name, contents)
    this.hand.forgetful = () => this.#forgets()
  }

  #newIndex(copy?: Uint8Array): Core {
    const { folder } = this.#shared
    return openIndex({ folder, device: this.id, seed: this.seed, file: ':memory:', foldsCase: false, now: this.now() }, copy)
  }

  /** `isBusy`: what is asked of it is work that users wait for. */
  #index(boot: Boot, queue: Queue, isBusy: boolean): FolderIndex {
    const { planted, ledger } = this.#shared
    const facade = this.core.facade
    const watched = through<FolderIndex>(facade, async (method, args, run) => {
      const result: unknown = await run()
      this.#shared.probe?.(this, method, args, result)
      if (method === 'author') this.#authored(args[0] as Parameters<FolderIndex['author']>[0], result as Authored)
      ledger.watch(this.name, method, args, result, (chunk) => this.home.store.has(chunk))
      if (method === 'commit') this.#noted(args[0] as Parameters<FolderIndex['commit']>[0])
      return result
    })
    const index = planted.index?.(watched, this) ?? watched
    return through<FolderIndex>(index, (method, _args, run) => {
      if (isBusy && method !== 'totals') this.busyAt = this.#shared.world.now
      return queue.run(() => boot.call(`db.${method}`, () => this.database.run(method, run)))
    })
  }

  #authored(changes: Parameters<FolderIndex['author']>[0], { missed }: Authored): void {
    for (const change of changes) {
      if (missed.includes(change.path)) continue
      this.hand.seen(change.path)
      if (change.kind === 'moved') this.hand.seen(change.from)
    }
  }

  /** The index has it that these files are on the disk: from now on their contents must be there, whatever happens. */
  #noted({ shown }: Parameters<FolderIndex['commit']>[0]): void {
    for (const { path, kind } of shown) {
      this.hand.seen(path)
      if (kind !== 'file' || this.hand.kind(path) !== 'file') continue
      const key = within(this.disk.raw, ROOT, parentPath(path), (dir) =>
        keyOf(readFile(this.disk.raw, dir, path.slice(path.lastIndexOf('/') + 1))),
      )
      this.#shared.contents.promised(this.name, key)
    }
  }

  #slow(boot: Boot, name: string, disk: FolderDisk): FolderDisk {
    return through<FolderDisk>(disk, (method, _args, run) => {
      if (method !== 'check') this.busyAt = this.#shared.world.now
      return boot.call(`${name}.${method}`, () => {
        this.disk.during = method
        return run()
      })
    })
  }

  #met(boot: Boot, peer: Peer): void {
    if (!boot.alive) return
    this.engine!.addPeer(peer)
    this.upkeep!.mender.connected()
  }
}
