import type { Clock, Logger, Random, Timer } from '#base'
import type { Group } from './own-group.ts'

/** A device that another member can give a secret to is left to it about this long. */
const OTHERS_FIRST_MS = 3_000

export interface SecretGiverParts {
  group: Group
  clock: Clock
  random: Random
  logger: Logger
}

/** Asks for folders' secrets where this device was given rubbish, and gives them to members that lack them: at once those that this device let in, the others a little later. */
export class SecretGiver {
  readonly #parts: SecretGiverParts
  #timer: Timer | null = null

  constructor(parts: SecretGiverParts) {
    this.#parts = parts
  }

  /** Looks whether someone lacks a secret; to be called whenever that may be so. */
  review(): void {
    const { group, clock, random, logger } = this.#parts
    group.askAgain().catch((error: unknown) => logger.error({ error }, 'a folder secret could not be asked for'))
    const lacking = group.lacking
    if (this.#timer !== null || lacking.length === 0) return
    const mine = lacking.some((device) => group.state.adder(device) === group.device)
    this.#timer = clock.after(mine ? 0 : OTHERS_FIRST_MS * (1 + random.fraction()), () => {
      this.#timer = null
      group.wrapMissing().catch((error: unknown) => logger.error({ error }, 'folder secrets could not be wrapped'))
    })
  }

  stop(): void {
    this.#timer?.cancel()
  }
}
