import type { Logger } from '#base'
import type { Group } from '#peers'

export interface OwnPledgeParts {
  group: Group
  /** What the user has set here. */
  bytes(): number
  logger: Logger
}

/** Has the group's log say what this device pledges: after a start, a change, and when it has come into another group. */
export class OwnPledge {
  readonly #parts: OwnPledgeParts

  constructor(parts: OwnPledgeParts) {
    this.#parts = parts
  }

  /** To be called before the group is loaded. */
  start(): void {
    const { group, logger } = this.#parts
    const failed = (error: unknown): void => logger.warn({ error }, 'the group could not be told what this device pledges')
    group.on('changed', () => void this.tell().catch(failed))
  }

  /** Durable when it resolves. */
  async tell(): Promise<void> {
    const { group, bytes } = this.#parts
    if (group.state.pledge(group.device) !== bytes()) await group.say({ kind: 'device.pledge', bytes: bytes() })
  }
}
