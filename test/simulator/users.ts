import type { Cluster } from './cluster.ts'
import type { Dice } from './dice.ts'
import { Editor } from './edits.ts'
import type { Hand } from './hand.ts'
import type { SimDevice } from './sim-device.ts'

const BURST = 4

/** The users of a cluster's devices, and what watchers and the operating system make of their edits. */
export class Users {
  edits = 0
  readonly #cluster: Cluster
  readonly #dice: Dice
  /** By the disk that they work on. */
  readonly #editors = new Map<Hand, Editor>()
  readonly #written: Uint8Array[] = []

  constructor(cluster: Cluster, dice: Dice) {
    this.#cluster = cluster
    this.#dice = dice
  }

  editor({ hand }: SimDevice): Editor {
    const known = this.#editors.get(hand) ?? new Editor(hand, this.#dice, this.#written)
    this.#editors.set(hand, known)
    return known
  }

  /** Some edits on one of the devices. */
  burst(devices: readonly SimDevice[] = this.#cluster.devices): void {
    const device = this.#dice.pick(devices)
    for (let count = this.#dice.between(1, BURST); count > 0; count--) this.#edit(device)
  }

  /** What a watcher would tell, if it does. */
  hint(device: SimDevice, paths: string[]): void {
    if (this.#dice.chance(0.15)) return
    this.#cluster.world.after(this.#dice.between(10, 2_500), () => device.folder?.hint(paths))
  }

  /** The operating system writes out what programs did not flush. */
  writeBack(device: SimDevice): void {
    device.disk.disk.settle()
    device.hand.loose.clear()
    this.#cluster.contents.settled(device.name)
  }

  #edit(device: SimDevice): void {
    if (device.missing !== null) return
    const edit = this.editor(device).edit()
    if (edit === undefined) return
    this.edits++
    const { world } = this.#cluster
    world.trace.note(`${world.now.toFixed(1)} ${device.name} user: ${edit.kind} ${edit.paths.join(' ')}`)
    this.hint(device, edit.paths)
    if (this.#dice.chance(0.1)) device.disk.meanwhile = () => this.#edit(device)
  }
}
