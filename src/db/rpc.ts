import type { ErrorShape } from '#base'
import type { FolderId, StatTable } from '#model'
import type { IndexSettings } from './opening.ts'

/** A call to the database thread: of one of the objects it has opened, or of the one that opens them (target 0). */
export interface Request {
  id: number
  target: number
  method: string
  args: unknown[]
}

export type Reply = { id: number; value: unknown } | { id: number; error: ErrorShape }

export const OPENER = 0

/** What target 0 can do; each gives the number of a new target. */
export interface Opener {
  index(settings: IndexSettings): number
  device(file: string): number
  /** Closes what is open of a folder's index, and removes its file. */
  drop(folder: FolderId, file: string): void
  /** Gives back the memory that work has left behind. */
  rest(): void
  /** Closes everything. */
  close(): void
}

/** A StatTable is large and of no more use to its maker: its buffers are handed over. */
export function isStatTable(value: unknown): value is StatTable {
  return typeof value === 'object' && value !== null && 'stats' in value && value.stats instanceof Float64Array
}
