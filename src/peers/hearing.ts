import type { Connection } from '@libp2p/interface'
import { HoldfastError, type Clock } from '#base'
import type { DeviceId } from '#model'
import type { Group } from './own-group.ts'

/** How long a device that was removed is heard, and how soon again. */
const HEARD_MS = 20_000

/**
 * Whom this device hears that is not in its group: recovery kits, and those that were removed from it, and may not know. Each of these has
 * one connection at a time and not for long, or it could hold as many as there are, and no device of the group would find one free.
 */
export class Hearing {
  readonly #parts: { group: Group; clock: Clock }
  readonly #heard = new Set<DeviceId>()

  constructor(parts: { group: Group; clock: Clock }) {
    this.#parts = parts
  }

  /** May the device connect? */
  allows(device: DeviceId): boolean {
    return this.#isKnown(device) || (this.#parts.group.state.removed.includes(device) && !this.#heard.has(device))
  }

  /** True for a connection that may be used: one of a device of the group, or the first of one that is heard. Any other is closed. */
  admits(connection: Connection): boolean {
    const device = connection.remotePeer.toString() as DeviceId
    if (this.#isKnown(device)) return true
    // Several may have passed the gate before the first of them was open.
    if (this.#heard.has(device)) {
      connection.abort(denied(device))
      return false
    }
    this.#heard.add(device)
    this.#parts.clock.after(HEARD_MS, () => this.#heard.delete(device), { idle: true })
    this.bound(connection)
    return true
  }

  /** Closes a connection after a while, unless it is one of a device of the group then. */
  bound(connection: Connection): void {
    const device = connection.remotePeer.toString() as DeviceId
    if (this.#isKnown(device)) return
    const end = (): void => {
      if (!this.#isKnown(device)) connection.abort(denied(device))
    }
    this.#parts.clock.after(HEARD_MS, end, { idle: true })
  }

  /** A recovery kit takes its time, too: who has one could let any number of members in. */
  #isKnown(wanted: DeviceId): boolean {
    const { devices, kits } = this.#parts.group.state
    return [...devices, ...kits].some(({ device }) => device === wanted)
  }
}

function denied(device: DeviceId): HoldfastError {
  return new HoldfastError('denied', `${device} is not in the group`)
}
