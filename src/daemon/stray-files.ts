import { z } from 'zod'
import type { DeviceStore } from '#db'
import { fromHex, toHex } from '#model'
import type { FolderSealing, Sweepable } from '#store'

/** The strays of one directory that were told of: their digests, in hex. */
const Told = z.array(z.string())

export interface StrayFilesParts {
  blocks: Pick<Sweepable, 'directories' | 'tidy' | 'dropStrays'>
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  sealings(): readonly FolderSealing[]
}

export interface TidyOptions {
  /** Files of no use that were written before, ms, go. */
  before: number
  /** Strays that an earlier run has told of go as well. */
  isAbandonedToo: boolean
  /** Called between two directories. */
  step(): Promise<void>
}

export interface TidiedFiles {
  /** What was freed; of strays alone how many. */
  bytes: number
  blocks: number
  /** What is left of strays. */
  strays: { files: number; bytes: number }
}

/**
 * Removes files of blocks that no row is of. A *stray* is one that no key here opens, as on a device that holds blocks for others and has lost the
 * store's database: of which chunk it is nobody can say. Those who count on the chunk hear that it is not here, and bring it again. A stray is of use only
 * where the database comes back, or a key, or where there is no other copy; so it goes only where somebody says so.
 */
export class StrayFiles {
  readonly #parts: StrayFilesParts

  constructor(parts: StrayFilesParts) {
    this.#parts = parts
  }

  async tidy(options: TidyOptions): Promise<TidiedFiles> {
    const total: TidiedFiles = { bytes: 0, blocks: 0, strays: { files: 0, bytes: 0 } }
    for (const directory of await this.#parts.blocks.directories()) {
      const { bytes, blocks, strays } = await this.#tidyOne(directory, options)
      total.bytes += bytes
      total.blocks += blocks
      total.strays.files += strays.files
      total.strays.bytes += strays.bytes
      await options.step()
    }
    return total
  }

  async #tidyOne(directory: string, { before, isAbandonedToo }: TidyOptions): Promise<TidiedFiles> {
    const { blocks, store, sealings } = this.#parts
    const key = `strays.${directory}`
    const text = await store.setting(key)
    const told = new Set(text === null ? [] : Told.parse(JSON.parse(text)))
    const tidied = await blocks.tidy(directory, before, sealings(), packed([...told]))
    const names = digestsIn(tidied.strays)
    const ripe = isAbandonedToo ? names.filter((name) => told.has(name)) : []
    const dropped = ripe.length === 0 ? { files: 0, bytes: 0 } : await blocks.dropStrays(packed(ripe), sealings())
    const left = names.filter((name) => !ripe.includes(name))
    const note = left.length === 0 ? null : JSON.stringify(left)
    if (note !== text) await store.putSetting(key, note)
    const strays = { files: names.length - dropped.files, bytes: tidied.strayBytes - dropped.bytes }
    return { bytes: tidied.bytes + dropped.bytes, blocks: dropped.files, strays }
  }
}

function digestsIn(digests: Uint8Array): string[] {
  return Array.from({ length: digests.length / 32 }, (_, at) => toHex(digests.subarray(at * 32, at * 32 + 32)))
}

function packed(names: readonly string[]): Uint8Array {
  return Buffer.concat(names.map(fromHex))
}
