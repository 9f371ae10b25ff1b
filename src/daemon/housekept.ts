import type { Swept } from '#history'
import type { Judged } from './drop-judge.ts'
import type { Undecided } from './folder-losses.ts'

/** What a run of housekeeping has done; in a dry run, what it would have. */
export interface Housekept extends Omit<Swept, 'obstacle'> {
  /** Versions; in a dry run, those that would be. What they alone need is not in the rest then. */
  forgotten: number
  /** Of them those that were lost. */
  lost: number
  /** What a look for what is lost could not tell, by folder. */
  undecided: (Undecided & { folder: string })[]
  /** Dropped from archives; `bytes` has theirs as well. */
  archivedFiles: number
  /** Files of blocks of which nobody here knows what they are, and which stay; in a dry run they are not looked for. */
  strays: { files: number; bytes: number }
  /** What could not be done, by folder. */
  obstacles: { folder: string; message: string }[]
  /** What devices that hold blocks of folders are to hold no longer. */
  elsewhere: (Judged & { folder: string })[]
}

export const NOTHING = { blocks: 0, bytes: 0, waitingBlocks: 0, waitingBytes: 0 }

export function add(total: Omit<Swept, 'obstacle'>, { blocks, bytes, waitingBlocks, waitingBytes }: Swept): void {
  total.blocks += blocks
  total.bytes += bytes
  total.waitingBlocks += waitingBlocks
  total.waitingBytes += waitingBytes
}
