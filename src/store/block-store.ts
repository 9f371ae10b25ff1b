import type { Blockstore, InputPair, Pair } from 'interface-blockstore'
import { NotFoundError } from 'interface-store'
import type { CID } from 'multiformats/cid'
import { HoldfastError, Queue } from '#base'
import { blockDigest } from '#content'
import { sameBytes, toHex, type ChunkId, type FolderId } from '#model'
import type { BlockFiles } from './block-files.ts'
import type { BlockTable, NewBlock, SealedChunk } from './block-table.ts'
import { cidOf, digestOf } from './cid.ts'
import type { Quarantine } from './quarantine.ts'

/** A batch of `putMany`: durable together. */
const BATCH_BYTES = 8 * 1024 * 1024
const BATCH_BLOCKS = 256
const PAGE = 1_000

interface AbortOptions {
  signal?: AbortSignal
}

export interface BlockStoreOptions {
  /** Blocks shorter than this, bytes, are kept in the database. */
  small: number
}

/** A block with the SHA-256 of its bytes, which the caller vouches for, and the chunk it was made of, if of any. */
export interface NamedBlock {
  digest: Uint8Array
  bytes: Uint8Array
  seal: SealedChunk | null
}

/**
 * The blocks on this device: small ones in the database, large ones in files. A block counts from the moment its row is there,
 * which is when all of it is durable. What is read is compared with its name: damaged blocks are never given, they are marked,
 * count as not here, and are replaced when they are put again.
 */
export class BlockStore implements Blockstore {
  readonly #table: BlockTable
  readonly #files: Pick<BlockFiles, 'write' | 'read' | 'remove'>
  readonly #quarantine: Quarantine | undefined
  readonly #options: BlockStoreOptions
  /** One after the other: the library cannot write a file twice at once, and what is removed must not be what was just written. */
  readonly #changes = new Queue()

  constructor(
    {
      table,
      files,
      quarantine,
    }: { table: BlockTable; files: Pick<BlockFiles, 'write' | 'read' | 'remove'>; quarantine?: Quarantine },
    options: BlockStoreOptions,
  ) {
    this.#table = table
    this.#files = files
    this.#quarantine = quarantine
    this.#options = options
  }

  has(cid: CID, options?: AbortOptions): boolean {
    options?.signal?.throwIfAborted()
    return this.#table.has(digestOf(cid))
  }

  /** Rejects with `corrupt` where the bytes are not those that the CID names. */
  async put(cid: CID, value: InputPair['bytes'], options?: AbortOptions): Promise<CID> {
    await this.add([await blockOf({ cid, bytes: value }, options)])
    return cid
  }

  async *putMany(source: Iterable<InputPair> | AsyncIterable<InputPair>, options?: AbortOptions): AsyncGenerator<CID> {
    let batch: { cid: CID; block: NamedBlock }[] = []
    let bytes = 0
    const store = async (): Promise<CID[]> => {
      const stored = batch
      batch = []
      bytes = 0
      await this.add(stored.map(({ block }) => block))
      return stored.map(({ cid }) => cid)
    }
    for await (const pair of source) {
      const block = await blockOf(pair, options)
      batch.push({ cid: pair.cid, block })
      bytes += block.bytes.length
      if (bytes >= BATCH_BYTES || batch.length >= BATCH_BLOCKS) yield* await store()
    }
    yield* await store()
  }

