import { Pace, type Clock, type Rate } from '#base'

/** What may pass at once after a pause, as a part of a second's. */
const BURST = 0.25

/** What is sent at once under a limit: what the limit allows in this time, at most so many bytes. Between two such pieces other devices have their turn. */
const SLICE_MS = 100
const MAX_SLICE_BYTES = 64 * 1024

/** How fast this device sends to all others together, and takes from them, over their bulk links; no limit at first. */
export class BulkLimits {
  readonly up: Pace
  readonly down: Pace

  constructor(clock: Clock) {
    this.up = new Pace(clock, rateOf(0))
    this.down = new Pace(clock, rateOf(0))
  }

  /** How much of what is under way is to be sent at once now. */
  get slice(): number {
    const { perSecond } = this.up
    return perSecond === 0 ? MAX_SLICE_BYTES : Math.min(Math.ceil((perSecond * SLICE_MS) / 1000), MAX_SLICE_BYTES)
  }

  /** Bytes a second, 0 for no limit; counts at once, also for what is under way. */
  set(up: number, down: number): void {
    if (up !== this.up.perSecond) this.up.limit(rateOf(up))
    if (down !== this.down.perSecond) this.down.limit(rateOf(down))
  }
}

function rateOf(perSecond: number): Rate {
  return { perSecond, burst: perSecond * BURST }
}
