import { checkNothingNew, checkQuiet } from './check.ts'
import { checkReceipts } from './check-receipts.ts'
import { checkSegments } from './check-segments.ts'
import { checkOwed, checkProtected, checkReadable, copiesOwed } from './check-store.ts'
import { Cluster } from './cluster.ts'
import { Dice } from './dice.ts'
import { Faults, type FaultKind } from './faults.ts'
import { LayoutActs } from './layout-acts.ts'
import { Losses } from './losses.ts'
import { loseMembers } from './members-lost.ts'
import type { Planted } from './planted.ts'
import { gc, scrub, StoreActs } from './store-acts.ts'
import { SimDevice } from './sim-device.ts'
import { Users } from './users.ts'
import { REST_MS } from './workload.ts'

/** How often each kind of fault happens beside what happens to stores. */
const FAULTS: Partial<Record<FaultKind, number>> = {
  partition: 3,
  'lost connection': 2,
  'lost bulk link': 2,
  'power cut': 3,
  'power cut in a call': 2,
  kill: 4,
  restart: 3,
  'away for long': 1,
  'database error': 2,
  'wrong clock': 2,
  'database lost': 2,
  'database restored': 2,
}
/** So many of the stories have storage devices and pledges. */
const LAYOUTS = 0.5
const ROUNDS = 2
/** What else happens in a round, at least. */
const ACTS = 12
/** After a change of the layout copies are counted so often: who drops one too early may be brought it again. */
const LOOKS = 10
/** Nothing is to happen any more: so long it is looked whether nothing does. */
const STILL_MS = 5 * 60_000

/**
 * What happens to the stores of a cluster: some edits with damage, upkeep and faults; then rest, and of what all have protected then fewer
 * disks than there are copies are lost, while users go on; all of it more than once.
 */
export class StoreWorkload {
  readonly cluster: Cluster
  readonly conflicts = 0
  protectedMs = 0
  nowhere = 0
  readonly #end: Partial<Record<'all members lost', number>> = {}
  readonly #dice: Dice
  readonly #users: Users
  readonly #faults: Faults
  readonly #acts: StoreActs
  readonly #losses: Losses
  readonly #layouts: LayoutActs | null

  constructor(seed: number, planted: Planted) {
    this.#dice = new Dice(seed, 'store workload')
    this.cluster = new Cluster(seed, this.#dice.pick([2, 2, 3, 3, 4, 5]), planted)
    this.#users = new Users(this.cluster, this.#dice)
    this.#faults = new Faults(this.cluster, this.#dice, FAULTS)
    this.#acts = new StoreActs(this.cluster, this.#dice)
    this.#losses = new Losses(this.cluster, this.#dice, (device) => this.#faults.watch(device))
    // With dice of their own, so that stories without them do not depend on them.
    const dice = new Dice(seed, 'layouts')
    this.#layouts = dice.chance(LAYOUTS)
      ? new LayoutActs(this.cluster, dice, { faults: this.#faults, losses: this.#losses })
      : null
    this.#layouts?.begin()
  }

  get edits(): number {
    return this.#users.edits
  }

  get counts(): Partial<Record<string, number>> {
    return {
      ...this.#faults.counts,
      ...this.#acts.counts,
      ...this.#losses.counts,
      ...this.#layouts?.counts,
      ...this.#end,
    }
  }

  async run(edits: number): Promise<void> {
    const { cluster } = this
    for (const node of cluster.nodes) void node.start()
    await cluster.pass(5_000)
    for (let round = 1; round <= ROUNDS; round++) {
      for (let acts = 0; acts < ACTS || this.edits < (edits * round) / ROUNDS; acts++) await this.#act(cluster.devices)
      if (this.#dice.chance(0.2) && cluster.devices.length < 5) void this.#losses.join().start()
      await this.#rest()
      await this.#lose()
    }
    await this.#rest()
    await checkReadable(cluster, this.#dice)
    await checkNothingNew(cluster, STILL_MS)
    checkOwed(cluster, 'after a further sync')
    if (!(await loseMembers(cluster, () => this.#losses.join()))) return
    this.#end['all members lost'] = 1
    await checkReadable(cluster, this.#dice)
  }

  async #act(devices: Cluster['devices']): Promise<void> {
    const act = this.#dice.weighted({
      edits: 10,
      store: 6,
      fault: 2,
      pause: 3,
      backup: 1,
      layout: this.#layouts === null ? 0 : 2,
    })
    if (act === 'edits') this.#users.burst(devices)
    else if (act === 'store') await this.#acts.happen()
    else if (act === 'layout') this.#layouts?.happen()
    else if (act === 'fault') this.#faults.happen()
    else if (act === 'backup') this.#faults.backUp(this.#dice.pick(this.cluster.devices))
    const ms = act === 'pause' ? this.#dice.between(10_000, 120_000) : this.#dice.between(0, 5_000)
    const looks = act === 'layout' ? LOOKS : 1
    for (let look = 1; look <= looks; look++) {
      await this.cluster.pass(ms / looks)
      if (act === 'layout') checkOwed(this.cluster, 'after a change of the layout')
    }
    // After an edit little is taken for protected.
    if (act !== 'edits' && act !== 'backup') await checkReceipts(this.cluster)
  }

  /** Nothing disturbs any more: all is the same, whole and protected after a while. */
  async #rest(): Promise<void> {
    const { cluster } = this
    await this.#faults.peace()
    this.#acts.heal()
    for (const device of cluster.devices) this.#users.writeBack(device)
    await cluster.settle(REST_MS)
    checkOwed(cluster, 'once quiet')
    if (this.#dice.chance(0.5)) await cluster.done(Promise.all(cluster.nodes.map(gc)), 'sweeping everywhere')
    // Damage that nobody has met yet cannot be known.
    await cluster.done(Promise.all(cluster.nodes.map(scrub)), 'a scrub everywhere')
    // What a storage device has found to be damaged it tells the others; what they hear twice they ask for half a minute later.
    if (cluster.storages.length > 0) await cluster.pass(60_000)
    const rest = await cluster.protect(REST_MS)
    ;[this.protectedMs, this.nowhere] = [Math.max(this.protectedMs, rest.ms), rest.nowhere]
    await cluster.settle(REST_MS)
    await checkQuiet(cluster)
    checkOwed(cluster, 'when all was said to be protected')
    await checkProtected(cluster)
    await checkSegments(cluster)
  }

  /** Fewer disks than there are copies, and of those that have the index not all. */
  async #lose(): Promise<void> {
    const { cluster } = this
    const most = copiesOwed(cluster) - 1
    const chosen = this.#dice.shuffle(cluster.nodes).slice(0, this.#dice.between(1, most))
    const survives = cluster.devices.every((device) => chosen.includes(device)) ? cluster.devices[0] : null
    const victims = chosen.filter((node) => node !== survives)
    for (const victim of victims) {
      const others = cluster.devices.filter((device) => !victims.includes(device))
      if (this.#layouts !== null && this.#dice.chance(0.5)) this.#layouts.happen()
      if (this.#dice.chance(0.5)) this.#users.burst(others)
      await cluster.pass(this.#dice.between(0, 3_000))
      if (victim instanceof SimDevice) this.#faults.forget(victim)
      await this.#losses.happen(victim)
      checkOwed(cluster, `after a loss at ${victim.name}`)
    }
  }
}
