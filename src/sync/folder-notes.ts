import type { HoldfastError } from '#base'
import type { Activity, Authored, KeptEdit } from '#db'
import type { AppliedChange } from './applied-change.ts'
import type { FolderSyncParts } from './folder-parts.ts'
import { count } from './reasons.ts'

/** What keeps a folder from going on is tried every few seconds: met again within this long, ms, it is the same. */
const AGAIN_MS = 60_000

/** Notes what happens in a folder: in the activity list, and in the log what keeps it from going on. */
export class FolderNotes {
  readonly #parts: Pick<FolderSyncParts, 'clock' | 'logger' | 'activity' | 'took'>
  /** What last kept it from going on, and when; of the monotonic clock. */
  #fault = { message: '', at: -Infinity }

  constructor(parts: Pick<FolderSyncParts, 'clock' | 'logger' | 'activity' | 'took'>) {
    this.#parts = parts
  }

  authored({ paths }: Authored): void {
    this.#note(paths.map(({ path, kind, from }) => ({ event: kind, path, ...(from === undefined ? {} : { from }) })))
    this.kept(paths.flatMap(({ path, deletedBy: device }) => (device === undefined ? [] : [{ path, device }])))
  }

  /** A rename is a deletion to whoever edits at the old name. */
  kept(edits: readonly KeptEdit[]): void {
    this.#note(edits.map((edit) => ({ ...edit, event: 'kept', detail: 'edited here while it was deleted or renamed' })))
  }

  applied({ made, ...change }: AppliedChange): void {
    this.#note([change])
    if (made !== undefined && change.device !== null) this.#parts.took?.(change.device, made)
  }

  blocked(fault: HoldfastError): void {
    const { message, at } = this.#fault
    this.#fault = { message: fault.message, at: this.#parts.clock.monotonic() }
    if (message === fault.message && this.#fault.at - at < AGAIN_MS) return
    this.#parts.logger.warn({ code: fault.code, error: fault }, 'a folder cannot go on')
    this.#note([{ event: 'blocked', detail: fault.message }])
  }

  /** Deletions begin to wait for the user's word. */
  held(entries: number): void {
    this.#parts.logger.warn({ entries }, 'many entries vanished at once: their deletion is held until the user decides')
    this.#note([{ event: 'held', detail: `${count(entries, 'entry', 'entries')} vanished at once` }])
  }

  #note(items: (Partial<Omit<Activity, 'folder'>> & Pick<Activity, 'event'>)[]): void {
    const time = this.#parts.clock.now()
    this.#parts.activity(items.map((item) => ({ time, path: null, device: null, detail: '', ...item })))
  }
}
