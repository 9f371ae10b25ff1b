import { statSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, HoldfastError, type Clock, type Random } from '#base'
import { blockDigest } from '#content'
import {
  endRebuild,
  openStoreDatabase,
  readStoreDatabase,
  rebuildStoreDatabase,
  storeDatabaseFault,
  type StoreDatabase,
} from '#db'
import { sameBytes } from '#model'
import {
  BlockFiles,
  BlockStore,
  byFolder,
  ForeignBlocks,
  HeldSegments,
  inspectBlocks,
  inspectSegments,
  missingBlocks,
  Mending,
  Quarantine,
  SealedChunks,
  SweptBlocks,
  type DamagedChunks,
  type Inspected,
  type InspectedSegments,
  type InspectPart,
  type StoreJob,
} from '#store'
import { roomOn } from './disk-reserve.ts'

/** Blocks shorter than this, bytes, are kept in the database: a file takes some milliseconds and a block of the disk. */
const SMALL = 64 * 1024
/** Of what is left of damaged blocks so much is kept. */
const QUARANTINE = { bytes: 64 * 1024 * 1024, files: 1_000 }
/** What failed for another reason than that the database is damaged. */
const OTHER_REASONS: ReadonlySet<string> = new Set(['full', 'denied', 'exists', 'unsupported'])

export interface StoreHostParts {
  directory: string
  clock: Pick<Clock, 'now'>
  random: Random
}

interface OpenStore {
  table: StoreDatabase
  chunks: SealedChunks
  foreign: ForeignBlocks
  segments: HeldSegments
  mending: Mending
  swept: SweptBlocks
}

/**
 * The store of one directory: here its blocks meet their database. One that proves to be damaged is put aside, and what was asked for is
 * done with a new one, made of what can be read of it.
 */
export class StoreHost {
  readonly #parts: StoreHostParts
  readonly #small: number
  readonly #file: string
  readonly #files: BlockFiles
  #store: OpenStore | null = null

  constructor(parts: StoreHostParts, { small = SMALL } = {}) {
    this.#parts = parts
    this.#small = small
    this.#file = join(parts.directory, 'store.db')
    this.#files = new BlockFiles(join(parts.directory, 'blocks'))
  }

  /** Does what a job asks for; one job at a time. */
  async run({ verb, args }: StoreJob): Promise<unknown> {
    if (verb === 'fault') return storeDatabaseFault(this.#file)
    if (verb === 'inspect') return this.#inspect(args[0] as InspectPart)
    if (verb === 'inspectSegments') return this.#inspectSegments(args[0] as number, args[1] as number)
    if (verb === 'missing') return this.#missing(args[0] as string, args[1] as number)
    if (verb === 'orphans') return this.#orphans()
    if (verb === 'rebuild') return this.#rebuild()
    if (verb === 'seal') needRoom(this.#parts.directory)
    try {
      return await this.#call(verb, args)
    } catch (error) {
      if (!this.#isDamaged(error)) throw error
      this.#rebuild()
      return this.#call(verb, args)
    }
  }

  close(): void {
    this.#store?.table.close()
    this.#store = null
  }

  async #call(
    verb: Exclude<StoreJob['verb'], 'fault' | 'inspect' | 'inspectSegments' | 'missing' | 'orphans' | 'rebuild'>,
    args: unknown[],
  ): Promise<unknown> {
    const { chunks, foreign, segments, mending, swept } = (this.#store ??= this.#open())
    const calls = [mending, swept, foreign, segments].find((each) => verb in each) ?? chunks
    return (Reflect.get(calls, verb) as (...values: unknown[]) => unknown).call(calls, ...args)
  }

  #open(): OpenStore {
    const { directory, clock, random } = this.#parts
    endRebuild(this.#file)
    const table = openStoreDatabase(this.#file)
    const quarantine = new Quarantine({ directory: join(directory, 'quarantine'), clock }, QUARANTINE)
    const blocks = new BlockStore({ table, files: this.#files, quarantine }, { small: this.#small })
    const { ino, birthtimeMs } = statSync(this.#file)
    const chunks = new SealedChunks({ blocks, table, random, database: `${ino} ${birthtimeMs}` })
    const room = { hasRoom: () => roomOn(directory) > 0 }
    const segments = new HeldSegments({ table, quarantine, ...room })
    return {
      table,
      chunks,
      foreign: new ForeignBlocks({ blocks, table, segments, ...room }),
      segments,
      mending: new Mending({ blocks, table }),
      swept: new SweptBlocks({ blocks, table, files: this.#files }),
    }
  }

  /** Was it the database's damage that something failed for? */
  #isDamaged(error: unknown): boolean {
    const code = error instanceof HoldfastError ? error.code : null
    if (code === 'corrupt') return true
    if (code === null ? /^E(?!RR_)/.test(errnoOf(error) ?? '') : OTHER_REASONS.has(code)) return false
    try {
      return storeDatabaseFault(this.#file) !== null
    } catch {
      return false
    }
  }

  #rebuild(): DamagedChunks[] {
    this.#store?.table.abandon()
    this.#store = null
    const isBlock = (digest: Uint8Array, bytes: Uint8Array): boolean => sameBytes(blockDigest(bytes), digest)
    return byFolder(rebuildStoreDatabase(this.#file, { time: this.#parts.clock.now(), isBlock }))
  }

  #inspect(part: InspectPart): Promise<Inspected> {
    // Of an older version it has not yet all tables: an update brings one, and a log that is cut back to where it began.
    this.#store ??= this.#open()
    const { random } = this.#parts
    return readStoreDatabase(this.#file, (table) => inspectBlocks({ table, files: this.#files, random }, part))
  }

  #inspectSegments(after: number, part: number): Promise<InspectedSegments> {
    this.#store ??= this.#open()
    const { random } = this.#parts
    return readStoreDatabase(this.#file, async ({ segments }) => inspectSegments({ segments, random }, after, part))
  }

  #missing(after: string, blocks: number): Promise<Inspected> {
    this.#store ??= this.#open()
    return readStoreDatabase(this.#file, (table) => missingBlocks({ table, files: this.#files }, after, blocks))
  }

  #orphans(): Promise<Uint8Array> {
    this.#store ??= this.#open()
    return readStoreDatabase(this.#file, async (table) => {
      const found: Uint8Array[] = []
      for (const directory of await this.#files.directories()) {
        for (const { digest } of await this.#files.in(directory))
          if (digest !== null && table.block(digest) === undefined) found.push(digest)
      }
      return Buffer.concat(found)
    })
  }
}

/** Sync needs room as well, and it is what the user waits for. */
function needRoom(directory: string): void {
  if (roomOn(directory) > 0) return
  throw new HoldfastError('full', `no more versions are kept in ${directory}: its disk is nearly full`, {
    reason: 'store-full',
    values: { path: directory },
    hint: 'free some space',
  })
}
