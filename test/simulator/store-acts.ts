import { parsePolicy } from '#history'
import type { Version } from '#model'
import type { Cluster } from './cluster.ts'
import { versionsOf } from './check-store.ts'
import type { Dice } from './dice.ts'
import { SimDevice } from './sim-device.ts'
import type { SimNode } from './sim-node.ts'

/** How often each happens. */
const WEIGHTS = { 'bit rot': 6, scrub: 4, read: 6, gc: 5, policy: 2, pin: 3, 'power cut in the store': 5, 'store full': 1 }

export type StoreAct = keyof typeof WEIGHTS

/** What happens to stores while devices run: damage, and upkeep that users ask for. */
export class StoreActs {
  readonly counts: Partial<Record<StoreAct, number>> = {}
  readonly #cluster: Cluster
  readonly #dice: Dice

  constructor(cluster: Cluster, dice: Dice) {
    this.#cluster = cluster
    this.#dice = dice
  }

  async happen(): Promise<void> {
    const { world, devices, nodes } = this.#cluster
    const act = this.#dice.weighted(WEIGHTS)
    const device = this.#dice.pick<SimNode>(act === 'read' || act === 'pin' ? devices : nodes)
    if (!(await this.#do(act, device))) return
    this.counts[act] = (this.counts[act] ?? 0) + 1
    world.trace.note(`${world.now.toFixed(1)} store: ${act} at ${device.name}`)
  }

  /** What is set wrong is set right. */
  heal(): void {
    for (const { home } of this.#cluster.nodes) {
      home.store.full = false
      home.store.cutAfter = null
    }
  }

  async #do(act: StoreAct, device: SimNode): Promise<boolean> {
    const cluster = this.#cluster
    const dice = this.#dice
    const { store } = device.home
    switch (act) {
      case 'bit rot': {
        const rotten = Array.from({ length: dice.between(1, 4) }, () => store.rot())
        for (const chunk of store.spoiled) cluster.ledger.lostChunk(device.name, chunk)
        return rotten.includes(true)
      }
      case 'scrub':
        if (device.upkeep === null) return false
        void scrub(device).catch(() => undefined)
        return true
      case 'read': {
        if (!(device instanceof SimDevice) || device.upkeep === null) return false
        const past = (await versionsOf(device)).filter(({ isHead }) => !isHead)
        for (const { version } of dice.shuffle(past).slice(0, 4)) void read(device, version).catch(() => undefined)
        return past.length > 0
      }
      case 'gc':
        if (device.upkeep === null) return false
        device.home.grace = dice.pick([0, 60_000])
        void gc(device).catch(() => undefined)
        return true
      case 'policy':
        cluster.policy.retention = {
          ...cluster.policy.retention,
          policy: parsePolicy(dice.chance(0.2) ? {} : { 'keep-last': String(dice.between(1, 3)) }),
        }
        return true
      case 'pin': {
        if (!(device instanceof SimDevice)) return false
        const versions = (await versionsOf(device)).filter(
          ({ isHead, version }) => !isHead && !cluster.ledger.forgotten.has(version.id) && !cluster.ledger.gone.has(version.id),
        )
        if (versions.length === 0) return false
        cluster.policy.retention = {
          ...cluster.policy.retention,
          pins: new Set([...cluster.policy.retention.pins, dice.pick(versions).version.id]),
        }
        return true
      }
      case 'power cut in the store':
        if (!device.running) return false
        store.cutAfter = dice.between(0, 6)
        return true
      case 'store full':
        store.full = true
        cluster.world.after(dice.between(5_000, 60_000), () => (store.full = false))
        return true
    }
  }
}

const ANY = new AbortController().signal

export async function scrub({ upkeep }: SimNode): Promise<void> {
  await upkeep?.scrubber.scrub(1, ANY)
}

export async function gc({ upkeep }: SimNode): Promise<void> {
  await upkeep?.housekeeping.run({ isDry: false, signal: ANY })
}

/** A version's content, from wherever it is. */
export async function read({ upkeep }: SimDevice, version: Version): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of upkeep!.keeping.past.read(version, ANY)) pieces.push(piece)
  return Buffer.concat(pieces)
}
