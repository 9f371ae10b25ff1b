import { newTally } from '#replication'

/** Whether somebody waits for a folder's content to be where it is to be: then nothing waits for a quiet moment. And what was done for that. */
export class Haste {
  readonly tally = newTally()
  #waiting = 0

  readonly isAwaited = (): boolean => this.#waiting > 0

  /** Somebody waits, until the returned function is called. */
  begin(): () => void {
    this.#waiting++
    return () => void this.#waiting--
  }
}
