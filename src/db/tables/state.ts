import { adoptHlc, tickHlc, type DeviceId, type FolderId, type Hlc } from '#model'
import type { Command, Database, Query } from '../database.ts'

/** What changes in the totals by one change of a row. */
export interface Delta {
  entries?: number
  bytes?: number
  needEntries?: number
  needBytes?: number
  conflicts?: number
  problems?: number
  localEdits?: number
}

/** The numbers of the row, in the order of its columns; each is a property of State. */
const NUMBERS = [
  'folds',
  'epoch',
  'hlc',
  'revision',
  'stamp',
  'paths',
  'entries',
  'bytes',
  'needEntries',
  'needBytes',
  'conflicts',
  'problems',
  'localEdits',
  'kept',
  'seen',
] as const
const COLUMNS = `folder, device, ${NUMBERS.map((name) => name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`)).join(', ')}`

/** The single row of `state`, held in memory and written at the end of each transaction that changed it. */
export class State {
  folder = '' as FolderId
  device = '' as DeviceId
  folds = 0
  /** The epoch in which this device's next records go. */
  epoch = 0
  hlc: Hlc = 0
  /** The first epoch since the database was opened; not stored. */
  session = 0
  /** Grows with every stored batch. */
  revision = 0
  /** The last one handed out on the to-do list: an item has another whenever something about it has changed. */
  stamp = 0
  /** The last number that a path was given. */
  paths = 0
  entries = 0
  bytes = 0
  needEntries = 0
  needBytes = 0
  conflicts = 0
  problems = 0
  localEdits = 0
  /** The number of the last record whose content was looked after, or waits in `keeping`. */
  kept = 0
  /** The number of the last one that ever was; see Held. */
  seen = 0
  #changed = false
  readonly #load: Query<[string, string, ...number[]]>
  readonly #save: Command

  constructor(db: Database) {
    this.#load = db.query(`SELECT ${COLUMNS} FROM state`)
    this.#save = db.command(`INSERT OR REPLACE INTO state (one, ${COLUMNS}) VALUES (1, ?, ?${', ?'.repeat(NUMBERS.length)})`)
  }

  /** Reads the row again, forgetting what was not saved; false when there is none yet. */
  load(): boolean {
    this.#changed = false
    const row = this.#load.get()
    if (row === undefined) return false
    const [folder, device, ...numbers] = row
    this.folder = folder as FolderId
    this.device = device as DeviceId
    NUMBERS.forEach((name, at) => (this[name] = numbers[at] ?? 0))
    return true
  }

  save(): void {
    if (!this.#changed) return
    this.#save(this.folder, this.device, ...NUMBERS.map((name) => this[name]))
    this.#changed = false
  }

  /** Marks the row as changed; it is written at the end of the transaction. */
  touch(): void {
    this.#changed = true
  }

  /** The numbers that `add` changes. */
  get totals(): Required<Delta> {
    const { entries, bytes, needEntries, needBytes, conflicts, problems, localEdits } = this
    return { entries, bytes, needEntries, needBytes, conflicts, problems, localEdits }
  }

  add(delta: Delta): void {
    this.entries += delta.entries ?? 0
    this.bytes += delta.bytes ?? 0
    this.needEntries += delta.needEntries ?? 0
    this.needBytes += delta.needBytes ?? 0
    this.conflicts += delta.conflicts ?? 0
    this.problems += delta.problems ?? 0
    this.localEdits += delta.localEdits ?? 0
    this.touch()
  }

  /** The time of this device's next record, at the wall clock `now` (ms). */
  tick(now: number): Hlc {
    this.hlc = tickHlc(this.hlc, now)
    this.touch()
    return this.hlc
  }

  adopt(seen: Hlc, now: number): void {
    const hlc = adoptHlc(this.hlc, seen, now)
    if (hlc === this.hlc) return
    this.hlc = hlc
    this.touch()
  }

  /** Lets this device's next records go into an epoch after `seen`. */
  beginEpoch(seen: number, now: number): void {
    this.epoch = tickHlc(Math.max(this.epoch, seen), now)
    this.touch()
  }
}
