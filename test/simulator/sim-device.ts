import { messageOf, Queue, seededRandom } from '#base'
import { deriveFolderKeys, type FolderKeys } from '#content'
import { type Authored, type FolderIndex } from '#db'
import { MARKER, TreeDisk, type FolderDisk, type RootIdentity } from '#folder'
import { parentPath, type ChunkId } from '#model'
import type { FolderSync } from '#sync'
import { shelfParts } from '../../src/daemon/shelves.ts'
import { through, type Boot } from './boot.ts'
import { checkSwept, heldAsAllSay } from './check-store.ts'
import { keyOf } from './contents.ts'
import { FaultyDatabase } from './faulty-database.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { Hand } from './hand.ts'
import { look, readFile, within, type Tree } from './look.ts'
import type { Shared } from './shared.ts'
import { openIndex, type Core } from './sim-index.ts'
import { SimNode } from './sim-node.ts'
import { upkeepOf, type FolderUpkeep } from './sim-upkeep.ts'

/** Where the synced folder is on each simulated disk. */
export const ROOT = '/home/folder'

/** A member of the group: a disk with the folder, an index that outlives its crashes, and the engine while it runs. */
export class SimDevice extends SimNode {
  disk!: FaultyDisk
  hand!: Hand
  readonly database: FaultyDatabase
  readonly keys: FolderKeys
  core: Core
  folder: FolderSync | null = null
  upkeep: FolderUpkeep | null = null
  compared: boolean
  /** What of the folder is not where it was: no user edits there then. */
  missing: 'root' | 'marker' | null = null
  /** Files in the archive that hold again, since a power cut, what their user had replaced before: no index knows of it. */
  readonly reverted = new Set<string>()
  /** Until the first look at all of the disk has ended: what equals an older version may be that version. */
  #forgetful = true
  #identity: RootIdentity | null = null

  constructor(shared: Shared, name: string, seed: Uint8Array, creator: boolean) {
    super(shared, name, seed, true)
    this.keys = deriveFolderKeys(shared.secret)
    this.compared = creator
    this.database = new FaultyDatabase(shared.dice)
    this.#newDisk()
    this.core = this.#newIndex()
  }

  override get running(): boolean {
    return this.boot?.alive === true && this.folder !== null
  }

  async start(): Promise<void> {
    const { world, dice, planted, folder: id, secret, group } = this.shared
    const run = await this.begin()
    const { boot, clock, engine } = run
    this.#forgetful = true
    const syncGroup = this.shared.syncGroup(this.id)
    const fs = this.disk.connect(boot, () => this.powerCut(boot))
    const random = seededRandom(dice.between(0, 2 ** 31))
    const tree = new TreeDisk(
      { fs: planted.filesystem?.(fs) ?? fs, clock, random },
      { root: ROOT, keys: this.keys, device: this.id },
    )
    const disk = this.#slow(boot, 'disk', planted.disk?.(tree, this) ?? tree)
    const queue = new Queue()
    const index = this.#index(boot, queue, true)
    const upkeep = upkeepOf(this.home, run, {
      secret,
      index: this.#index(boot, queue, false),
      disk,
      random,
      sync: () => this.folder,
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
          ...shelfParts({ device: this.id, state: group.state }, id),
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
      if (!this.database.failed(error)) this.shared.failed(`${this.name} cannot start: ${messageOf(error)}`)
      this.gone(boot)
      world.after(5_000, () => void (this.boot === null && this.start()))
      return
    }
    if (!boot.alive) return
    this.upkeep = upkeep
    upkeep.keeping.review()
    upkeep.start()
    this.meet(run)
  }

  /** Ends it properly. */
  async stop(): Promise<void> {
    const { boot, engine, upkeep, layout } = this
    if (boot === null || engine === null || !boot.alive) return
    this.part()
    await layout?.stop()
    await upkeep?.stop()
    await engine.stop()
    await upkeep?.keeping.stop()
    this.gone(boot)
  }

  protected override cut(): void {
    const before = this.#archive()
    this.disk.cut()
    const after = this.#archive()
    for (const [path, { content }] of before) if (after.has(path) && after.get(path)!.content !== content) this.reverted.add(path)
    super.cut()
  }

  #archive(): Tree {
    return this.missing === 'root' ? new Map() : look(this.disk.raw, ROOT, true)
  }

