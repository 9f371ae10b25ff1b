import { HoldfastError, orAborted, Queue, type Logger } from '#base'
import type { DeviceId } from '#model'
import { LinkBrokenError } from './ask-errors.ts'
import type { Asker } from './asker.ts'

/** What devices of older versions cannot do: they close their bulk link at the frames of it. */
export type Capability = 'drop lists' | 'index segments' | 'summaries'

/** What is known of a device over one connection. */
interface Known {
  connection: number
  can: Map<Capability, boolean>
  /** Questions by which it is found out go alone, or one would be taken for the cause of another's end. */
  probes: Queue
}

export interface CapabilitiesParts {
  asker: Pick<Asker, 'connection'>
  logger: Logger
}

/**
 * Finds out which devices can do what older versions cannot, by asking them: one whose link breaks at that, and breaks again at the same when it is
 * asked once more, cannot. Once is chance, and so is each time after it has answered.
 */
export class Capabilities {
  readonly #parts: CapabilitiesParts
  readonly #known = new Map<DeviceId, Known>()

  constructor(parts: CapabilitiesParts) {
    this.#parts = parts
  }

  /** May a device be asked, as far as is known? Not where it is not connected. */
  has(device: DeviceId, capability: Capability): boolean {
    return this.#of(device)?.can.get(capability) ?? this.#parts.asker.connection(device) !== null
  }

  /**
   * Asks a device; `ask` may be called twice, with whether it is not known yet if the device can. Rejects as that does, and with `unsupported`
   * where the device cannot.
   */
  async ask<T>(device: DeviceId, capability: Capability, signal: AbortSignal, ask: (isProbe: boolean) => Promise<T>): Promise<T> {
    const known = this.#of(device)
    if (known === null || known.can.get(capability) === true) return ask(false)
    if (known.can.get(capability) === false) throw unable(device, capability)
    const probing = known.probes.run(async () => {
      signal.throwIfAborted()
      // It may have been found out meanwhile.
      if (known.can.has(capability)) return null
      return { answer: await this.#probe(device, known, capability, ask) }
    })
    const probed = await orAborted(probing, signal)
    return probed === null ? this.ask(device, capability, signal, ask) : probed.answer
  }

  async #probe<T>(device: DeviceId, known: Known, capability: Capability, ask: (isProbe: boolean) => Promise<T>): Promise<T> {
    const { asker, logger } = this.#parts
    for (let isAgain = false; ; isAgain = true) {
      try {
        const answer = await ask(true)
        known.can.set(capability, true)
        return answer
      } catch (error) {
        if (!(error instanceof LinkBrokenError) || asker.connection(device) !== known.connection) throw error
        if (!isAgain) continue
        known.can.set(capability, false)
        logger.debug({ device, capability }, 'a device of an older version cannot do that')
        throw unable(device, capability, error)
      }
    }
  }

  /** null: it is not connected. */
  #of(device: DeviceId): Known | null {
    const connection = this.#parts.asker.connection(device)
    if (connection === null) return null
    const known = this.#known.get(device)
    if (known?.connection === connection) return known
    const anew: Known = { connection, can: new Map(), probes: new Queue() }
    this.#known.set(device, anew)
    return anew
  }
}

/** Rejects again unless it is `unsupported`: then the device cannot do it. */
export function orUnable(error: unknown): null {
  if (error instanceof HoldfastError && error.code === 'unsupported') return null
  throw error
}

function unable(device: DeviceId, capability: Capability, cause?: unknown): HoldfastError {
  return new HoldfastError('unsupported', `${device} knows nothing of ${capability}`, { hint: 'update it', cause })
}
