import { createHistogram, performance } from 'node:perf_hooks'
import type { Clock, Timer } from '#base'

/** ms between samples while the thread has work, and while it has next to none: each sample wakes an idle computer. */
const BUSY_STEP = 10
const QUIET_STEP = 200
/** After so many samples of a busy thread it is asked whether it still is. */
const BUSY_SAMPLES = 300
/** Work in one quiet step, ms, that makes it worth a closer look. */
const QUIET_WORK = 10
/** The share of the time that a thread which is looked at closely must work to stay so. */
const BUSY_SHARE = 0.05
const MICROSECONDS = 1000

/** Watches for how long the main thread is blocked at a time. */
export interface LoopMonitor {
  /** Milliseconds since the start. */
  read(): { p99: number; max: number }
  stop(): void
}

export interface LoopMonitorParts {
  clock: Clock
  /** How long the thread has worked so far, ms. */
  worked(): number
}

/**
 * Samples how late a timer comes. Between two samples of a quiet thread a block may lie that no timer met; but it was not
 * longer than all work of that time, which counts in its place. So what `read` gives is never less than the truth.
 */
export function monitorLoop({ clock, worked }: LoopMonitorParts): LoopMonitor {
  const histogram = createHistogram({ lowest: 1, highest: 3_600_000 * MICROSECONDS, figures: 2 })
  let timer: Timer
  let step = BUSY_STEP
  let samples = 0
  let due = 0
  let workedBefore = worked()
  const wait = (): void => {
    due = clock.monotonic() + step
    timer = clock.after(step, sample, { idle: true })
  }
  const sample = (): void => {
    let delay = clock.monotonic() - due
    if (step === QUIET_STEP || ++samples === BUSY_SAMPLES) {
      const now = worked()
      const work = now - workedBefore
      workedBefore = now
      if (step === QUIET_STEP) delay = Math.max(delay, work)
      step = work > (step === QUIET_STEP ? QUIET_WORK : BUSY_SAMPLES * BUSY_STEP * BUSY_SHARE) ? BUSY_STEP : QUIET_STEP
      samples = 0
    }
    histogram.record(Math.max(1, Math.round(delay * MICROSECONDS)))
    wait()
  }
  wait()
  return {
    read: () => ({
      p99: Math.round(histogram.percentile(99) / (MICROSECONDS / 100)) / 100,
      max: histogram.count === 0 ? 0 : Math.round(histogram.max / (MICROSECONDS / 100)) / 100,
    }),
    stop: () => timer.cancel(),
  }
}

/** What this thread has worked, for `monitorLoop`. */
export function threadWork(): number {
  return performance.eventLoopUtilization().active
}
