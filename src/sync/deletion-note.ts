import type { Clock, Logger } from '#base'
import type { Counted, DeletionGuard } from './deletion-guard.ts'
import type { RunningDeletions } from './running-deletions.ts'

/** As many paths are noted, the last to go first: a note is written anew with each few deletions. Of others the number is. */
const MOST_PATHS = 10_000

/** One text, durable when `write` resolves. */
export interface DeletionNotes {
  read(): Promise<string | null>
  write(text: string | null): Promise<void>
}

export interface DeletionNoteParts {
  guard: DeletionGuard
  running: RunningDeletions
  notes: DeletionNotes
  clock: Clock
  logger: Logger
}

/** What of deletions is to be known after a restart: all times are of the wall clock, ms. */
interface Note {
  version: 1
  heldSince: number | null
  /** When a run began that is not judged yet. */
  waitingSince: number | null
  passed: (Omit<Counted, 'marks'> & { marks: [mark: string, paths: string[]][] })[]
}

/**
 * Keeps what the guard knows over a restart: what went before the rest was too much comes back only as long as it is known, and the
 * user may decide days later.
 */
export class DeletionNote {
  readonly #parts: DeletionNoteParts
  #isLoaded = false
  /** What is noted, as far as it is: another number or time means that the note is old. */
  #noted: { changes: number; since: number | null; isEmpty: boolean } = { changes: 0, since: null, isEmpty: true }

  constructor(parts: DeletionNoteParts) {
    this.#parts = parts
  }

  /** To be called before anything is judged; does it once. */
  async load(): Promise<void> {
    if (this.#isLoaded) return
    const { guard, running, notes, clock } = this.#parts
    const note = readNote(await notes.read())
    this.#isLoaded = true
    if (note === null) return
    const { heldSince, waitingSince, passed } = note
    const latest = Math.max(heldSince ?? -Infinity, waitingSince ?? -Infinity, ...passed.map(({ at }) => at))
    // A wall clock that was set back meanwhile would have it last for as long as it was set back by.
    const shift = clock.monotonic() - Math.max(clock.now(), latest)
    const shifted = (time: number | null): number | null => (time === null ? null : time + shift)
    guard.resume(
      shifted(heldSince),
      passed.map(({ since, at, count, marks }) => ({ since: since + shift, at: at + shift, count, marks: new Map(marks) })),
    )
    if (waitingSince !== null) running.resume(waitingSince + shift)
    this.#noted = { changes: guard.changes, since: running.since, isEmpty: false }
  }

  /** To be called before deletions are written that the guard let pass, and after each look. Without a note they go on all the same. */
  async save(): Promise<void> {
    const { guard, running, notes, logger } = this.#parts
    if (!this.#isLoaded) return
    const { heldSince, passed } = guard.known
    const { changes } = guard
    const { since } = running
    const isEmpty = heldSince === null && since === null && passed.length === 0
    const { changes: before, ...noted } = this.#noted
    if (isEmpty ? noted.isEmpty : before === changes && noted.since === since) return
    try {
      await notes.write(isEmpty ? null : JSON.stringify(this.#note(heldSince, since, passed)))
      this.#noted = { changes, since, isEmpty }
    } catch (error) {
      logger.warn({ error }, 'deletions could not be noted: after a restart they are not known as one run with those that follow')
    }
  }

  #note(heldSince: number | null, since: number | null, passed: readonly Counted[]): Note {
    const { clock } = this.#parts
    const shift = clock.now() - clock.monotonic()
    const wall = (time: number): number => Math.round(time + shift)
    let room = MOST_PATHS
    const items = passed.toReversed().map((item) => {
      const isWhole = item.count <= room
      room -= isWhole ? item.count : room
      return { since: wall(item.since), at: wall(item.at), count: item.count, marks: isWhole ? [...item.marks] : [] }
    })
    return {
      version: 1,
      heldSince: heldSince === null ? null : wall(heldSince),
      waitingSince: since === null ? null : wall(since),
      passed: items.toReversed(),
    }
  }
}

/** null where there is none, or one of a version that this one does not know. */
function readNote(text: string | null): Note | null {
  const note = JSON.parse(text ?? 'null') as Note | null
  return note?.version === 1 ? note : null
}