  /** Stores blocks that are not here; all are durable when this resolves. */
  add(blocks: readonly NamedBlock[]): Promise<void> {
    return this.#changes.run(async () => {
      const lacking = new Map<string, NamedBlock>()
      for (const block of blocks) if (!this.#table.has(block.digest)) lacking.set(toHex(block.digest), block)
      await this.#write([...lacking.values()])
    })
  }

  async *get(cid: CID, options?: AbortOptions): AsyncGenerator<Uint8Array> {
    options?.signal?.throwIfAborted()
    const block = await this.read(digestOf(cid))
    if (block === null) throw new NotFoundError(`there is no block ${cid.toString()} here`)
    options?.signal?.throwIfAborted()
    yield block
  }

  async *getMany(source: Iterable<CID> | AsyncIterable<CID>, options?: AbortOptions): AsyncGenerator<Pair> {
    for await (const cid of source) {
      options?.signal?.throwIfAborted()
      yield { cid, bytes: this.get(cid, options) }
    }
  }

  async *getAll(options?: AbortOptions): AsyncGenerator<Pair> {
    for (const digest of this.digests()) {
      options?.signal?.throwIfAborted()
      if (!this.#table.has(digest)) continue
      const cid = cidOf(digest)
      yield { cid, bytes: this.get(cid, options) }
    }
  }

  async delete(cid: CID, options?: AbortOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    await this.remove([digestOf(cid)])
  }

  async *deleteMany(source: Iterable<CID> | AsyncIterable<CID>, options?: AbortOptions): AsyncGenerator<CID> {
    for await (const cid of source) {
      await this.delete(cid, options)
      yield cid
    }
  }

  /** null: not here, or damaged, which is then noted. Rejects where the disk fails. */
  async read(digest: Uint8Array): Promise<Uint8Array | null> {
    const known = this.#table.block(digest)
    if (known === undefined || known.isDamaged) return null
    const bytes = known.bytes ?? (await this.#files.read(digest))
    if (bytes !== null && sameBytes(blockDigest(bytes), digest)) return bytes
    // Meanwhile it may have been removed, and need not be there.
    if (!this.#table.has(digest)) return null
    if (bytes !== null) await this.#quarantine?.take(digest, bytes)
    this.#table.markDamaged(digest)
    return null
  }

  /** Marks blocks that somebody has found to be damaged, or no seals of their chunks; what is left of them is put aside. */
  async condemn(digests: readonly Uint8Array[]): Promise<void> {
    for (const digest of digests) {
      const known = this.#table.block(digest)
      if (known === undefined || known.isDamaged) continue
      // Where the disk cannot read it, there is nothing to put aside.
      const bytes = known.bytes ?? (await this.#files.read(digest).catch(() => null))
      if (bytes !== null) await this.#quarantine?.take(digest, bytes)
    }
    this.#table.markDamaged(...digests)
  }

  /** Takes damaged blocks for sound ones whose files are as they were stored, and which `isSeal` says are what they are to be. */
  absolve(isSeal: (digest: Uint8Array, block: Uint8Array) => boolean): Promise<void> {
    return this.#changes.run(async () => {
      for (const digest of this.#table.damaged()) {
        if (this.#table.block(digest)?.bytes !== null) continue
        const block = await this.#files.read(digest).catch(() => null)
        if (block !== null && sameBytes(blockDigest(block), digest) && isSeal(digest, block)) this.#table.markSound(digest)
      }
    })
  }

  /** Takes files that have no row for the blocks that they are; those that are none of a chunk, by `sealOf`, or of one that is here, stay files. */
  adopt(digests: readonly Uint8Array[], sealOf: (block: Uint8Array) => SealedChunk | null): Promise<number> {
    return this.#changes.run(async () => {
      const adopted: NewBlock[] = []
      for (const digest of digests) {
        if (this.#table.block(digest) !== undefined) continue
        const bytes = await this.#files.read(digest)
        if (bytes === null || !sameBytes(blockDigest(bytes), digest)) continue
        const seal = sealOf(bytes)
        if (seal === null || this.#table.blockOf(seal.folder, seal.chunk) !== undefined) continue
        adopted.push({ digest, length: bytes.length, bytes: null, seal })
      }
      await this.#files.remove(this.#table.add(adopted))
      return adopted.length
    })
  }

  /** Forgets the damaged blocks of a folder's chunks. */
  dropDamaged(folder: FolderId, chunks: readonly ChunkId[]): Promise<void> {
    return this.#changes.run(() => this.#files.remove(this.#table.dropDamaged(folder, chunks)))
  }

  remove(digests: readonly Uint8Array[]): Promise<void> {
    return this.drop(() => this.#table.remove(digests))
  }

  /** Runs `take`, which removes rows, while no block is being stored or removed, and then removes the files it gives, by their digests. */
  drop(take: () => readonly Uint8Array[] | Promise<readonly Uint8Array[]>): Promise<void> {
    return this.#changes.run(async () => this.#files.remove(await take()))
  }

  /** The digests of all blocks, damaged ones too, in their order. */
  *digests(): Generator<Uint8Array> {
    let after: Uint8Array = new Uint8Array(0)
    for (;;) {
      const page = this.#table.page(after, PAGE)
      yield* page
      if (page.length < PAGE) return
      after = page.at(-1)!
    }
  }

  async #write(blocks: readonly NamedBlock[]): Promise<void> {
    if (blocks.length === 0) return
    const isSmall = ({ bytes }: NamedBlock): boolean => bytes.length < this.#options.small
    await this.#files.write(blocks.filter((block) => !isSmall(block)))
    const unused = this.#table.add(
      blocks.map((block) => ({
        digest: block.digest,
        length: block.bytes.length,
        bytes: isSmall(block) ? block.bytes : null,
        seal: block.seal,
      })),
    )
    await this.#files.remove(unused)
  }
}

async function blockOf({ cid, bytes }: InputPair, options?: AbortOptions): Promise<NamedBlock> {
  options?.signal?.throwIfAborted()
  const digest = digestOf(cid)
  const whole = bytes instanceof Uint8Array ? bytes : await gather(bytes)
  options?.signal?.throwIfAborted()
  if (!sameBytes(blockDigest(whole), digest))
    throw new HoldfastError('corrupt', `what was to be stored is not the block ${cid.toString()}`)
  return { digest, bytes: whole, seal: null }
}

async function gather(source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of source) pieces.push(piece)
  return Buffer.concat(pieces)
}
