import { messageOf } from '#base'
import { deriveFolderKeys } from '#content'
import { folderIdOf, groupIdOf, type DeviceId } from '#model'
import { agreeOnLayout, describeLayouts } from './check-layout.ts'
import { checkGone, unkept } from './check-store.ts'
import { Contents } from './contents.ts'
import { Dice } from './dice.ts'
import { FileChunks } from './file-chunks.ts'
import { Ledger } from './ledger.ts'
import type { Planted } from './planted.ts'
import type { Shared } from './shared.ts'
import { SimDevice } from './sim-device.ts'
import { SimFailure } from './sim-failure.ts'
import { groupOf, syncGroup } from './sim-group.ts'
import { SimNetwork } from './sim-network.ts'
import type { SimNode } from './sim-node.ts'
import { usualPolicy } from './sim-policy.ts'
import { SimStorage } from './sim-storage.ts'
import { World } from './world.ts'

/** Calls and messages after which a cluster that nothing disturbs goes round in circles. */
const MAX_LINES = 25_000
/** So long nobody does anything where all is quiet, ms. */
const SILENCE_MS = 7_000
/** Between two looks at what is protected, ms. */
const LOOK_MS = 5_000

/** Some devices that share a folder, in one simulated world. */
export class Cluster {
  readonly world = new World()
  readonly contents = new Contents(() => this.world.now)
  readonly network: SimNetwork
  /** Those that have the folder. */
  readonly devices: SimDevice[] = []
  /** Those that hold sealed blocks of it. */
  readonly storages: SimStorage[] = []
  /** Those that were in the group once. */
  readonly former: (SimDevice | SimStorage)[] = []
  readonly #keys: Dice
  #creator: DeviceId
  readonly shared: Shared
  /** Devices that may read the folder and not write it. */
  readonly readers = new Set<DeviceId>()
  readonly policy = usualPolicy()
  readonly files: FileChunks
  readonly ledger = new Ledger(() => this.policy.retention.pins)
  /** The first failure that something behind a callback found. */
  failure: string | null = null

