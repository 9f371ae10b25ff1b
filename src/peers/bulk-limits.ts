import { Pace, type Clock, type Rate } from '#base'

/** What may pass at once after a pause, as a part of a second's. */
const BURST = 0.25

/** How fast this device sends to all others together, and takes from them, over their bulk links; no limit at first. */
export class BulkLimits {
  readonly up: Pace
  readonly down: Pace

  constructor(clock: Clock) {
    this.up = new Pace(clock, rateOf(0))
    this.down = new Pace(clock, rateOf(0))
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
