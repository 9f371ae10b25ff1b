import {
  batchHash,
  batchHeader,
  byDot,
  deviceIdOf,
  encodeBatch,
  encodeRecord,
  folderIdOf,
  mergeVectors,
  NO_BATCH,
  packChunks,
  publicKeyOf,
  recordHash,
  signBatch,
  signingKey,
  toHex,
  versionIdOf,
  type ChunkId,
  type ChunkRef,
  type Dot,
  type VersionBody,
} from '#model'

const key = signingKey(Uint8Array.from({ length: 32 }, (_, at) => at))
export const author = deviceIdOf(publicKeyOf(key))
export const folder = folderIdOf(Uint8Array.from({ length: 16 }, (_, at) => 0x10 + at))
export const epoch = Date.UTC(2026, 0, 1) * 1024
const other = deviceIdOf(new Uint8Array(32).fill(0xbb))

function chunk(byte: number, length: number): ChunkRef {
  return { id: toHex(new Uint8Array(32).fill(byte)) as ChunkId, length }
}

const plain = {
  mode: 0,
  mtime: 0,
  size: 0,
  hlc: epoch + 3,
  vector: [[author, epoch + 3]] as const,
  chunker: 0,
  chunks: new Uint8Array(0),
  manifest: false,
  target: '',
}

/** One record of each kind, and a file whose chunks are in a manifest. */
export const bodies: VersionBody[] = [
  {
    ...plain,
    kind: 'file',
    path: 'Grüße/a b.txt',
    mode: 0o644,
    mtime: Date.UTC(2025, 11, 31, 23, 59, 59) * 1000 + 123_456,
    size: 300,
    chunker: 1,
    chunks: packChunks([chunk(0xc1, 100), chunk(0xc2, 200)]),
    vector: mergeVectors([[other, 7]], [[author, epoch + 3]]),
    beside: (
      [
        [other, 5],
        [other, 6],
        [author, epoch + 1],
      ] satisfies Dot[]
    ).toSorted(byDot),
  },
  {
    ...plain,
    kind: 'file',
    path: 'large.bin',
    mode: 0o755,
    mtime: -1_000_000,
    size: 2 ** 30,
    chunker: 2,
    chunks: packChunks([chunk(0xd1, 36 * 1024)]),
    manifest: true,
  },
  { ...plain, kind: 'directory', path: 'Grüße', mode: 0o700 },
  { ...plain, kind: 'symlink', path: 'link', mtime: 1, target: '../elsewhere' },
  { ...plain, kind: 'tombstone', path: 'gone' },
]

/** What these become now: to be the same for ever. */
export function madeNow(): {
  records: Record<string, { bytes: string; id: string }>
  batch: string
  header: string
  hash: string
  withoutBody: string
} {
  const encoded = bodies.map(encodeRecord)
  const hashes = encoded.map((bytes, at) => recordHash(folder, { author, epoch, seq: at + 1 }, bytes))
  const unsigned = { folder, author, epoch, first: 1, prev: NO_BATCH, records: encoded.map((body) => ({ body })) }
  const header = batchHeader(unsigned)
  const forgotten = { ...unsigned, records: unsigned.records.map((record, at) => (at === 2 ? { hash: hashes[at]! } : record)) }
  return {
    records: Object.fromEntries(
      encoded.map((bytes, at) => [bodies[at]!.path, { bytes: toHex(bytes), id: versionIdOf(hashes[at]!) }]),
    ),
    batch: toHex(encodeBatch(signBatch(unsigned, key))),
    header: toHex(header),
    hash: toHex(batchHash(header)),
    withoutBody: toHex(encodeBatch(signBatch(forgotten, key))),
  }
}
