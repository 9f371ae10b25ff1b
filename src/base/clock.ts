import { HoldfastError } from './errors.ts'

/** Time as a port: real in the daemon, simulated in the cluster simulator. Nothing outside base/ reads the system's clock. */
export interface Clock {
  /** Wall clock, milliseconds since 1970; may jump. */
  now(): number
  /** Milliseconds since an arbitrary moment; never goes back. */
  monotonic(): number
  /**
   * Calls `run` once when `ms` have passed by `monotonic`, never earlier and never within this call; those of the same time in the
   * order they were asked for. The timer does not keep the process alive when `idle` is set.
   */
  after(ms: number, run: () => void, options?: { idle?: boolean }): Timer
}

export interface Timer {
  /** `run` is not called any more, even where its time has come; may be called at any time, and again. */
  cancel(): void
}

/** The system's timers take no more (25 days), and go off at once for what is. */
const MAX_TIMER_MS = 2 ** 31 - 1
/** They count whole milliseconds from the last full one, and so ring up to this much early. */
const EARLY_MS = 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run, options = {}) {
    let timer: NodeJS.Timeout
    const wait = (left: number): void => {
      const part = Math.min(left, MAX_TIMER_MS)
      timer = setTimeout(() => (left > part ? wait(left - part) : run()), part)
      if (options.idle === true) timer.unref()
    }
    wait(Math.ceil(Math.max(0, ms)) + EARLY_MS)
    return { cancel: () => clearTimeout(timer) }
  },
}

/** Resolves after `ms`, or rejects at once with the signal's reason when it aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error)
      return
    }
    const stop = (): void => {
      timer.cancel()
      reject(signal?.reason as Error)
    }
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Calls `run` every `ms` after the last call ended, until cancelled; a rejection goes to `failed`. */
export function every(clock: Clock, ms: number, run: () => Promise<void> | void, failed: (error: unknown) => void): Timer {
  let cancelled = false
  let timer: Timer
  const tick = (): void => {
    void (async () => {
      try {
        await run()
      } catch (error) {
        failed(error)
      }
      if (!cancelled) timer = clock.after(ms, tick, { idle: true })
    })()
  }
  timer = clock.after(ms, tick, { idle: true })
  return {
    cancel() {
      cancelled = true
      timer.cancel()
    },
  }
}

/** A signal that aborts with `timeout` after `ms`; for calls that take no clock. */
export function deadline(clock: Clock, ms: number): AbortSignal {
  const controller = new AbortController()
  clock.after(ms, () => controller.abort(new HoldfastError('timeout', `not done within ${ms} ms`)), { idle: true })
  return controller.signal
}
