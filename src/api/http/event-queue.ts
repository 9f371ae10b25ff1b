import type { ApiEvent } from '../contract/index.ts'

/** Events a client may be behind before it is told to ask for everything again. */
export const MAX_QUEUED_EVENTS = 500

/** What one listener has still to be sent. It never grows beyond its limit: a slow listener loses events, and learns so. */
export class EventQueue {
  readonly #limit: number
  #events: ApiEvent[] = []

  constructor(limit: number = MAX_QUEUED_EVENTS) {
    this.#limit = limit
  }

  push(event: ApiEvent): void {
    if (this.#events.length < this.#limit) this.#events.push(event)
    else this.#events = [{ event: 'resync', data: {} }]
  }

  /** All that waits, as the text of a server-sent event stream; '' when nothing does. */
  take(): string {
    const text = this.#events.map(({ event, data }) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join('')
    this.#events = []
    return text
  }
}
