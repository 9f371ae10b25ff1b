import type { Cluster } from './cluster.ts'
import type { Dice } from './dice.ts'
import type { SimDevice } from './sim-device.ts'
import type { SimNode } from './sim-node.ts'
import { SimStorage } from './sim-storage.ts'

/** What can become of a member's disks, */
const KINDS = ['store lost', 'home lost', 'disk lost', 'device lost', 'device leaves'] as const
/** and of a storage device's. */
const STORAGE_KINDS = ['storage store lost', 'storage home lost', 'storage lost', 'storage leaves'] as const

/** What storage devices give: room for all that there is in any story. */
const PLEDGES = [64, 64, 128, 256, 512]
const MIB = 1024 * 1024

/** So many bytes somebody gives. */
export function pledgeOf(dice: Dice): number {
  return dice.pick(PLEDGES) * MIB
}

export type LossKind = (typeof KINDS)[number] | (typeof STORAGE_KINDS)[number]

/** Lets devices lose what is on their disks, or go for good. To be called when all is at rest: what only a lost device has is lost. */
export class Losses {
  readonly counts: Partial<Record<LossKind, number>> = {}
  readonly #cluster: Cluster
  readonly #dice: Dice
  /** Sees to a device that is new. */
  readonly #joined: (device: SimNode) => void

  constructor(cluster: Cluster, dice: Dice, joined: (device: SimNode) => void) {
    this.#cluster = cluster
    this.#dice = dice
    this.#joined = joined
  }

  /** One device loses something. */
  async happen(device: SimNode): Promise<void> {
    if (device instanceof SimStorage) await this.#ofStorage(device)
    else await this.#ofMember(device as SimDevice)
  }

  /** A device that has nothing yet becomes one of the cluster. */
  join(): SimDevice {
    const device = this.#cluster.add()
    this.#joined(device)
    return device
  }

  /** The same as a storage device. */
  joinStorage(): SimStorage {
    const storage = this.#cluster.addStorage(pledgeOf(this.#dice))
    this.#joined(storage)
    return storage
  }

  async #ofMember(device: SimDevice): Promise<void> {
    const { ledger, contents } = this.#cluster
    const kind = this.#dice.pick(KINDS.filter((each) => each !== 'device leaves' || this.#cluster.devices.length > 2))
    this.#note(kind, device)
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
  }

  async #ofStorage(device: SimStorage): Promise<void> {
    const kind = this.#dice.pick(STORAGE_KINDS)
    this.#note(kind, device)
    if (kind === 'storage leaves') await this.#cluster.done(device.stop(), `the stop of ${device.name}`)
    else device.crash(false)
    if (kind === 'storage store lost') device.home.store.lose()
    else if (kind === 'storage home lost') device.loseHome()
    else this.#cluster.remove(device)
    this.#cluster.ledger.lostDisk(device.name, 'both')
    if (kind !== 'storage leaves') await this.#comesBack(kind === 'storage lost' ? this.joinStorage() : device)
  }

  #note(kind: LossKind, { name }: SimNode): void {
    const { world } = this.#cluster
    world.trace.note(`${world.now.toFixed(1)} loss: ${kind} at ${name}`)
    this.counts[kind] = (this.counts[kind] ?? 0) + 1
  }

  async #comesBack(device: SimNode): Promise<void> {
    await this.#cluster.pass(this.#dice.between(500, 20_000))
    if (device.boot === null) void device.start()
  }
}
