const KIB = 1024
const MIB = 1024 * KIB

/** Number of a parameter set below; it stands in every record and never changes its meaning. */
export type ChunkerId = 0 | 1 | 2 | 3

/** Chunks of one length each; the last may be shorter. */
export interface FixedChunker {
  kind: 'fixed'
  max: number
}

/** FastCDC: chunks of `min` to `max` bytes (the last may be shorter), about `normal` long, where 2 ** `bits` = `normal`. */
export interface ContentChunker {
  kind: 'fastcdc'
  min: number
  normal: number
  max: number
  bits: number
}

export type Chunker = FixedChunker | ContentChunker

/** The frozen table: a set that turns out wrong gets a successor with a number of its own. Lengths in bytes. */
export const CHUNKERS: Readonly<Record<ChunkerId, Readonly<Chunker>>> = {
  0: { kind: 'fixed', max: 64 * KIB },
  1: { kind: 'fastcdc', min: 32 * KIB, normal: 128 * KIB, max: 512 * KIB, bits: 17 },
  2: { kind: 'fastcdc', min: 256 * KIB, normal: MIB, max: 2 * MIB, bits: 20 },
  3: { kind: 'fixed', max: 256 * KIB },
}

/** No chunk of any chunker is longer: the bound for buffers and for what a peer may announce. */
export const MAX_CHUNK_LENGTH = 2 * MIB

/** Up to here a file is one chunk. */
const SMALL = 32 * KIB
/** From here on chunks are large, whatever the file is. */
const LARGE = 32 * MIB
/** How far a size may leave its class before the class changes: an edit must not cut the whole file anew. */
const SLACK = 2

/** Changed in place, by whole pages: content-defined cuts would only move with the data inside a page. */
const PAGED = extensions(
  'img iso dmg vmdk qcow qcow2 vdi vhd vhdx hdd raw sparsebundle sqlite sqlite3 db db3 mdb accdb mdf ldf ibd fdb pst ost kdbx',
)
/** Compressed or recorded: written once, hardly ever edited in the middle. */
const WRITTEN_ONCE = extensions(
  'mp4 m4v mkv webm avi mov mts m2ts mpg mpeg wmv flv vob mp3 m4a aac flac ogg opus wav wma aiff ' +
    'jpg jpeg heic heif png gif webp tif tiff raf cr2 cr3 nef arw dng orf rw2 ' +
    'zip 7z rar gz tgz bz2 xz zst jar apk deb rpm msi',
)

export function isChunkerId(value: unknown): value is ChunkerId {
  return value === 0 || value === 1 || value === 2 || value === 3
}

/**
 * The chunker for a new version of the file at `path`, `size` bytes long. A file keeps the chunker of its `previous`
 * version until its size is out of that class by more than a factor of two, so that edits share chunks with what came
 * before. Depends on nothing else: every device chooses alike. A number that is no chunker of ours counts as null.
 */
export function chooseChunker(path: string, size: number, previous: number | null = null): ChunkerId {
  const natural = naturalChunker(path, size)
  return isChunkerId(previous) && fits(previous, size) ? previous : natural
}

function naturalChunker(path: string, size: number): ChunkerId {
  if (size <= SMALL) return 0
  const extension = extensionOf(path)
  if (PAGED.has(extension)) return 3
  if (WRITTEN_ONCE.has(extension) || size >= LARGE) return 2
  return 1
}

function fits(chunker: ChunkerId, size: number): boolean {
  switch (chunker) {
    case 0:
      return size <= SMALL * SLACK
    case 1:
      return size > SMALL / SLACK && size < LARGE * SLACK
    case 2:
      return size >= LARGE / SLACK
    case 3:
      return size > SMALL / SLACK
  }
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase()
}

function extensions(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}
