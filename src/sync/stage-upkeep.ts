import type { Clock } from '#base'
import type { FolderIndex } from '#db'
import type { FolderDisk } from '#folder'
import { isLive } from '#model'
import type { CleanStage } from './puller-parts.ts'

/** To-do rows read at once. */
const PAGE = 256
/** So much more room on a full disk is worth a try before its time: what programs write and remove all the time is not. */
const WORTH_A_TRY = 1024 * 1024

export interface StageUpkeepParts {
  index: Pick<FolderIndex, 'todo' | 'rows' | 'problems' | 'retry'>
  disk: Pick<FolderDisk, 'space'>
  clock: Clock
}

/**
 * Keeps the stage free of what nobody wants any more: parts of versions that were superseded before they had come. What was staged
 * of a version that is still wanted stays, so that its next try goes on from there.
 */
export class StageUpkeep {
  readonly #parts: StageUpkeepParts
  #looked = false
  /** What a full disk kept from coming, and the bytes that were free there at the last look. */
  #full: string[] = []
  #freeBytes = 0

  constructor(parts: StageUpkeepParts) {
    this.#parts = parts
  }

  /**
   * To be called when nothing is being pulled. `need`: entries that are still to come. True when a full disk has got room by it:
   * what it kept from coming has its time again.
   */
  async tidy(need: number, clean: CleanStage): Promise<boolean> {
    const { index, disk } = this.#parts
    const looked = this.#looked
    this.#looked = true
    if (need === 0) {
      this.#full = []
      await clean([])
      return false
    }
    const full = (await index.problems()).filter(({ code }) => code === 'full').map(({ path }) => path)
    if (this.#full.length === 0) this.#freeBytes = Infinity
    this.#full = full
    if (looked && full.length === 0) return false
    const before = await disk.space()
    await clean([...(await this.#wanted())])
    if (full.length === 0) return false
    const { freeBytes } = await disk.space()
    // What has got free since the last look for room is that look's to find.
    this.#freeBytes = Math.min(this.#freeBytes, freeBytes)
    if (freeBytes <= before.freeBytes) return false
    await index.retry(full)
    return true
  }

  /** Has a full disk got room since the last look, what it kept from coming has its time again. */
  async lookForRoom(): Promise<void> {
    if (this.#full.length === 0) return
    const { index, disk } = this.#parts
    const before = this.#freeBytes
    this.#freeBytes = (await disk.space()).freeBytes
    if (this.#freeBytes - before >= WORTH_A_TRY) await index.retry(this.#full)
  }

  /** Staged files go by the id of their version. Every path that is still to come is on the list now, or put off with a problem. */
  async #wanted(): Promise<Set<string>> {
    const { index, clock } = this.#parts
    const wanted = new Set<string>()
    const putOff = (await index.problems()).map(({ path }) => path)
    let after: string | null = null
    for (;;) {
      const due = await index.todo('change', PAGE, clock.now(), after)
      const rows = [...due, ...(await index.rows(putOff.splice(0, PAGE)))]
      if (rows.length === 0) return wanted
      after = due.at(-1)?.path ?? after
      for (const { heads } of rows) for (const head of heads) if (isLive(head)) wanted.add(head.id)
    }
  }
}
