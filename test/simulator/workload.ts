import { checkNothingNew, checkQuiet } from './check.ts'
import { checkOwed, checkProtected } from './check-store.ts'
import { Cluster } from './cluster.ts'
import { makeConflict } from './conflicts.ts'
import { Dice } from './dice.ts'
import { Editor } from './edits.ts'
import { Faults } from './faults.ts'
import type { Planted } from './planted.ts'
import type { SimDevice } from './sim-device.ts'

/** Simulated time in which a cluster that nothing disturbs any more must come to rest. */
const REST_MS = 30 * 60_000
const MIN_FAULTS = 5
const MIN_CONFLICTS = 3
const BURST = 4

/** What happens to a cluster in one run: edits, faults and conflicts in turn, then peace, then the judgement. */
export class Workload {
  readonly cluster: Cluster
  readonly faults: Faults
  edits = 0
  /** ms from rest to all being protected. */
  protectedMs = 0
  /** Versions that users replaced before any device had kept them. */
  nowhere = 0
  conflicts = 0
  readonly #dice: Dice
  readonly #editors = new Map<SimDevice, Editor>()

  constructor(seed: number, planted: Planted) {
    this.#dice = new Dice(seed, 'workload')
    this.cluster = new Cluster(seed, this.#dice.pick([2, 2, 3, 3, 4]), planted)
    this.faults = new Faults(this.cluster, this.#dice)
    const written: Uint8Array[] = []
    for (const device of this.cluster.devices) {
      this.#editors.set(device, new Editor(device.hand, this.#dice, written))
      device.disk.meanwhile = null
    }
  }

  async run(edits: number): Promise<void> {
    const { cluster } = this
    for (const device of cluster.devices) void device.start()
    await cluster.pass(5_000)
    let conflictsTried = 0
    while (this.edits < edits || this.faults.total < MIN_FAULTS || (this.conflicts < MIN_CONFLICTS && conflictsTried < 30)) {
      const act = this.#dice.weighted({ edits: 12, fault: 2.5, conflict: 1, pause: 2, scan: 1, backup: 1, writeback: 2 })
      if (act === 'edits') this.#burst()
      else if (act === 'fault') this.faults.happen()
      else if (act === 'conflict') {
        conflictsTried++
        await this.#conflict()
      } else if (act === 'scan') for (const { folder } of cluster.running) void folder?.scan().catch(() => undefined)
      else if (act === 'backup') this.faults.backUp(this.#dice.pick(cluster.devices))
      else if (act === 'writeback') this.#writeBack(this.#dice.pick(cluster.devices))
      await cluster.pass(act === 'pause' ? this.#dice.between(1_000, 60_000) : this.#dice.between(0, 4_000))
    }
    this.faults.heal()
    await cluster.pass(1_000)
    this.faults.heal()
    for (const device of cluster.devices) device.folder?.hint(null)
    await cluster.settle(REST_MS)
    const rest = await cluster.protect(REST_MS)
    ;[this.protectedMs, this.nowhere] = [rest.ms, rest.nowhere]
    await checkQuiet(cluster)
    checkOwed(cluster, 'once quiet')
    await checkProtected(cluster)
    await checkNothingNew(cluster, REST_MS, rest.nowhere)
    checkOwed(cluster, 'after a further sync')
  }

  #burst(): void {
    const device = this.#dice.pick(this.cluster.devices)
    for (let count = this.#dice.between(1, BURST); count > 0; count--) this.#edit(device)
  }

  #edit(device: SimDevice): void {
    if (device.gone !== null) return
    const edit = this.#editors.get(device)!.edit()
    if (edit === undefined) return
    this.edits++
    this.#note(`${device.name} user: ${edit.kind} ${edit.paths.join(' ')}`)
    this.#hint(device, edit.paths)
    if (this.#dice.chance(0.1)) device.disk.meanwhile = () => this.#edit(device)
  }

  /** What a watcher would tell, if it does. */
  #hint(device: SimDevice, paths: string[]): void {
    if (this.#dice.chance(0.15)) return
    this.cluster.world.after(this.#dice.between(10, 2_500), () => device.folder?.hint(paths))
  }

  /** The operating system writes out what programs did not flush. */
  #writeBack(device: SimDevice): void {
    device.disk.disk.settle()
    device.hand.loose.clear()
    this.cluster.contents.settled(device.name)
  }

  /** Two devices that know the same and not of each other: what their users do now is concurrent. */
  async #conflict(): Promise<void> {
    const [a, b] = this.#dice.shuffle(this.cluster.devices.filter((device) => device.gone === null))
    if (a === undefined || b === undefined) return
    const heal = this.faults.isolate(a, this.#dice.chance(0.5))
    await this.cluster.pass(this.#dice.between(0, 3_000))
    const made =
      a.gone !== null || b.gone !== null
        ? undefined
        : makeConflict(
            this.#dice,
            { hand: a.hand, editor: this.#editors.get(a)! },
            { hand: b.hand, editor: this.#editors.get(b)! },
          )
    if (made !== undefined) {
      this.conflicts++
      this.edits += 2
      this.#note(`${a.name} and ${b.name} users: ${made.kind} at ${made.paths.join(' ')}`)
      for (const device of [a, b]) this.#hint(device, made.paths)
      await this.cluster.pass(this.#dice.between(1_000, 30_000))
    }
    heal()
  }

  #note(line: string): void {
    this.cluster.world.trace.note(`${this.cluster.world.now.toFixed(1)} ${line}`)
  }
}
