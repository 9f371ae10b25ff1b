import type { Cluster } from './cluster.ts'
import type { Dice } from './dice.ts'
import type { Faults } from './faults.ts'
import { pledgeOf, type Losses } from './losses.ts'
import type { SimNode } from './sim-node.ts'

/** How often each happens. */
const WEIGHTS = { 'pledge set': 4, 'pledge taken back': 1, 'storage joins': 1, 'factor set': 1, 'layouts by two at once': 2 }

export type LayoutAct = keyof typeof WEIGHTS

/** More than so many devices tell nothing new. */
const MOST = 6
const FACTORS = [2, 3, 3, 4]

/** Changes who is to hold what. */
export class LayoutActs {
  readonly counts: Partial<Record<LayoutAct, number>> = {}
  readonly #cluster: Cluster
  readonly #dice: Dice
  readonly #faults: Faults
  readonly #losses: Losses

  constructor(cluster: Cluster, dice: Dice, { faults, losses }: { faults: Faults; losses: Losses }) {
    this.#cluster = cluster
    this.#dice = dice
    this.#faults = faults
    this.#losses = losses
  }

  /** What a group begins with: storage devices in most, and members that give something, too. */
  begin(): void {
    const { policy, devices } = this.#cluster
    policy.hasLayouts = true
    policy.replicas = this.#dice.pick(FACTORS)
    policy.leaveAfter = this.#dice.pick([0, 0, 300])
    for (let count = this.#dice.pick([0, 1, 1, 1, 2]); count > 0; count--) this.#losses.joinStorage()
    for (const { id } of devices) if (this.#dice.chance(0.3)) policy.pledges.set(id, pledgeOf(this.#dice))
  }

  happen(): void {
    const { world, nodes } = this.#cluster
    const act = this.#dice.weighted(WEIGHTS)
    const node = this.#dice.pick(nodes)
    world.trace.note(`${world.now.toFixed(1)} layout: ${act} at ${node.name}`)
    if (!this.#do(act, node)) return
    this.counts[act] = (this.counts[act] ?? 0) + 1
  }

  #do(act: LayoutAct, node: SimNode): boolean {
    const { policy, nodes, ledger, world } = this.#cluster
    const dice = this.#dice
    switch (act) {
      case 'pledge set':
        return this.#pledge(node, pledgeOf(dice))
      case 'pledge taken back':
        return this.#pledge(node, 0)
      case 'storage joins':
        if (nodes.length >= MOST) return false
        void this.#losses.joinStorage().start()
        return true
      case 'factor set':
        policy.replicas = dice.pick(FACTORS)
        ledger.ask(policy.replicas)
        this.#cluster.regroup()
        return true
      case 'layouts by two at once': {
        const heal = this.#faults.isolate(dice.pick(nodes), dice.chance(0.5))
        this.#pledge(node, pledgeOf(dice))
        const other = dice.pick(nodes)
        world.after(dice.between(1_000, 20_000), () => {
          if (this.#cluster.nodes.includes(other)) this.#pledge(other, pledgeOf(dice))
        })
        world.after(dice.between(15_000, 60_000), heal)
        return true
      }
    }
  }

  #pledge({ id }: SimNode, bytes: number): boolean {
    this.#cluster.policy.pledges.set(id, bytes)
    this.#cluster.regroup()
    return true
  }
}
