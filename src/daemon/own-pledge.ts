import { statfsSync } from 'node:fs'
import type { Logger } from '#base'
import type { Group } from '#peers'
import type { Settings } from './settings.ts'

/** Of the free bytes of its disk a storage device pledges so much where its user has not said how much. */
const SHARE = 0.8

export interface OwnPledgeParts {
  group: Group
  settings: Pick<Settings, 'values' | 'isSet' | 'set'>
  home: string
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
    const { group, settings } = this.#parts
    // It is of no use to anybody without.
    if (this.#isStorage && !settings.isSet('pledge')) settings.set('pledge', this.#share())
    const bytes = settings.values.pledge
    if (group.state.pledge(group.device) !== bytes) await group.say({ kind: 'device.pledge', bytes })
  }

  #share(): number {
    const { bavail, bsize } = statfsSync(this.#parts.home)
    return Math.floor(bavail * bsize * SHARE)
  }

  get #isStorage(): boolean {
    const { device, state } = this.#parts.group
    return state.devices.some((each) => each.device === device && each.role === 'storage')
  }
}
