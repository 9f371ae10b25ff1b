import { HoldfastError } from '#base'
import type { FolderIndex } from '#db'
import type { Dice } from './dice.ts'

/** Calls that write, and so need room. */
const WRITING: ReadonlySet<string> = new Set<keyof FolderIndex>([
  'author',
  'ingest',
  'defer',
  'retry',
  'commit',
  'forgetArchived',
  'putManifestPieces',
  'revertLocal',
  'publishLocal',
])

/** A folder's database as the engine meets it on a disk that is full at times, and broken at times. What fails has not happened. */
export class FaultyDatabase {
  /** While set, nothing more can be written. */
  full = false
  /** So many calls are still to fail, at random. */
  broken = 0
  readonly #dice: Dice
  readonly #faults = new WeakSet<WeakKey>()

  constructor(dice: Dice) {
    this.#dice = dice
  }

  run<T>(method: string, work: () => T): T {
    if (this.full && WRITING.has(method)) throw this.#fault('full', 'the database cannot grow: the disk is full')
    if (this.broken > 0 && this.#dice.chance(0.2)) {
      this.broken--
      throw this.#fault('internal', 'the database cannot be read or written (disk I/O error)')
    }
    return work()
  }

  /** Is this one of its faults? */
  failed(error: unknown): boolean {
    return error instanceof HoldfastError && this.#faults.has(error)
  }

  #fault(code: 'full' | 'internal', message: string): HoldfastError {
    const fault = new HoldfastError(code, message)
    this.#faults.add(fault)
    return fault
  }
}
