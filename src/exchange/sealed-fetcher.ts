import { toErrorShape, type Logger } from '#base'
import { fromHex, type ChunkId, type DeviceId, type FolderId } from '#model'
import type { FolderChunks } from '#store'
import { AbsentError } from './absent.ts'
import type { Asker } from './asker.ts'
import { ByteBudget } from './budget.ts'
import type { FetchedChunk } from './source.ts'

/** Bytes of chunks opened and not yet given back. */
const MEMORY_BYTES = 16 * 1024 * 1024

export interface SealedFetcherParts {
  logger: Logger
  asker: Pick<Asker, 'devices' | 'blocks'>
  /** May `device` hold sealed blocks of `folder`? */
  mayHold(folder: FolderId, device: DeviceId): boolean
  /** What opens a folder's blocks; null where its keys are not here. */
  openerOf(folder: FolderId): Pick<FolderChunks, 'open'> | null
  /** A device gave bytes that are no block of what it was asked for. */
  strike(device: DeviceId): void
}

/** Gets chunks out of the sealed blocks that devices without the folder's keys hold. */
export class SealedFetcher {
  readonly #parts: SealedFetcherParts
  readonly #budget = new ByteBudget(MEMORY_BYTES)
  #turn = 0
  /** Those that gave no answer when they were asked last: they are asked behind the others, or each chunk would wait for them. */
  readonly #silent = new Set<DeviceId>()

  constructor(parts: SealedFetcherParts) {
    this.#parts = parts
  }

  /** The connected devices that may hold blocks of a folder whose keys are here. */
  holders(folder: FolderId): DeviceId[] {
    if (this.#parts.openerOf(folder) === null) return []
    return this.#parts.asker.devices.filter((device) => this.#parts.mayHold(folder, device))
  }

  /** A chunk, verified. Rejects with AbsentError where no connected holder has it, and when `signal` aborts. */
  async fetch(folder: FolderId, id: ChunkId, length: number, signal: AbortSignal): Promise<FetchedChunk> {
    const holders = this.holders(folder)
    const sealed: DeviceId[] = []
    const absent = (): AbsentError => new AbsentError({ open: [], sealed, isSure: sealed.length === holders.length })
    if (holders.length === 0) throw absent()
    await this.#budget.take(length, signal)
    let isFound = false
    try {
      const first = this.#turn++ % holders.length
      const inTurn = [...holders.slice(first), ...holders.slice(0, first)]
      const asked = inTurn.toSorted((a, b) => Number(this.#silent.has(a)) - Number(this.#silent.has(b)))
      for (const device of asked) {
        if (signal.aborted) break
        const bytes = await this.#from(device, folder, id, signal)
        if (bytes === null) sealed.push(device)
        if (bytes?.length !== length) continue
        isFound = true
        return { bytes, isAlone: true, device, release: () => this.#budget.give(length) }
      }
      signal.throwIfAborted()
      throw absent()
    } finally {
      if (!isFound) this.#budget.give(length)
    }
  }

  /** null: it is not there; undefined: nothing that can be told from that. */
  async #from(device: DeviceId, folder: FolderId, id: ChunkId, signal: AbortSignal): Promise<Uint8Array | null | undefined> {
    const { logger, asker, openerOf, strike } = this.#parts
    try {
      const [bytes] = await asker.blocks(device, folder, fromHex(id), signal)
      this.#silent.delete(device)
      if (bytes == null) return bytes
      if (bytes.length === 0) return undefined
      const [opened] = (await openerOf(folder)?.open([{ id, bytes }])) ?? []
      if (opened === 'wrong') strike(device)
      return typeof opened === 'string' ? undefined : opened
    } catch (error) {
      if (toErrorShape(error).code === 'timeout' && !signal.aborted) this.#silent.add(device)
      logger.debug({ device, folder, error }, 'a device could not give a block')
      return undefined
    }
  }
}
