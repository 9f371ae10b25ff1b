import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import { systemClock, systemRandom } from '#base'
import {
  scrubBlocks,
  type ChunkStore,
  type FolderSealing,
  type SealedBlocks,
  type SealedSegments,
  type StoreJob,
  type StoreUpkeep,
  type Sweepable,
} from '#store'
import { StoreHost } from '../../src/daemon/store-host.ts'
import { newChunk, newSealing, packIds, temporaryDirectory } from '../store/subjects.ts'

export type StoreCalls = ChunkStore & SealedBlocks & SealedSegments & StoreUpkeep & Sweepable

/** The calls of a store in this thread. */
export function calls(host: StoreHost): StoreCalls {
  return new Proxy(Object.create(null) as StoreCalls, {
    get: (_, verb) => (verb === 'then' ? undefined : (...args: unknown[]) => host.run({ verb: verb as StoreJob['verb'], args })),
  })
}

export const SMALL = 4 * 1024
export const sealing = newSealing()

export interface Store {
  directory: string
  file: string
  host: StoreHost
  store: StoreCalls
}

export function open(directory = temporaryDirectory()): Store {
  const host = new StoreHost({ directory, clock: systemClock, random: systemRandom }, { small: SMALL })
  onTestFinished(() => host.close())
  return { directory, file: join(directory, 'store.db'), host, store: calls(host) }
}

/** A store with small chunks and large ones. */
export async function filled(small = 30, large = 5): Promise<Store & { ids: Uint8Array; large: Uint8Array }> {
  const opened = open()
  const chunks = Array.from({ length: small + large }, (_, at) => newChunk(sealing, at < small ? 700 : 3 * SMALL))
  const names = chunks.map(({ id }) => id)
  await opened.store.seal(sealing, chunks)
  return { ...opened, ids: packIds(...names), large: packIds(...names.slice(small)) }
}

/** Reads all blocks; how many were damaged, and what was wrong with the database. */
export async function scrub(
  store: StoreCalls,
  { part = 1, sealings = [sealing] as FolderSealing[] } = {},
): Promise<{ checked: number; damaged: number; faults: string[] }> {
  const faults: string[] = []
  let told = { checked: 0, damaged: 0 }
  await scrubBlocks(store, {
    after: '',
    part,
    sealings: () => sealings,
    step: async ({ checked, damaged }) => void (told = { checked, damaged }),
    rebuilt: (fault) => faults.push(fault),
  })
  return { ...told, faults }
}

export async function lacking(store: StoreCalls, ids: Uint8Array): Promise<number> {
  return (await store.lacking(sealing.folder, ids)).length / 32
}

/** Changes a closed store's database with SQL that no call of ours has. */
export function change({ host, file }: Store, sql: string): void {
  host.close()
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
}

export function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const fd = openSync(file, 'r+')
  writeSync(fd, bytes, 0, bytes.length, at)
  closeSync(fd)
}

export interface Watched {
  calls: StoreCalls
  /** Resolves when none of them has been under way for a while. */
  quiet(): Promise<void>
}

/** The same calls, those under way counted. */
export function watch(calls: StoreCalls): Watched {
  let working = 0
  const counted =
    (verb: string | symbol) =>
    async (...args: unknown[]): Promise<unknown> => {
      working++
      try {
        return await (Reflect.get(calls, verb) as (...args: unknown[]) => Promise<unknown>)(...args)
      } finally {
        working--
      }
    }
  return {
    calls: new Proxy(calls, { get: (_, verb) => (verb === 'then' ? undefined : counted(verb)) }),
    async quiet() {
      for (let turns = 0; turns < 20; turns = working === 0 ? turns + 1 : 0) await new Promise((resolve) => setImmediate(resolve))
    },
  }
}
