import { messageOf, Queue, seededRandom, type Logger } from '#base'
import { deriveFolderKeys, type FolderKeys } from '#content'
import { type Authored, type FolderIndex } from '#db'
import { MARKER, TreeDisk, type FolderDisk, type RootIdentity } from '#folder'
import { deviceIdOf, parentPath, publicKeyOf, signingKey, type DeviceId, type FolderId } from '#model'
import { SyncEngine, type FolderSync } from '#sync'
import { Boot, through } from './boot.ts'
import type { Contents } from './contents.ts'
import { keyOf } from './contents.ts'
import type { Dice } from './dice.ts'
import { FaultyDatabase } from './faulty-database.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { Hand } from './hand.ts'
import { readFile, within } from './look.ts'
import type { Planted } from './planted.ts'
import { openIndex, type Core } from './sim-index.ts'
import type { SimNetwork, Seat } from './sim-network.ts'
import { DeviceClock, type World } from './world.ts'

/** Where the synced folder is on each simulated disk. */
export const ROOT = '/home/folder'

/** What all devices of a cluster share. */
export interface Shared {
  world: World
  dice: Dice
  network: SimNetwork
  contents: Contents
  folder: FolderId
  secret: Uint8Array
  planted: Planted
  /** Devices of the folder, and who of them may write. */
  members(): { device: DeviceId; writes: boolean }[]
  /** The device that made the folder. */
  creator(): DeviceId
  failed(message: string): void
  /** The key of any honest device. */
  seedOf(device: DeviceId): Uint8Array | undefined
  /** Sees every answer of an index; for finding out what went on in a run. */
  probe?: (device: SimDevice, method: string, args: unknown[], result: unknown) => void
}

/** One device: a disk, an index that outlives its crashes, and the engine while it runs. */
export class SimDevice {
  readonly name: string
  readonly id: DeviceId
  readonly seed: Uint8Array
  readonly disk: FaultyDisk
  readonly hand: Hand
  readonly database: FaultyDatabase
  readonly keys: FolderKeys
  core: Core
  boot: Boot | null = null
  engine: SyncEngine | null = null
  folder: FolderSync | null = null
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
    this.disk = new FaultyDisk(this.#wall, shared.dice, ROOT)
    this.database = new FaultyDatabase(shared.dice)
    this.hand = new Hand(this.disk, ROOT, name, shared.contents)
    this.hand.forgetful = () => this.#forgets()
    this.disk.losesFlushes = shared.planted.losesFlushes === true
    this.core = this.#newIndex()
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
    const logger = this.#logger()
    const fs = this.disk.connect(boot, () => this.#powerCut(boot))
    const random = seededRandom(dice.between(0, 2 ** 31))
    const tree = new TreeDisk(
      { fs: planted.filesystem?.(fs) ?? fs, clock, random },
      { root: ROOT, keys: this.keys, device: this.id },
    )
    const disk = this.#slow(boot, 'disk', planted.disk?.(tree, this) ?? tree)
    const index = this.#index(boot)
    const engine = new SyncEngine({
      clock,
      logger,
      mayRead: (_folder, device) => this.#member(device) !== undefined,
      lacks: () => false,
      misbehaved: (device, message) => this.misbehaviour.push(`${device.slice(-4)}: ${message}`),
    })
    this.engine = engine
    try {
      this.#identity ??= await disk.adopt(id, null)
      this.folder = await engine.addFolder(
        {
          id,
          name: 'folder',
          index,
          disk,
          identity: this.#identity,
          store: null,
          kept: () => undefined,
          idKey: this.keys.idKey,
          role: (device = this.id) =>
            this.#member(device) === undefined ? 'none' : this.#member(device)!.writes ? 'sync' : 'receive-only',
          nameOf: (device) => device.slice(-4),
          writers: () =>
            this.#shared
              .members()
              .filter(({ writes }) => writes)
              .map(({ device }) => ({ device })),
          members: () =>
            this.#shared
              .members()
              .filter(({ device }) => device !== this.id)
              .map(({ device }) => ({ device, creator: device === this.#shared.creator() })),
          activity: () => undefined,
          changed: () => undefined,
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
    this.#seat = { device: this.id, onPeer: (peer) => boot.alive && engine.addPeer(peer) }
    network.join(this.#seat)
  }

  /** Ends it properly. */
  async stop(): Promise<void> {
    const { boot, engine } = this
    if (boot === null || engine === null || !boot.alive) return
    if (this.#seat !== null) this.#shared.network.leave(this.#seat, false)
    await engine.stop()
    this.#gone(boot)
  }

  /** Ends it at once; `power`: the disk loses what was not flushed. Calls under way have happened or not. */
  crash(power: boolean): void {
    const { boot } = this
    if (boot === null) return
    boot.alive = false
    if (this.#seat !== null) this.#shared.network.leave(this.#seat, true)
    this.#gone(boot)
    if (power) this.disk.cut()
  }

  /** A new, empty database, as after the old one was lost. */
  loseIndex(): void {
    this.core = this.#newIndex()
    this.compared = false
    this.#forgetful = true
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

  #newIndex(copy?: Uint8Array): Core {
    const { folder } = this.#shared
    return openIndex({ folder, device: this.id, seed: this.seed, file: ':memory:', foldsCase: false, now: this.now() }, copy)
  }

  #index(boot: Boot): FolderIndex {
    const { planted } = this.#shared
    const queue = new Queue()
    const facade = this.core.facade
    const watched = through<FolderIndex>(facade, async (method, args, run) => {
      const result: unknown = await run()
      this.#shared.probe?.(this, method, args, result)
      if (method === 'author') this.#authored(args[0] as Parameters<FolderIndex['author']>[0], result as Authored)
      if (method === 'commit') this.#noted(args[0] as Parameters<FolderIndex['commit']>[0])
      return result
    })
    const index = planted.index?.(watched, this) ?? watched
    return through<FolderIndex>(index, (method, _args, run) => {
      if (method !== 'totals') this.busyAt = this.#shared.world.now
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

  #member(device: DeviceId): { writes: boolean } | undefined {
    return this.#shared.members().find((member) => member.device === device)
  }

  #logger(): Logger {
    const { world } = this.#shared
    const note = (fields: object, message: string): void => {
      const { path, error, code } = fields as { path?: string; error?: unknown; code?: string }
      const why = error === undefined ? (code ?? '') : messageOf(error)
      world.trace.note(`${world.now.toFixed(1)} ${this.name} log: ${message} ${path ?? ''} ${why}`)
    }
    const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger }
    return logger
  }
}
