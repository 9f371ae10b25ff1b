import { checkCrashed } from './check.ts'
import type { Cluster } from './cluster.ts'
import type { Dice } from './dice.ts'
import { Liar } from './liar.ts'
import { SimDevice } from './sim-device.ts'
import type { SimNode } from './sim-node.ts'

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS

/** How often each kind of fault happens. */
const WEIGHTS = {
  partition: 5,
  'lost connection': 3,
  'lost bulk link': 2,
  'power cut': 3,
  'power cut in a call': 6,
  kill: 4,
  restart: 2,
  'away for long': 2,
  'disk full': 3,
  'disk error': 4,
  'database full': 2,
  'database error': 4,
  'wrong clock': 3,
  'database lost': 2,
  'database restored': 3,
  'marker gone': 2,
  'root gone': 2,
  'lying peer': 3,
}

export type FaultKind = keyof typeof WEIGHTS

/** Those that happen to storage devices as well. */
const OF_ANY = new Set<FaultKind>([
  'partition',
  'lost connection',
  'lost bulk link',
  'power cut',
  'kill',
  'restart',
  'away for long',
  'wrong clock',
])

/** Lets things go wrong, and right again after a while. */
export class Faults {
  readonly counts: Partial<Record<FaultKind, number>> = {}
  readonly #cluster: Cluster
  readonly #dice: Dice
  readonly #copies = new Map<SimDevice, Uint8Array>()
  /** Their clocks have been wrong: out of a backup they may begin an epoch that they had before, which splits their chain. */
  readonly #mistimed = new Set<SimNode>()
  /** What is to be put right, and how. */
  readonly #open = new Set<() => void>()
  #liar: Liar | null = null

  readonly #weights: Partial<Record<FaultKind, number>>

  constructor(cluster: Cluster, dice: Dice, weights: Partial<Record<FaultKind, number>> = WEIGHTS) {
    this.#cluster = cluster
    this.#dice = dice
    this.#weights = weights
    for (const device of cluster.devices) this.watch(device)
  }

