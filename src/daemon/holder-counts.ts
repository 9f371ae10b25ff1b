import { toHex, unpackIds, type DeviceId } from '#model'
import type { BlockHolder } from '#replication'

/** Copies that a device turned out to lack, and how many of them it was brought. */
export interface HolderCount {
  device: DeviceId
  missing: number
  repaired: number
}

/** Counts, for somebody who waits, what devices that hold blocks turn out to lack: each copy once, however often it is asked for. */
export class HolderCounts {
  readonly #lacked = new Map<DeviceId, Set<string>>()
  readonly #brought = new Map<DeviceId, number>()
  #isCounting = false

  begin(): void {
    this.#isCounting = true
  }

  end(): void {
    this.#isCounting = false
    this.#lacked.clear()
    this.#brought.clear()
  }

  /** Of those that lacked something. */
  get counts(): HolderCount[] {
    return [...this.#lacked].map(([device, { size }]) => ({ device, missing: size, repaired: this.#brought.get(device) ?? 0 }))
  }

  /** The same holder, counted. */
  of(holder: BlockHolder): BlockHolder {
    const { device } = holder
    return {
      ...holder,
      lacking: async (ids, signal) => {
        const lacking = await holder.lacking(ids, signal)
        if (!this.#isCounting || lacking.length === 0) return lacking
        const lacked = this.#lacked.get(device) ?? new Set()
        this.#lacked.set(device, lacked)
        for (const id of unpackIds(lacking)) lacked.add(id)
        return lacking
      },
      hold: async (chunks, signal) => {
        // What is sent may take their buffers.
        const lacked = chunks.map(({ id }) => this.#lacked.get(device)?.has(toHex(id)) === true)
        const held = await holder.hold(chunks, signal)
        const brought = held.filter((outcome, at) => outcome === 'stored' && lacked[at]).length
        if (this.#isCounting) this.#brought.set(device, (this.#brought.get(device) ?? 0) + brought)
        return held
      },
    }
  }
}
