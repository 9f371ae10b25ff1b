import type { KeyObject } from 'node:crypto'
import { HoldfastError, type Clock } from '#base'
import { adoptHlc, tickHlc, type ChunkId, type DeviceId, type FolderId, type Hlc, type RecordPlace } from '#model'
import { misfit } from './ask-errors.ts'
import type { Asker } from './asker.ts'
import { orUnable, type Capabilities } from './capabilities.ts'
import { encodeDrop, encodeList, type DropOutcome, type ListedChunk } from './drop-frames.ts'
import { signDropList, type DropList } from './drop-list.ts'

/** Before the first chunk. */
const FIRST = '0'.repeat(64) as ChunkId

/** Pages that a device names of one folder at most: 67 million chunks. One that never ends would be listened to for ever. */
const MOST_PAGES = 65_536

/** Who this device is, and what it signs with. */
export interface Signer {
  device: DeviceId
  key: KeyObject
}

export interface DropAskerParts {
  asker: Pick<Asker, 'ask' | 'connection'>
  capabilities: Capabilities
  clock: Clock
  /** null: it says nothing. */
  signer: Signer | null
}

/** What was told to a device over one connection, by the link that there is now. */
interface Told {
  connection: number
  /** How far it was told that this device has seen, by folder, as text to compare. */
  horizons: Map<FolderId, string>
}

/** Speaks with devices that hold blocks about which of them may go. Calls reject as Asker's do. */
export class DropAsker {
  readonly #parts: DropAskerParts
  readonly #told = new Map<DeviceId, Told>()
  #last: Hlc = 0

  constructor(parts: DropAskerParts) {
    this.#parts = parts
  }

  /** May a device be told, as far as is known? */
  isHeardBy(device: DeviceId): boolean {
    return this.#parts.signer !== null && this.#parts.capabilities.has(device, 'drop lists')
  }

  /** The bulk link of a device broke: over the next one it does not know how far this one has seen. */
  linkClosed(device: DeviceId): void {
    this.#told.get(device)?.horizons.clear()
  }

  /**
   * Tells a device how far this one has seen, unless that is what it was told last: to be called before it is asked for something, or given
   * it, that this one counts on from then on. `horizon` is what is known by now.
   */
  async tell(device: DeviceId, folder: FolderId, horizon: readonly RecordPlace[], signal: AbortSignal): Promise<void> {
    if (!this.isHeardBy(device)) return
    const told = this.#of(device)
    const text = JSON.stringify(horizon.map(({ author, epoch, seq }) => [author, epoch, seq]))
    if (told.horizons.get(folder) === text) return
    const outcome = await this.#send(device, { kind: 'keep', folder, horizon, ids: new Uint8Array(0) }, signal).catch(orUnable)
    if (outcome !== null) told.horizons.set(folder, text)
  }

  /** Says that chunks may go, or must not. */
  say(device: DeviceId, list: Pick<DropList, 'kind' | 'folder' | 'horizon' | 'ids'>, signal: AbortSignal): Promise<DropOutcome> {
    return this.#send(device, list, signal)
  }

  /** Page by page all chunks of a folder that have a block there, or only those that are to go. Throws `corrupt` where that does not end. */
  async *list(device: DeviceId, folder: FolderId, isPendingOnly: boolean, signal: AbortSignal): AsyncGenerator<ListedChunk[]> {
    for (let [after, pages] = [FIRST, 0]; ; pages++) {
      if (pages === MOST_PAGES) throw misfit(device)
      const frame = (number: number): Uint8Array[] => [encodeList({ number, folder, isPendingOnly, after })]
      const asked = this.#ask(device, signal, frame, (answer) => {
        if ('listed' in answer && !answer.listed.chunks.some(({ id }) => id <= after)) return answer.listed
        throw misfit(device)
      })
      const page = await asked.catch(orUnable)
      if (page === null) return
      const { chunks, isLast } = page
      if (chunks.length > 0) yield chunks
      if (isLast) return
      after = chunks.at(-1)!.id
    }
  }

  async #send(
    device: DeviceId,
    list: Pick<DropList, 'kind' | 'folder' | 'horizon' | 'ids'>,
    signal: AbortSignal,
  ): Promise<DropOutcome> {
    const { clock, signer } = this.#parts
    if (signer === null) throw new HoldfastError('internal', 'there is no key to sign a drop list with')
    // Signed for each try: one that came may not be taken a second time.
    const frame = (number: number): Uint8Array[] => {
      this.#last = tickHlc(this.#last, clock.now())
      const signed = signDropList({ ...list, holder: device, author: signer.device, hlc: this.#last }, signer.key)
      return [encodeDrop({ number, list: signed })]
    }
    const { outcome, hlc } = await this.#ask(device, signal, frame, (answer) => {
      if ('dropped' in answer) return answer.dropped
      throw misfit(device)
    })
    this.#last = adoptHlc(this.#last, hlc, clock.now())
    return outcome
  }

  #ask<T>(...[device, signal, frame, read]: Parameters<typeof Asker.prototype.ask<T>>): Promise<T> {
    const { asker, capabilities } = this.#parts
    return capabilities.ask(device, 'drop lists', signal, (isProbe) => asker.ask(device, signal, frame, read, isProbe))
  }

  #of(device: DeviceId): Told {
    const connection = this.#parts.asker.connection(device) ?? 0
    const known = this.#told.get(device)
    if (known?.connection === connection) return known
    const told: Told = { connection, horizons: new Map() }
    this.#told.set(device, told)
    return told
  }
}
