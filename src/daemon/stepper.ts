import { sleep, type Clock } from '#base'

/** Rest after each step, in parts of the time it took: so much in the background, so much where somebody waits. */
const REST = 4
const REST_AWAITED = 0.25
/** Sync that is at work holds up each step so long at most, ms, unless somebody waits. */
const LONGEST_PAUSE_MS = 30_000
/** Between two looks at whether it is at work still, ms. */
const LOOK_MS = 500
/** Progress is told at most this often, ms. */
const PROGRESS_MS = 250

export interface StepperParts {
  clock: Clock
  progress(of: { done: number; total: number }): void
  /** Does somebody wait for it? */
  isAwaited(): boolean
  /** Is sync at work? It goes first. */
  isBusy(): boolean
}

/**
 * For long work in the background, to be called after each of its steps with how many blocks that was: rests in proportion to what was done since the last
 * call, and tells how far it has come of `total`; null: tells nothing. Rejects when `signal` aborts.
 */
export function stepper(
  { clock, progress, isAwaited, isBusy }: StepperParts,
  total: number | null,
  signal: AbortSignal,
): (blocks: number) => Promise<void> {
  let done = 0
  let since = clock.monotonic()
  let told = -Infinity
  return async (blocks) => {
    const now = clock.monotonic()
    done += blocks
    if (total !== null && now - told >= PROGRESS_MS) {
      told = now
      progress({ done: Math.min(done, total), total })
    }
    await sleep(clock, (now - since) * (isAwaited() ? REST_AWAITED : REST), signal)
    for (let waited = 0; isBusy() && !isAwaited() && waited < LONGEST_PAUSE_MS; waited += LOOK_MS)
      await sleep(clock, LOOK_MS, signal)
    since = clock.monotonic()
  }
}
