import { z } from 'zod'
import type { DeviceStore } from '#db'
import { fromHex, toHex } from '#model'
import type { FolderSealing, Sweepable } from '#store'

/** Two looks that count are so far from each other at least, ms. */
const LOOK_MS = 20 * 60 * 60_000
/** On so many days a stray is to be seen before it goes. */
const DAYS = 30

/** The strays of one directory: on how many days each was seen, by its digest in hex, and when these were counted last, ms. */
const Seen = z.object({ at: z.number(), days: z.record(z.string(), z.number()) })
type Seen = z.infer<typeof Seen>

export interface StrayFilesParts {
  blocks: Pick<Sweepable, 'directories' | 'tidy' | 'dropStrays'>
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  sealings(): readonly FolderSealing[]
}

export interface TidyOptions {
  now: number
  /** Files of no use that were written before, ms, go. */
  before: number
  /** Strays that were seen by an earlier run go as well. */
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
 * store's database: of which chunk it is nobody can say. Those who count on the chunk hear that it is not here, and bring it again. So a stray is of use only
 * where the database comes back, or a key; and it goes when it was seen on 30 days. They are counted: a clock that is years ahead for an hour makes one day.
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

  async #tidyOne(directory: string, { now, before, isAbandonedToo }: TidyOptions): Promise<TidiedFiles> {
    const { blocks, store, sealings } = this.#parts
    const key = `strays.${directory}`
    const text = await store.setting(key)
    const known: Seen = text === null ? { at: -Infinity, days: {} } : Seen.parse(JSON.parse(text))
    const tidied = await blocks.tidy(directory, before, sealings(), packed(Object.keys(known.days)))
    const names = digestsIn(tidied.strays)
    const isNextDay = Math.abs(now - known.at) >= LOOK_MS
    const days = names.map((name) => (known.days[name] ?? 0) + (isNextDay || known.days[name] === undefined ? 1 : 0))
    const isRipe = names.map((name, at) => days[at]! > DAYS || (isAbandonedToo && known.days[name] !== undefined))
    const ripe = packed(names.filter((_, at) => isRipe[at]))
    const dropped = ripe.length === 0 ? { files: 0, bytes: 0 } : await blocks.dropStrays(ripe, sealings())
    const left = names.flatMap((name, at) => (isRipe[at] === true ? [] : [[name, days[at]!] as const]))
    const seen: Seen = { at: isNextDay ? now : known.at, days: Object.fromEntries(left) }
    const note = left.length === 0 ? null : JSON.stringify(seen)
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
