import type { Clock, Logger, Random, Timer } from '#base'
import type { FolderId } from '#model'
import type { Group } from './own-group.ts'

/** What another member can do as well is left to it about this long: to give a device a secret, to make a data key. */
const OTHERS_FIRST_MS = 3_000

export interface SecretGiverParts {
  group: Group
  clock: Clock
  random: Random
  logger: Logger
}

/**
 * Asks for folders' secrets and data keys where this device was given rubbish, gives them to members that lack them, and makes data keys
 * that are due: at once for those that this device let in, and for its own folders that have none; otherwise a little later.
 */
export class SecretGiver {
  readonly #parts: SecretGiverParts
  #giving: Timer | null = null
  #making: Timer | null = null

  constructor(parts: SecretGiverParts) {
    this.#parts = parts
  }

  /** Looks whether someone lacks a secret, or a folder a data key; to be called whenever that may be so. */
  review(): void {
    const { group, logger } = this.#parts
    group.askAgain().catch((error: unknown) => logger.error({ error }, 'a folder secret could not be asked for'))
    const { lacking, due } = group
    if (lacking.length > 0) {
      const mine = lacking.some((device) => group.state.adder(device) === group.device)
      this.#giving ??= this.#after(mine, () => {
        this.#giving = null
        group.wrapMissing().catch((error: unknown) => logger.error({ error }, 'folder secrets could not be wrapped'))
      })
    }
    if (due.length > 0) {
      const isNew = (folder: FolderId): boolean => group.state.dataKeys(folder)?.all().length === 0
      const mine = group.state.folders.some(({ id, creator }) => creator === group.device && due.includes(id) && isNew(id))
      this.#making ??= this.#after(mine, () => {
        this.#making = null
        group.makeDataKeys().catch((error: unknown) => logger.error({ error }, 'a data key could not be made'))
      })
    }
  }

  stop(): void {
    this.#giving?.cancel()
    this.#making?.cancel()
  }

  #after(mine: boolean, run: () => void): Timer {
    const { clock, random } = this.#parts
    return clock.after(mine ? 0 : OTHERS_FIRST_MS * (1 + random.fraction()), run)
  }
}
