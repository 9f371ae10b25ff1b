import { checkNothingNew, checkQuiet } from './check.ts'
import { checkOwed, checkProtected } from './check-store.ts'
import { Cluster } from './cluster.ts'
import { endConflict, makeConflict, makeConflictOfAll, type Side } from './conflicts.ts'
import { Dice } from './dice.ts'
import { Faults } from './faults.ts'
import type { Planted } from './planted.ts'
import type { SimDevice } from './sim-device.ts'
import { Users } from './users.ts'

/** Simulated time in which a cluster that nothing disturbs any more must come to rest. */
export const REST_MS = 90 * 60_000
const MIN_FAULTS = 5
const MIN_CONFLICTS = 3

/** What happens to a cluster in one run: edits, faults and conflicts in turn, then peace, then the judgement. */
export class Workload {
  readonly cluster: Cluster
  readonly faults: Faults
  conflicts = 0
  /** ms from rest to all being protected. */
  protectedMs = 0
  /** Versions that users replaced before any device had kept them. */
  nowhere = 0
  readonly #dice: Dice
  readonly #users: Users

  constructor(seed: number, planted: Planted) {
    this.#dice = new Dice(seed, 'workload')
    this.cluster = new Cluster(seed, this.#dice.pick([2, 2, 3, 3, 4]), planted)
    this.faults = new Faults(this.cluster, this.#dice)
    this.#users = new Users(this.cluster, this.#dice)
  }

  get edits(): number {
    return this.#users.edits
  }

  get counts(): Partial<Record<string, number>> {
    return this.faults.counts
  }

  async run(edits: number): Promise<void> {
    const { cluster } = this
    for (const device of cluster.devices) void device.start()
    await cluster.pass(5_000)
    let conflictsTried = 0
    while (this.edits < edits || this.faults.total < MIN_FAULTS || (this.conflicts < MIN_CONFLICTS && conflictsTried < 30)) {
      const act = this.#dice.weighted({ edits: 12, fault: 2.5, conflict: 1, pause: 2, scan: 1, backup: 1, writeback: 2 })
      if (act === 'edits') this.#users.burst()
      else if (act === 'fault') this.faults.happen()
      else if (act === 'conflict') {
        conflictsTried++
        if (this.cluster.devices.length > 2 && this.#dice.chance(0.4)) await this.#conflictOfAll()
        else await this.#conflict()
      } else if (act === 'scan') for (const { folder } of cluster.running) void folder?.scan().catch(() => undefined)
      else if (act === 'backup') this.faults.backUp(this.#dice.pick(cluster.devices))
      else if (act === 'writeback') this.#users.writeBack(this.#dice.pick(cluster.devices))
      await cluster.pass(act === 'pause' ? this.#dice.between(1_000, 60_000) : this.#dice.between(0, 4_000))
    }
    await this.faults.peace()
    await cluster.settle(REST_MS)
    const rest = await cluster.protect(REST_MS)
    ;[this.protectedMs, this.nowhere] = [rest.ms, rest.nowhere]
    await cluster.settle(REST_MS)
    await checkQuiet(cluster)
    checkOwed(cluster, 'once quiet')
    await checkProtected(cluster)
    await checkNothingNew(cluster, REST_MS)
    checkOwed(cluster, 'after a further sync')
  }

  /** All devices know nothing of each other while their users write the same file; then one of them does away with it. */
  async #conflictOfAll(): Promise<void> {
    const { devices, world } = this.cluster
    const heals = devices.map((device) => this.faults.isolate(device, this.#dice.chance(0.5)))
    await this.cluster.pass(this.#dice.between(0, 3_000))
    const there = devices.filter((device) => device.missing === null)
    if (there.length > 2) {
      const path = makeConflictOfAll(
        this.#dice,
        there.map((device) => this.#side(device)),
      )
      this.conflicts++
      this.#users.edits += there.length
      world.trace.note(`${world.now.toFixed(1)} all users: write ${path}`)
      for (const device of there) this.#users.hint(device, [path])
      await this.cluster.pass(this.#dice.between(1_000, 30_000))
      for (const heal of heals) heal()
      await this.cluster.pass(this.#dice.between(1_000, 60_000))
      const device = this.#dice.pick(there)
      const paths = device.missing === null ? endConflict(this.#dice, this.#side(device), path) : []
      world.trace.note(`${world.now.toFixed(1)} ${device.name} user: does away with ${paths.join(' ')}`)
      this.#users.hint(device, paths)
    }
    for (const heal of heals) heal()
  }

  #side(device: SimDevice): Side {
    return { hand: device.hand, editor: this.#users.editor(device) }
  }

  /** Two devices that know the same and not of each other: what their users do now is concurrent. */
  async #conflict(): Promise<void> {
    const [a, b] = this.#dice.shuffle(this.cluster.devices.filter((device) => device.missing === null))
    if (a === undefined || b === undefined) return
    const heal = this.faults.isolate(a, this.#dice.chance(0.5))
    await this.cluster.pass(this.#dice.between(0, 3_000))
    const made = a.missing !== null || b.missing !== null ? undefined : makeConflict(this.#dice, this.#side(a), this.#side(b))
    if (made !== undefined) {
      this.conflicts++
      this.#users.edits += 2
      const { world } = this.cluster
      world.trace.note(`${world.now.toFixed(1)} ${a.name} and ${b.name} users: ${made.kind} at ${made.paths.join(' ')}`)
      for (const device of [a, b]) this.#users.hint(device, made.paths)
      await this.cluster.pass(this.#dice.between(1_000, 30_000))
    }
    heal()
  }
}
