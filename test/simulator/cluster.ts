import { messageOf } from '#base'
import { folderIdOf, type DeviceId } from '#model'
import { Contents } from './contents.ts'
import { Dice } from './dice.ts'
import type { Planted } from './planted.ts'
import { SimDevice, type Shared } from './sim-device.ts'
import { SimNetwork } from './sim-network.ts'
import { World } from './world.ts'

/** Calls and messages after which a cluster that nothing disturbs goes round in circles. */
const MAX_LINES = 25_000

/** What the simulation found wrong. */
export class SimFailure extends Error {}

/** Some devices that share a folder, in one simulated world. */
export class Cluster {
  readonly world = new World()
  readonly contents = new Contents(() => this.world.now)
  readonly network: SimNetwork
  readonly devices: SimDevice[]
  readonly shared: Shared
  /** Devices that may read the folder and not write it. */
  readonly readers = new Set<DeviceId>()
  /** The first failure that something behind a callback found. */
  failure: string | null = null

  constructor(seed: number, count: number, planted: Planted) {
    const keys = new Dice(seed, 'keys')
    this.network = new SimNetwork(this.world, new Dice(seed, 'network'))
    this.shared = {
      world: this.world,
      dice: new Dice(seed, 'devices'),
      network: this.network,
      contents: this.contents,
      folder: folderIdOf(keys.random.bytes(16)),
      secret: keys.random.bytes(32),
      planted,
      members: () => [
        ...this.devices.map(({ id }) => ({ device: id, writes: true })),
        ...[...this.readers].map((device) => ({ device, writes: false })),
      ],
      creator: () => this.devices[0]!.id,
      seedOf: (device) => this.devices.find(({ id }) => id === device)?.seed,
      failed: (message) => {
        this.failure ??= message
      },
    }
    this.devices = []
    for (let at = 0; at < count; at++) {
      const device = new SimDevice(this.shared, 'ABCDEFGH'[at]!, keys.random.bytes(32), at === 0)
      this.devices.push(device)
    }
  }

  get running(): SimDevice[] {
    return this.devices.filter((device) => device.running)
  }

  pairs(): [SimDevice, SimDevice][] {
    return this.devices.flatMap((a, at) => this.devices.slice(at + 1).map((b): [SimDevice, SimDevice] => [a, b]))
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
    if (this.devices.some(({ busyAt }) => now - busyAt < silentMs)) return false
    if (this.pairs().some(([a, b]) => !this.network.connected(a.id, b.id))) return false
    // An answer that a fault has swallowed is asked for again, of others, after some time.
    if (this.devices.some(({ folder }) => folder?.exchange.peers.some(({ device }) => folder.exchange.expects(device))))
      return false
    return this.devices.every(({ folder, boot }) => folder?.standing.state === 'idle' && [...boot!.pending.values()].length === 0)
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
        () => this.failure !== null || spins() || this.quiet(7_000),
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

  /** Nothing runs any more. */
  end(): void {
    for (const { boot, core } of this.devices) {
      if (boot !== null) boot.alive = false
      void core.facade.close()
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
