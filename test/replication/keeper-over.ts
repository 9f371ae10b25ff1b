import { silentLogger, systemClock } from '#base'
import { inProcess, type FolderIndex } from '#db'
import { toHex, type ChunkId } from '#model'
import { Keeper, newTally, type KeeperParts } from '#replication'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { each } from './files.ts'

export interface KeeperOver {
  keeper: Keeper
  /** What can be had elsewhere, by the chunks' names. */
  there: Map<string, Uint8Array>
  kept: Map<string, Uint8Array>
  /** How many chunks came into the store at a time. */
  seals: number[]
}

/** A keeper of blocks over a real index, whose chunks come out of `there` and go into `kept`; nothing is given up, unless `gone` says so. */
export function keeperOver(index: SqliteFolderIndex, parts: Partial<KeeperParts> = {}): KeeperOver {
  const [there, kept] = [new Map<string, Uint8Array>(), new Map<string, Uint8Array>()]
  const seals: number[] = []
  const keeper = new Keeper({
    index: inProcess<FolderIndex>(index),
    store: {
      lacking: async (ids) => Buffer.concat(each(ids).filter((id) => !kept.has(toHex(id)))),
      async seal(chunks) {
        seals.push(chunks.length)
        for (const { id, bytes } of chunks) kept.set(id, bytes)
      },
    },
    finder: {
      async find(ids, _lengths, _signal, nowhere) {
        for (const id of each(ids)) if (!there.has(toHex(id))) nowhere?.(toHex(id) as ChunkId)
        return each(ids).map((id) => there.get(toHex(id)) ?? null)
      },
    },
    duty: () => 'block',
    gone: { before: (items) => items.map(() => null), missed: async () => false },
    live: async (ids) => each(ids).map(() => false),
    kept: () => undefined,
    isBusy: () => false,
    isAwaited: () => false,
    tally: newTally(),
    clock: systemClock,
    logger: silentLogger,
    ...parts,
  })
  return { keeper, there, kept, seals }
}

/** All devices are here and at rest: what is found nowhere is given up, unless it is what a path is now. */
export const GIVES_UP: KeeperParts['gone'] = {
  before: (items) => items.map(() => 'quiet'),
  missed: async ({ isHead }, _before, nowhere) => nowhere.length > 0 && !isHead,
}
