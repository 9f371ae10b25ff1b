import type { Cluster } from './cluster.ts'
import type { Dice } from './dice.ts'
import type { SimDevice } from './sim-device.ts'

/** What can become of a device's disks. A layout that somebody changes, and a storage device that comes or goes, are to be further kinds. */
const KINDS = ['store lost', 'home lost', 'disk lost', 'device lost', 'device leaves'] as const

export type LossKind = (typeof KINDS)[number]

/** Lets devices lose what is on their disks, or go for good. To be called when all is at rest: what only a lost device has is lost. */
export class Losses {
  readonly counts: Partial<Record<LossKind, number>> = {}
  readonly #cluster: Cluster
  readonly #dice: Dice
  /** Sees to a device that is new. */
  readonly #joined: (device: SimDevice) => void

  constructor(cluster: Cluster, dice: Dice, joined: (device: SimDevice) => void) {
    this.#cluster = cluster
    this.#dice = dice
    this.#joined = joined
  }

  /** One device loses something; which kind of loss it was. */
  async happen(device: SimDevice): Promise<LossKind> {
    const { ledger, contents, world } = this.#cluster
    const kind = this.#dice.pick(KINDS.filter((each) => each !== 'device leaves' || this.#cluster.devices.length > 2))
    world.trace.note(`${world.now.toFixed(1)} loss: ${kind} at ${device.name}`)
    this.counts[kind] = (this.counts[kind] ?? 0) + 1
    if (kind === 'device leaves') await this.#cluster.done(device.stop(), `the stop of ${device.name}`)
    else device.crash(false)
    switch (kind) {
      case 'store lost':
        device.home.store.lose()
        break
      case 'home lost':
        device.loseHome()
        break
      case 'disk lost':
        contents.diskLost(device.name)
        device.loseDisk()
        break
      case 'device lost':
      case 'device leaves':
        contents.diskLost(device.name)
        this.#cluster.remove(device)
    }
    ledger.lostDisk(device.name, kind === 'disk lost' ? 'tree' : kind === 'store lost' || kind === 'home lost' ? 'store' : 'both')
    if (kind !== 'device leaves') await this.#comesBack(kind === 'device lost' ? this.join() : device)
    return kind
  }

  /** A device that has nothing yet becomes one of the cluster. */
  join(): SimDevice {
    const device = this.#cluster.add()
    this.#joined(device)
    return device
  }

  async #comesBack(device: SimDevice): Promise<void> {
    await this.#cluster.pass(this.#dice.between(500, 20_000))
    if (device.boot === null) void device.start()
  }
}