  /** A new, empty database, as after the old one was lost. */
  loseIndex(): void {
    this.shared.contents.indexLost(this.name)
    this.core = this.#newIndex()
    this.compared = false
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
    this.missing = null
    this.reverted.clear()
  }

  copyIndex(): Uint8Array {
    return this.core.copy()
  }

  restoreIndex(copy: Uint8Array): void {
    this.core = this.#newIndex(copy)
  }

  /** Takes the folder or its marker away, as a disk that is not mounted does. */
  takeAway(what: 'root' | 'marker'): void {
    this.missing = what
    this.#move(what, true)
  }

  bringBack(): void {
    if (this.missing !== null) this.#move(this.missing, false)
    this.missing = null
  }

  #move(what: 'root' | 'marker', away: boolean): void {
    const { raw, disk } = this.disk
    const [directory, here, there] =
      what === 'root' ? ['/home', 'folder', 'elsewhere'] : [`${ROOT}/${parentPath(MARKER)}`, 'marker.json', 'aside']
    within(raw, directory, '', (dir) => raw.rename(dir, away ? here : there, dir, away ? there : here))
    disk.settle()
    this.shared.contents.settled(this.name)
    this.hand.loose.clear()
  }

  protected override gone(boot: Boot): void {
    super.gone(boot)
    this.folder = null
  }

  #newDisk(): void {
    const { dice, contents, planted } = this.shared
    this.disk = new FaultyDisk(this.wall, dice, ROOT)
    this.disk.losesFlushes = planted.losesFlushes === true
    this.hand = new Hand(this.disk, ROOT, this.name, contents)
    this.hand.forgetful = () => this.#forgetful
  }

  #newIndex(copy?: Uint8Array): Core {
    const { folder } = this.shared
    return openIndex({ folder, device: this.id, seed: this.seed, file: ':memory:', foldsCase: false, now: this.now() }, copy)
  }

  /** `isBusy`: what is asked of it is work that users wait for. */
  #index(boot: Boot, queue: Queue, isBusy: boolean): FolderIndex {
    const { planted, ledger } = this.shared
    const facade = this.core.facade
    const watched = through<FolderIndex>(facade, async (method, args, run) => {
      const result: unknown = await run()
      this.shared.probe?.(this, method, args, result)
      if (method === 'author') this.#authored(args[0] as Parameters<FolderIndex['author']>[0], result as Authored)
      ledger.watch(this.name, method, args, result, (chunk) => this.home.store.has(chunk))
      if (method === 'unignore' && this.compared) this.#forgetful = false
      if (method === 'commit') this.#noted(args[0] as Parameters<FolderIndex['commit']>[0])
      return result
    })
    const index = planted.index?.(watched, this) ?? watched
    return through<FolderIndex>(index, (method, _args, run) => {
      if (isBusy && method !== 'totals') this.busyAt = this.shared.world.now
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
      this.shared.contents.promised(this.name, key)
    }
  }

  #slow(boot: Boot, name: string, disk: FolderDisk): FolderDisk {
    return through<FolderDisk>(disk, (method, _args, run) => {
      if (method !== 'check') this.busyAt = this.shared.world.now
      return boot.call(`${name}.${method}`, () => {
        this.disk.during = method
        return run()
      })
    })
  }

  protected override reviewHolders(): void {
    this.upkeep?.keeping.review()
  }

  protected override swept(chunks: ChunkId[]): Promise<void> {
    return checkSwept(this, heldAsAllSay([this], this, chunks), this, this.shared.ledger, this.shared.failed)
  }
}
