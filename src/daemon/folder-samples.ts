import type { Clock, Logger, Random } from '#base'
import { chunkIdBytes } from '#content'
import type { FolderIndex } from '#db'
import { AbsentError, type Exchange } from '#exchange'
import { sameBytes, toHex, type ChunkId, type DeviceId, type FolderId } from '#model'
import { covers, keptUpTo, partitionOf, Sampler, type Sample, type SampleAnswer } from '#replication'
import type { FolderSync } from '#sync'
import type { FolderHolders } from './folder-holders.ts'

export interface FolderSamplesParts {
  folder: FolderId
  index: Pick<FolderIndex, 'recordsAt'>
  exchange: Pick<Exchange, 'fetchFrom' | 'connection' | 'strike'>
  /** Names the folder's chunks. */
  idKey: Uint8Array
  holders(): Pick<FolderHolders, 'layout' | 'receipts'>
  sync(): { readonly exchange: Pick<FolderSync['exchange'], 'peers'> } | null
  isBusy(): boolean
  isBulk?(): boolean
  isAwaited(): boolean
  /** More of what others say counts, or less. */
  changed(): void
  clock: Clock
  random: Random
  logger: Logger
}

/** Looks into what the other members say that they have of a folder. */
export class FolderSamples {
  readonly #parts: FolderSamplesParts
  readonly #samplers = new Map<DeviceId, Sampler>()

  constructor(parts: FolderSamplesParts) {
    this.#parts = parts
  }

  /** Somebody may have said more. Cheap. */
  review(): void {
    const { receipts } = this.#parts.holders()
    for (const { device } of this.#parts.sync()?.exchange.peers ?? []) {
      let sampler = this.#samplers.get(device)
      if (sampler === undefined && receipts.claim(device) !== null) this.#samplers.set(device, (sampler = this.#make(device)))
      sampler?.review()
    }
  }

  /** Is there something that can be looked into now? */
  get isLooking(): boolean {
    return [...this.#samplers.values()].some((sampler) => sampler.isLooking)
  }

  /** Looks at once, also again at what was not there the last time. */
  async lookAll(): Promise<void> {
    this.review()
    const failed = (error: unknown): void => this.#parts.logger.debug({ error }, 'what a device says could not be looked into')
    await Promise.all([...this.#samplers.values()].map((sampler) => sampler.look().catch(failed)))
  }

  async stop(): Promise<void> {
    const all = [...this.#samplers.values()]
    this.#samplers.clear()
    await Promise.all(all.map((sampler) => sampler.stop()))
  }

  #make(device: DeviceId): Sampler {
    const { holders, sync, changed, logger } = this.#parts
    return new Sampler({
      ...this.#parts,
      device,
      claim: () => (this.#canGive(device) ? holders().receipts.claim(device) : null),
      isWhole: () => {
        const state = sync()?.exchange.peers.find((peer) => peer.device === device)?.state
        return state?.kept !== undefined && covers(keptUpTo(state.kept.upTo), keptUpTo(state.have))
      },
      isHolderOf: (chunk) => {
        const all = holders().layout?.holders ?? [[]]
        return all[partitionOf(chunk, all.length)]!.includes(device)
      },
      ask: (sample, signal) => this.#ask(device, sample, signal),
      counts: (upTo) => {
        holders().receipts.counts(device, upTo)
        changed()
      },
      lies: () => {
        const { receipts } = holders()
        if (!receipts.lying.has(device)) logger.warn({ device }, 'a device does not have what it says that it keeps')
        receipts.lies(device)
        changed()
      },
    })
  }

  /** Is it connected, and its disk there? */
  #canGive(device: DeviceId): boolean {
    const peer = this.#parts.sync()?.exchange.peers.find((each) => each.device === device)
    const hindrance = peer?.state?.hindrance
    return peer !== undefined && hindrance !== 'blocked' && hindrance !== 'error'
  }

  async #ask(device: DeviceId, { id, length }: Sample, signal: AbortSignal): Promise<SampleAnswer> {
    const { exchange, folder, idKey } = this.#parts
    try {
      const chunk = await exchange.fetchFrom(device, folder, toHex(id) as ChunkId, length, signal)
      const isRight = sameBytes(chunkIdBytes(idKey, chunk.bytes), id)
      chunk.release()
      if (!isRight) exchange.strike(device)
      return isRight ? 'there' : 'wrong'
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof AbsentError) || !this.#canGive(device)) throw error
      // It has given so much else than it was asked for that it is asked no more.
      if (exchange.connection(device) === null) return 'wrong'
      return error.absence.open.includes(device) ? 'absent' : 'silent'
    }
  }
}