  /** A device's own power cuts are looked after. */
  watch(device: SimNode): void {
    device.afterCut = () => this.#crashed(device, true)
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0)
  }

  /** A backup of a device's database, to be restored some day. */
  backUp(device: SimDevice): void {
    this.#copies.set(device, device.copyIndex())
  }

  /** Lets one fault happen; which one is up to the dice. */
  happen(): void {
    const kind = this.#dice.weighted(this.#weights as Record<FaultKind, number>)
    const { devices, nodes } = this.#cluster
    const device = this.#dice.pick<SimNode>(OF_ANY.has(kind) ? nodes : devices)
    if (!(device instanceof SimDevice ? this.#begin(kind, device) : this.#beginAny(kind, device))) return
    this.counts[kind] = (this.counts[kind] ?? 0) + 1
    this.#note(`fault: ${kind} at ${device.name}`)
  }

  /** Everything is put right now. */
  heal(): void {
    for (const mend of [...this.#open]) mend()
    this.#liar?.leave()
    for (const storage of this.#cluster.storages) if (storage.boot === null) this.#start(storage)
    for (const device of this.#cluster.devices) {
      device.disk.full = false
      device.disk.broken = 0
      device.database.full = false
      device.database.broken = 0
      device.disk.cutAfter = null
      device.disk.meanwhile = null
      if (device.boot === null) this.#start(device)
    }
  }

  /** Everything is put right, and stays so; and every device looks at all of its disk. */
  async peace(): Promise<void> {
    this.heal()
    await this.#cluster.pass(1_000)
    this.heal()
    for (const device of this.#cluster.devices) device.folder?.hint(null)
  }

  /** Of a device whose disk was lost there are no backups that fit. */
  forget(device: SimDevice): void {
    this.#copies.delete(device)
  }

  /** Nobody can reach `device` until `mend` is called. */
  isolate(device: SimNode, silently: boolean): () => void {
    const { network, nodes } = this.#cluster
    const others = nodes.filter((other) => other !== device)
    for (const other of others) network.cut(device.id, other.id, silently)
    return this.#mendable(() => {
      for (const other of others) network.heal(device.id, other.id)
    })
  }

  /** What any device may meet. */
  #beginAny(kind: FaultKind, device: SimNode): boolean {
    const { network, nodes } = this.#cluster
    const dice = this.#dice
    const other = dice.pick(nodes.filter((one) => one !== device))
    switch (kind) {
      case 'partition':
        this.#later(this.isolate(device, dice.chance(0.5)), 5_000, 120_000)
        return true
      case 'lost connection':
      case 'lost bulk link':
        if (!network.connected(device.id, other.id)) return false
        network.drop(device.id, other.id, kind === 'lost bulk link')
        return true
      case 'power cut':
      case 'kill': {
        if (!device.running) return false
        const power = kind === 'power cut'
        device.crash(power)
        this.#crashed(device, power)
        return true
      }
      case 'restart':
      case 'away for long':
        if (!device.running) return false
        void this.#away(device, kind === 'restart' ? 5_000 : 400_000)
        return true
      case 'wrong clock':
        device.offset = dice.pick([0, 3 * YEAR_MS, -5 * YEAR_MS, DAY_MS, -DAY_MS, 3_000_000, -600_000]) + dice.between(0, 1000)
        this.#mistimed.add(device)
        return true
      default:
        return false
    }
  }

  #begin(kind: FaultKind, device: SimDevice): boolean {
    if (this.#beginAny(kind, device)) return true
    const dice = this.#dice
    const running = device.running
    switch (kind) {
      case 'power cut in a call':
        if (!running) return false
        device.disk.cutAfter = dice.between(0, 60)
        return true
      case 'disk full':
        device.disk.full = true
        this.#later(
          this.#mendable(() => (device.disk.full = false)),
          5_000,
          60_000,
        )
        return true
      case 'disk error':
        device.disk.broken = dice.between(1, 6)
        return true
      case 'database full':
        device.database.full = true
        this.#later(
          this.#mendable(() => (device.database.full = false)),
          5_000,
          60_000,
        )
        return true
      case 'database error':
        device.database.broken = dice.between(1, 8)
        return true
      case 'database lost':
      case 'database restored': {
        const copy = this.#copies.get(device)
        if (!running || (kind === 'database restored' && (copy === undefined || this.#mistimed.has(device)))) return false
        device.crash(false)
        if (kind === 'database restored') device.restoreIndex(copy!)
        else device.loseIndex()
        this.#later(
          this.#mendable(() => this.#start(device)),
          500,
          20_000,
        )
        return true
      }
      case 'marker gone':
      case 'root gone': {
        if (!running || device.missing !== null) return false
        device.takeAway(kind === 'root gone' ? 'root' : 'marker')
        this.#later(
          this.#mendable(() => device.bringBack()),
          2_000,
          40_000,
        )
        return true
      }
      case 'lying peer':
        if (this.#liar?.present === true) return false
        this.#liar ??= new Liar(this.#cluster, dice)
        this.#liar.join()
        this.#later(
          this.#mendable(() => this.#liar?.leave()),
          20_000,
          120_000,
        )
        return true
      default:
        return false
    }
  }

  async #away(device: SimNode, ms: number): Promise<void> {
    await device.stop()
    this.#later(
      this.#mendable(() => this.#start(device)),
      500,
      ms,
    )
  }

  /** The machine is down: looks at what it left, and lets it come back. */
  #crashed(device: SimNode, power: boolean): void {
    if (power) this.counts['power cut'] = this.counts['power cut'] ?? 0
    if (device instanceof SimDevice)
      checkCrashed(this.#cluster, device, power).catch((error: unknown) => this.#cluster.fail(error))
    this.#later(
      this.#mendable(() => this.#start(device)),
      500,
      30_000,
    )
  }

  #start(device: SimNode): void {
    if (device.boot !== null || !this.#cluster.nodes.includes(device)) return
    this.#note(`${device.name} starts`)
    void device.start()
  }

  #mendable(mend: () => void): () => void {
    const once = (): void => {
      if (this.#open.delete(once)) mend()
    }
    this.#open.add(once)
    return once
  }

  #later(mend: () => void, from: number, to: number): void {
    this.#cluster.world.after(this.#dice.between(from, to), mend)
  }

  #note(line: string): void {
    this.#cluster.world.trace.note(`${this.#cluster.world.now.toFixed(1)} ${line}`)
  }
}
