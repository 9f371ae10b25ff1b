import { Queue } from '#base'
import { blockDigest, chunkId, openBlock } from '#content'
import { fromHex, sameBytes, toHex, type ChunkId } from '#model'
import {
  BlockStore,
  ForeignBlocks,
  HeldSegments,
  inspectBlocks,
  inspectSegments,
  Mending,
  missingBlocks,
  SealedChunks,
  SweptBlocks,
  type FolderSealing,
  type StoreTotals,
  type ThreadedStore,
} from '#store'
import type { Database, Query } from '../../src/db/database.ts'
import { storeSchema } from '../../src/db/migrations/store.ts'
import { StoreDatabase } from '../../src/db/store-database.ts'
import { through, type Boot } from './boot.ts'
import type { Dice } from './dice.ts'
import { emptyDatabase } from './empty-database.ts'
import { SimBlockFiles, type BlockFilesPort } from './sim-block-files.ts'

/** Blocks shorter than this, bytes, are in the database: so that there are many of either kind. */
const SMALL = 400

export type StoreCalls = Omit<ThreadedStore, 'close'>

/** Calls after which a store in a thread counts what it has. */
const COUNTED: ReadonlySet<string> = new Set([
  'seal',
  'read',
  'remove',
  'take',
  'sealed',
  'sweep',
  'condemn',
  'absolve',
  'adopt',
  'dropDamaged',
  'dropSegments',
])

export interface StoreHooks {
  counted(totals: StoreTotals): void
  /** Chunks that a sweep has removed. */
  swept(chunks: ChunkId[]): Promise<void>
  failed(message: string): void
  /** The power goes in the middle of a call. */
  powerCut(): void
  /** Puts a fault in. */
  planted?: ((calls: StoreCalls) => StoreCalls) | undefined
  losesFlushes: boolean
}

/**
 * The block store on one device's disk: the real one over a database in memory, which a crash leaves at its last commit, and files that
 * lose what was not flushed.
 */
export class SimStore {
  readonly #dice: Dice
  readonly #sealing: FolderSealing
  readonly #now: () => number
  #db!: Database
  #table!: StoreDatabase
  #files!: SimBlockFiles
  /** Rows written by this connection, which is the only one. */
  #changes!: Query<[number]>
  #serial = 0
  /** Chunks whose blocks were damaged from outside, and not seen whole since. */
  readonly #spoiled = new Set<ChunkId>()
  /** Which chunk a block gives, by its digest, which tells all of its bytes. */
  readonly #opened = new Map<string, ChunkId | null>()
  /** What could be read when it was looked last, and what tells whether that is so still. */
  #sound: { state: string; chunks: ReadonlySet<ChunkId> } = { state: '', chunks: new Set() }
  /** While set, nothing more can be written. */
  full = false
  /** The power goes after so many steps. */
  cutAfter: number | null = null

  constructor(dice: Dice, sealing: FolderSealing, now: () => number) {
    this.#dice = dice
    this.#sealing = sealing
    this.#now = now
    this.lose()
  }