  constructor(seed: number, count: number, planted: Planted) {
    const keys = new Dice(seed, 'keys')
    const [folder, secret] = [folderIdOf(keys.random.bytes(16)), keys.random.bytes(32)]
    this.network = new SimNetwork(this.world, new Dice(seed, 'network'))
    this.files = new FileChunks(deriveFolderKeys(secret))
    this.contents.filled = (key, bytes) => this.files.note(key, bytes)
    this.contents.lost = (device, key) => {
      for (const chunk of this.files.of(key)) this.ledger.lostChunk(device, chunk, true)
    }
    this.ledger.foundGone = (device, item) => void checkGone(this, device, item)
    const group = {
      id: groupIdOf(new Dice(seed, 'group').random.bytes(16)),
      folder,
      members: () => [
        ...this.devices.map(({ id }) => ({ device: id, writes: true })),
        ...[...this.readers].map((device) => ({ device, writes: false })),
      ],
      creator: () => this.#creator,
      storages: () => this.storages.map(({ id }) => id),
      former: () => this.former.flatMap((one) => (one instanceof SimDevice ? [one.id] : [])),
      takers: () => this.devices.map(({ id }) => id),
      policy: this.policy,
    }
    this.shared = {
      world: this.world,
      dice: new Dice(seed, 'devices'),
      network: this.network,
      contents: this.contents,
      folder,
      secret,
      sealing: {
        folder,
        idKey: deriveFolderKeys(secret).idKey,
        keys: [{ id: keys.random.bytes(16), key: keys.random.bytes(32) }],
      },
      group: groupOf(group),
      members: () => this.devices,
      syncGroup: (device) => syncGroup(group, device),
      ledger: this.ledger,
      planted,
      seedOf: (device) => [...this.devices, ...this.former].find(({ id }) => id === device)?.seed,
      failed: (message) => {
        this.failure ??= message
      },
    }
    this.#keys = keys
    for (let at = 0; at < count; at++) this.devices.push(this.#make())
    this.#creator = this.devices[0]!.id
  }

  /** One more device, which knows nothing of the folder yet. */
  add(): SimDevice {
    const device = this.#make()
    this.devices.push(device)
    this.regroup()
    return device
  }

  /** One more storage device, which gives so many bytes. */
  addStorage(pledge: number): SimStorage {
    const storage = new SimStorage(this.shared, this.#name(), this.#keys.random.bytes(32))
    this.storages.push(storage)
    this.policy.pledges.set(storage.id, pledge)
    this.regroup()
    return storage
  }

  /** A device is no longer in the group; what it wrote counts. */
  remove(device: SimDevice | SimStorage): void {
    const among: (SimDevice | SimStorage)[] = device instanceof SimDevice ? this.devices : this.storages
    among.splice(among.indexOf(device), 1)
    this.former.push(device)
    this.policy.pledges.delete(device.id)
    this.regroup()
  }

  #make(): SimDevice {
    const name = this.#name()
    return new SimDevice(this.shared, name, this.#keys.random.bytes(32), name === 'A')
  }

  #name(): string {
    return String.fromCodePoint(65 + this.devices.length + this.storages.length + this.former.length)
  }

  /** What the group has agreed on has changed. All hear of it at once. */
  regroup(): void {
    for (const { engine, upkeep } of this.devices) {
      engine?.refresh()
      engine?.hearAgain(this.shared.folder)
      upkeep?.keeping.review()
    }
    this.shared.group.changed()
  }

  /** All of the group, whatever they are for. */
  get nodes(): SimNode[] {
    return [...this.devices, ...this.storages]
  }

  get running(): SimDevice[] {
    return this.devices.filter((device) => device.running)
  }

  pairs(): [SimNode, SimNode][] {
    return this.nodes.flatMap((a, at, all) => all.slice(at + 1).map((b): [SimNode, SimNode] => [a, b]))
  }

  /** Lets `ms` pass. */
  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.now + ms, () => this.failure !== null)
    this.check()
  }

  /** Waits for something that the devices do; at most `ms`. */
  async done(work: Promise<unknown>, what: string, ms = 600_000): Promise<void> {
    let ended = false
    let failure: unknown
    work.then(
      () => (ended = true),
      (error: unknown) => {
        ended = true
        failure = error
      },
    )
    await this.world.run(this.world.now + ms, () => ended || this.failure !== null)
    this.check()
    if (!ended) throw new SimFailure(`promise 7: ${what} never ended`)
    if (failure !== undefined) this.world.trace.note(`${this.world.now.toFixed(1)} ${what} failed: ${messageOf(failure)}`)
  }

  check(): void {
    if (this.failure !== null) throw new SimFailure(this.failure)
  }

  /** True when nobody has anything to do, as far as can be seen from outside: all connected, silent for a while, nothing needed. */
  quiet(silentMs: number): boolean {
    const { now } = this.world
    if (this.nodes.some(({ busyAt, running }) => !running || now - busyAt < silentMs)) return false
    if (this.pairs().some(([a, b]) => !this.network.connected(a.id, b.id))) return false
    // An answer that a fault has swallowed is asked for again, of others, after some time.
    if (this.devices.some(({ folder }) => folder?.exchange.peers.some(({ device }) => folder.exchange.expects(device))))
      return false
    return (
      this.devices.every(({ folder }) => folder?.standing.state === 'idle') &&
      this.nodes.every(({ boot }) => boot!.pending.size === 0)
    )
  }

  fail(error: unknown): void {
    this.failure ??=
      error instanceof SimFailure ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)
  }

  /** Brings the cluster to rest. Throws when it does not come to rest within `ms`. */
  async settle(ms: number): Promise<void> {
    const end = this.world.now + ms
    const most = this.world.trace.lines + MAX_LINES
    const spins = (): boolean => this.world.trace.lines > most
    while (
      !(await this.world.run(
        Math.min(end, this.world.now + 60_000),
        () => this.failure !== null || spins() || this.quiet(SILENCE_MS),
      )) ||
      spins()
    ) {
      if (this.world.now >= end || spins())
        throw new SimFailure(`promise 2: not quiet after ${ms / 60_000} simulated minutes\n${await this.#complaints()}`)
      for (const { folder } of this.devices)
        if (folder?.standing.state === 'held') void folder.actions.approve().catch(() => undefined)
    }
    this.check()
  }

  /**
   * Waits until every device says that all is protected. ms that it took, and how many versions were given up so far because their content was
   * gone before any device had kept it: a user was faster than the device.
   */
  async protect(ms: number): Promise<{ ms: number; nowhere: number }> {
    const from = this.world.now
    const most = this.world.trace.lines + MAX_LINES
    const isDone = (): boolean => agreeOnLayout(this) && this.devices.every(({ upkeep }) => upkeep?.keeping.percent === 100)
    while (this.world.now < from + ms && this.world.trace.lines < most) {
      await this.world.run(this.world.now + LOOK_MS, () => this.failure !== null || isDone())
      this.check()
      if (isDone()) return { ms: this.world.now - from, nowhere: this.ledger.gone.size }
    }
    const percents = describeLayouts(this)
    for (const { name, core, upkeep } of this.devices) {
      const obstacles = upkeep?.keeping.holders.obstacles.map(({ device, obstacle }) => ` ${device.slice(-4)} ${obstacle}`)
      percents.push(`${name} says ${upkeep?.keeping.percent} %${obstacles?.join(',')}`)
      for (const { device, records } of upkeep?.keeping.holders.lacking(await core.facade.have()) ?? [])
        percents.push(`  as far as it knows, ${device.slice(-4)} lacks ${records} records`)
    }
    percents.push(...(await unkept(this)))
    throw new SimFailure(
      `promise 5: not all is protected after ${(this.world.now - from) / 60_000} simulated minutes: ${percents.join('\n')}\n${await this.#complaints()}`,
    )
  }

  /** Nothing runs any more. */
  end(): void {
    for (const node of [...this.nodes, ...this.former]) {
      if (node.boot !== null) node.boot.alive = false
      if (node instanceof SimDevice) void node.core.facade.close()
      node.home.close()
    }
  }

  async #complaints(): Promise<string> {
    const lines: string[] = []
    for (const device of this.devices) {
      const { name, folder, boot, core } = device
      lines.push(
        `${name}: ${folder === null ? 'not running' : `${folder.standing.state}, ${folder.standing.reasonCode}: ${folder.standing.reason}`}`,
      )
      const pending = [...(boot?.pending.values() ?? [])]
      if (pending.length > 0) lines.push(`  waits for ${pending.join(', ')}`)
      for (const phase of ['change', 'delete'] as const) {
        for (const row of await core.facade.todo(phase, 20, Number.MAX_SAFE_INTEGER, null)) {
          lines.push(
            `  to do (${phase}) ${row.path}: heads ${row.heads.map(({ kind, author }) => `${kind} by ${author.slice(-4)}`).join(' | ')}; shows ${row.shown.map(({ kind, path }) => `${kind} ${path}`).join(' | ')}`,
          )
        }
      }
      for (const { path, code, message } of await core.facade.problems()) lines.push(`  problem at ${path}: ${code}, ${message}`)
      if (device.misbehaviour.length > 0) lines.push(`  complains of ${device.misbehaviour.slice(-3).join('; ')}`)
    }
    return lines.join('\n')
  }
}
