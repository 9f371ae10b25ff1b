import { randomBytes, type KeyObject } from 'node:crypto'
import { openFolderIndex } from '#db'
import {
  batchHash,
  batchHeader,
  bumpVector,
  deviceIdOf,
  encodeBatch,
  encodeRecord,
  NO_BATCH,
  publicKeyOf,
  signBatch,
  signingKey,
  tickHlc,
  type DeviceId,
  type FolderId,
  type Vector,
  type VersionBody,
} from '#model'

const AUTHORS = 4
/** Of each path, but for the one that is edited all the time. */
const VERSIONS = 100
/** The part of all versions that is of that one path. */
const BUSY_PART = 1_000
const BATCH_RECORDS = 1_024
/** Batches taken in at once, as they come in one message. */
const PAGE = 8

/** An index's own device and folder, and its file. */
export interface IndexPlace {
  file: string
  folder: FolderId
  device: DeviceId
  seed: Uint8Array
}

export interface FilledHistory {
  versions: number
  /** Each with a hundred versions. */
  paths: string[]
  /** With a thousandth of all. */
  busy: string
}

/**
 * Fills a folder's index that nobody has open with `count` versions or somewhat more, by the way that all records of others take: signed
 * batches of several authors, who edit the same files in turns. Each file is deleted in the end, so that there is nothing to bring to a disk.
 */
export function fillHistory({ file, folder, device, seed }: IndexPlace, count: number): FilledHistory {
  const now = Date.now()
  const authors = Array.from({ length: AUTHORS }, () => new Author(folder, now))
  const index = openFolderIndex({ folder, device, seed, file, foldsCase: false, now })
  const writers = authors.map(({ id }) => ({ device: id }))
  let page: Uint8Array[] = []
  let written = 0
  const flush = (): void => {
    const { fault, records } = index.ingest(page, { now, writers })
    if (fault !== undefined) throw new Error(fault.message)
    written += records
    page = []
  }
  const write = (author: Author, bodies: readonly VersionBody[]): void => {
    for (let at = 0; at < bodies.length; at += BATCH_RECORDS) page.push(author.batch(bodies.slice(at, at + BATCH_RECORDS)))
    if (page.length >= PAGE) flush()
  }

  const paths = Array.from({ length: Math.ceil(count / VERSIONS) }, (_, at) => `projects/area-${at % 37}/some-report-${at}.txt`)
  const busy = 'projects/journal.txt'
  let hlc = tickHlc(0, now - 86_400_000)
  let vector: Vector = []
  for (let round = 0; round < VERSIONS; round++) {
    const author = authors[round % AUTHORS]!
    vector = bumpVector(vector, author.id, ++hlc)
    write(
      author,
      paths.map((path) => bodyOf(path, ++hlc, vector, round === VERSIONS - 1)),
    )
  }
  for (const author of authors) {
    const bodies: VersionBody[] = []
    for (let left = count / BUSY_PART / AUTHORS; left > 0; left--) {
      vector = bumpVector(vector, author.id, ++hlc)
      bodies.push(bodyOf(busy, hlc, vector, author === authors.at(-1) && left <= 1))
    }
    write(author, bodies)
  }
  flush()
  index.close()
  return { versions: written, paths, busy }
}

/** Writes one chain. */
class Author {
  readonly id: DeviceId
  readonly #key: KeyObject
  readonly #folder: FolderId
  readonly #epoch: number
  #next = 1
  #prev = NO_BATCH

  constructor(folder: FolderId, epoch: number) {
    this.#folder = folder
    this.#epoch = epoch
    this.#key = signingKey(randomBytes(32))
    this.id = deviceIdOf(publicKeyOf(this.#key))
  }

  batch(bodies: readonly VersionBody[]): Uint8Array {
    const records = bodies.map((body) => ({ body: encodeRecord(body).slice() }))
    const batch = { folder: this.#folder, author: this.id, epoch: this.#epoch, first: this.#next, prev: this.#prev, records }
    const header = batchHeader(batch)
    this.#next += records.length
    this.#prev = batchHash(header)
    return encodeBatch(signBatch(batch, this.#key, header)).slice()
  }
}

function bodyOf(path: string, hlc: number, vector: Vector, isLast: boolean): VersionBody {
  const plain = {
    path,
    vector,
    hlc,
    mode: 0,
    mtime: 0,
    size: 0,
    chunker: 0,
    chunks: new Uint8Array(0),
    manifest: false,
    target: '',
  }
  if (isLast) return { ...plain, kind: 'tombstone' }
  const size = 1_000 + (hlc % 8_000)
  const chunks = Buffer.alloc(36, `${hlc}`)
  chunks.writeUInt32LE(size, 32)
  return { ...plain, kind: 'file', mode: 0o644, mtime: Math.floor(hlc / 1024) * 1000, size, chunker: 1, chunks }
}