  /** Its directory is empty: as on a new disk. */
  lose(): void {
    if (this.#serial > 0) this.#db.abandon()
    this.#db = emptyDatabase(storeSchema)
    this.#table = new StoreDatabase(this.#db)
    this.#changes = this.#db.query('SELECT total_changes()')
    this.#files = new SimBlockFiles(this.#now, this.#dice)
    this.#serial++
    this.#spoiled.clear()
  }

  /** Tells the database from the one before. */
  get database(): string {
    return String(this.#serial)
  }

  /** Was one lost before? */
  get isAnother(): boolean {
    return this.#serial > 1
  }

  close(): void {
    this.#db.abandon()
  }

  cut(): void {
    this.cutAfter = null
    this.#files.cut()
  }

  /** The store as one run of the device has it: one call after another, as in its thread. */
  connect(boot: Boot, hooks: StoreHooks): StoreCalls {
    const table = this.#table
    const { random } = this.#dice
    const step = (): void => {
      if (this.cutAfter === null || --this.cutAfter >= 0) return
      this.cutAfter = null
      hooks.powerCut()
    }
    const files = this.#files.connect(boot, step, hooks.losesFlushes)
    const blocks = new BlockStore({ table, files }, { small: SMALL })
    const chunks = new SealedChunks({ blocks, table, random, database: this.database })
    const [mending, swept] = [new Mending({ blocks, table }), new SweptBlocks({ blocks, table, files })]
    const looking: Pick<StoreCalls, 'fault' | 'inspect' | 'inspectSegments' | 'missing' | 'orphans' | 'rebuild'> = {
      fault: () => Promise.resolve(null),
      inspect: (part) => inspectBlocks({ table, files, random }, part),
      inspectSegments: async (after, part) => inspectSegments({ segments: table.segments, random }, after, part),
      missing: (after, count) => missingBlocks({ table, files }, after, count),
      orphans: () => orphansOf(table, files),
      rebuild: () => Promise.reject(new Error('nothing is wrong with the database')),
    }
    const room = { hasRoom: () => !this.full }
    const segments = new HeldSegments({ table, ...room })
    const foreign = new ForeignBlocks({ blocks, table, segments, ...room })
    const parts = [looking, mending, swept, foreign, segments, chunks]
    const real = new Proxy(Object.create(null) as StoreCalls, {
      get: (_, verb) => {
        const part = parts.find((each) => verb in each)
        if (part === undefined) return undefined
        return (Reflect.get(part, verb) as (...args: unknown[]) => unknown).bind(part)
      },
    })
    const calls = hooks.planted?.(real) ?? real
    const queue = new Queue()
    let told = ''
    return through<StoreCalls>(calls, (verb, args, run) =>
      queue.run(() =>
        boot.call(`store.${verb}`, async () => {
          if (verb === 'seal' && this.full) throw Object.assign(new Error('the disk of the store is full'), { code: 'ENOSPC' })
          const before = verb === 'sweep' ? this.#names() : []
          const result = await run()
          if (verb === 'sweep') await hooks.swept(this.#gone(before))
          if (verb === 'read') this.#checkRead(args[1] as Uint8Array, result as (Uint8Array | null)[], hooks)
          if (!COUNTED.has(verb)) return result
          const totals = await chunks.totals()
          if (told !== JSON.stringify(totals)) hooks.counted(totals)
          told = JSON.stringify(totals)
          return result
        }),
      ),
    )
  }

  /** The chunks that anybody with the key could read out of it, as it lies there. */
  sound(): ReadonlySet<ChunkId> {
    const state = `${this.#serial} ${this.#changes.get()![0]} ${this.#files.changes}`
    if (this.#sound.state !== state) this.#sound = { state, chunks: this.#look() }
    for (const chunk of this.#sound.chunks) this.#spoiled.delete(chunk)
    return this.#sound.chunks
  }

  #look(): Set<ChunkId> {
    const found = new Set<ChunkId>()
    for (const digest of this.#digests()) {
      const chunk = this.#readable(digest)
      if (chunk !== null) found.add(chunk)
    }
    return found
  }

  /** Index segments, as they lie there. */
  segments(): ReturnType<StoreDatabase['segments']['page']> {
    return this.#table.segments.page(0, 1_000_000)
  }

  /** Chunks that are not there by no fault of the store. */
  get spoiled(): ReadonlySet<ChunkId> {
    return this.#spoiled
  }

  /** As it is noted, but for what was damaged from outside. */
  has(chunk: ChunkId): boolean {
    return !this.#spoiled.has(chunk) && this.#table.blockOf(this.#sealing.folder, chunk) !== undefined
  }

  /** What is left of the damaged block of a chunk, for a planted fault alone. */
  left(chunk: ChunkId): Uint8Array | null {
    const digest = this.#digests().find((each) => this.#table.sealOf(each)?.chunk === chunk)
    if (digest === undefined || !this.#spoiled.has(chunk)) return null
    return this.#table.block(digest)?.bytes ?? this.#files.bytes(toHex(digest))
  }

  /** Damages one of the blocks, in one of several ways, or an index segment; false where there is none. */
  rot(): boolean {
    const segments = this.#db.query<[number, Uint8Array]>('SELECT number, bytes FROM segments').all()
    if (segments.length > 0 && this.#dice.chance(0.3)) {
      const [number, bytes] = this.#dice.pick(segments)
      this.#db.command('UPDATE segments SET bytes = ? WHERE number = ?')(this.#spoilt(bytes) ?? new Uint8Array(0), number)
      return true
    }
    const digests = this.#digests().filter((digest) => this.#table.has(digest))
    if (digests.length === 0) return false
    const digest = this.#dice.pick(digests)
    const name = toHex(digest)
    const inRow = this.#table.block(digest)?.bytes ?? null
    const whole = inRow ?? this.#files.bytes(name)
    if (whole === null) return false
    const seal = this.#table.sealOf(digest)
    if (seal !== null) this.#spoiled.add(seal.chunk)
    const bytes = this.#spoilt(whole)
    if (inRow === null) this.#files.spoil(name, bytes)
    else this.#db.command('UPDATE blocks SET bytes = ? WHERE digest = ?')(bytes ?? new Uint8Array(0), digest)
    return true
  }

  /** null: gone. */
  #spoilt(whole: Uint8Array): Uint8Array | null {
    const bytes = new Uint8Array(whole)
    switch (this.#dice.pick(['flipped', 'flipped', 'cut', 'zeroed', 'exchanged', 'gone'] as const)) {
      case 'flipped':
        bytes[this.#dice.between(0, bytes.length - 1)]! ^= 1 << this.#dice.between(0, 7)
        return bytes
      case 'cut':
        return bytes.slice(0, this.#dice.between(0, bytes.length - 1))
      case 'zeroed':
        return bytes.fill(0)
      case 'exchanged': {
        const other = this.#files.names.find((name) => !sameBytes(this.#files.bytes(name)!, whole))
        return other === undefined ? bytes.fill(0) : new Uint8Array(this.#files.bytes(other)!)
      }
      case 'gone':
        return null
    }
  }

  #digests(): Uint8Array[] {
    return this.#table.page(new Uint8Array(0), 1_000_000)
  }

  #readable(digest: Uint8Array): ChunkId | null {
    const seal = this.#table.sealOf(digest)
    const bytes = this.#table.block(digest)?.bytes ?? this.#files.bytes(toHex(digest))
    if (seal === null || bytes === null || !sameBytes(blockDigest(bytes), digest)) return null
    const name = toHex(digest)
    const known = this.#opened.get(name)
    if (known !== undefined) return known
    const chunk = this.#open(bytes, seal.chunk)
    this.#opened.set(name, chunk)
    return chunk
  }

  #open(bytes: Uint8Array, id: ChunkId): ChunkId | null {
    const { folder, idKey, keys } = this.#sealing
    try {
      const chunk = openBlock(bytes, { folder, chunk: id }, (name) => keys.find(({ id }) => toHex(id) === name)?.key)
      return chunkId(idKey, chunk) === id ? id : null
    } catch {
      return null
    }
  }

  #names(): ChunkId[] {
    return this.#table.chunks(this.#sealing.folder, '', 1_000_000)
  }

  #gone(before: readonly ChunkId[]): ChunkId[] {
    const after = new Set(this.#names())
    return before.filter((chunk) => !after.has(chunk))
  }

  /** What is damaged is never given. */
  #checkRead(ids: Uint8Array, chunks: readonly (Uint8Array | null)[], { failed }: StoreHooks): void {
    chunks.forEach((bytes, at) => {
      const id = toHex(ids.subarray(at * 32, at * 32 + 32))
      if (bytes !== null && chunkId(this.#sealing.idKey, bytes) !== id)
        failed(`promise 1: a store gave ${bytes.length} bytes for the chunk ${id.slice(0, 8)} that are not that chunk`)
    })
  }
}

async function orphansOf(table: StoreDatabase, files: BlockFilesPort): Promise<Uint8Array> {
  const all = await files.in((await files.directories())[0]!)
  return Buffer.concat(
    all.flatMap(({ path, digest }) => (digest === null || table.block(digest) !== undefined ? [] : [fromHex(path)])),
  )
}
