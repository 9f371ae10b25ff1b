import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 10
const NANOSECONDS = 1e6

/** Watches for how long the main thread is blocked at a time. */
export interface LoopMonitor {
  /** Milliseconds since the start, or since `reset`. */
  read(): { p99: number; max: number }
  stop(): void
}

export function monitorLoop(): LoopMonitor {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  return {
    // The histogram counts the whole time between two samples; what is beyond the sampling step is delay.
    read: () => ({ p99: delay(histogram.percentile(99)), max: delay(histogram.max) }),
    stop: () => void histogram.disable(),
  }
}

function delay(nanoseconds: number): number {
  return Math.max(0, Math.round((nanoseconds / NANOSECONDS - RESOLUTION_MS) * 100) / 100)
}
