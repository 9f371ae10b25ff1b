import type { FolderId } from '#model'
import type { FolderSealing } from './folder-sealing.ts'
import type { SegmentPlace } from './sealed-segments.ts'

/** Some of the blocks, to be read and compared with what they should be. */
export interface InspectPart {
  /** Those whose digests come after it, in hex; '' from the first. */
  after: string
  /** So many bytes and blocks at most, but for a last one. */
  bytes: number
  blocks: number
  /** Of all blocks so many, 0 to 1, taken at random. */
  part: number
  /** Of all folders whose keys are here: their blocks are opened. */
  sealings: readonly FolderSealing[]
}

export interface Inspected {
  /** Blocks that were read. */
  checked: number
  /** Digests, 32 bytes each, of those that are not what they should be. */
  suspects: Uint8Array
  /** Where to go on, in hex; null where there are no more. */
  next: string | null
}

/** Segments, of which some are not what they should be. */
export interface InspectedSegments {
  checked: number
  suspects: SegmentPlace[]
  /** Where to go on; null where there are no more. */
  next: number | null
}

/** What a store is kept whole by. Digests and ids are packed, 32 bytes each. */
export interface StoreUpkeep {
  /** What is wrong with the database as it is on the disk; null: nothing that it tells. Changes nothing, and keeps no other call waiting. */
  fault(): Promise<string | null>
  /** Reads blocks from the disk, damaged ones left out. Changes nothing, and keeps no other call waiting. Rejects where the database fails. */
  inspect(part: InspectPart): Promise<Inspected>
  /** The same of index segments: some after the one of that number, of all so many (0 to 1), taken at random. */
  inspectSegments(after: number, part: number): Promise<InspectedSegments>
  /**
   * Of the blocks that are in files, those after `after` (a digest in hex; '': from the first), `blocks` of them: the suspects are those whose files
   * are not there, or not as long as they were; none is read. Changes nothing, and keeps no other call waiting.
   */
  missing(after: string, blocks: number): Promise<Inspected>
  /** The digests of files that no row is of. Changes nothing, and keeps no other call waiting. */
  orphans(): Promise<Uint8Array>
  /** Marks blocks as damaged, by their digests. The chunks that they were of. */
  condemn(digests: Uint8Array): Promise<DamagedChunks[]>
  /** Removes those of these segments that are not what they should be; what is left of them is put aside. Which. */
  dropSegments(suspects: readonly SegmentPlace[]): Promise<SegmentPlace[]>
  /** Looks again at the files of damaged blocks: a disk that was away, or could not be read, may be there again. */
  absolve(sealings: readonly FolderSealing[]): Promise<void>
  /** Takes files without a row for the blocks that they are, where a folder's keys tell of which chunk. How many. */
  adopt(digests: Uint8Array, sealings: readonly FolderSealing[]): Promise<number>
  /** Makes a new database out of what can be read of this one, which is put aside. The chunks of blocks that are damaged and not in it. */
  rebuild(): Promise<DamagedChunks[]>
  /** The chunks whose blocks are damaged. */
  damaged(): Promise<DamagedChunks[]>
  /** Forgets damaged blocks of chunks that nobody needs here. */
  dropDamaged(folder: FolderId, ids: Uint8Array): Promise<void>
}

export interface DamagedChunks {
  folder: FolderId
  ids: Uint8Array
}
