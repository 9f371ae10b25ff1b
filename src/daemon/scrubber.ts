import { every, HoldfastError, sleep, type Clock, type Logger, type Timer } from '#base'
import type { DeviceStore } from '#db'
import { scrubBlocks, type FolderSealing, type Scrubbed, type ScrubStep, type StoreUpkeep, type ThreadedStore } from '#store'
import type { Healing, Mender } from './mender.ts'

const DAY_MS = 24 * 60 * 60_000
/** How often it is looked whether a pass is due, and how long after the start at the earliest. */
const LOOK_MS = 60 * 60_000
const START_MS = 60_000
/** A pass that did not end is gone on with by a command that comes within this time of its beginning. */
const GO_ON_MS = DAY_MS
/** Rest after each step, in parts of the time it took: where somebody waits, and where nobody does; more while sync is at work. */
const REST_ASKED = { idle: 0.1, busy: 4 }
const REST_ALONE = { idle: 4, busy: 16 }
/** The setting that a pass is kept in. */
const KEY = 'scrub'

/** A pass, as it is kept: it goes on where it was. */
interface Pass {
  /** When the last one ended, ms; before the first, since when there is something to read. */
  ended: number
  /** At least one has ended. Left out: that is not so, as far as is known. */
  hasEnded?: true
  /** null: none has begun since. */
  begun: number | null
  /** A digest in hex. */
  after: string
  checked: number
}

export interface ScrubProgress {
  checked: number
  blocks: number
  damaged: number
}

export interface ScrubberParts {
  blocks: StoreUpkeep & Pick<ThreadedStore, 'totals'>
  mender: Mender
  sealings(): readonly FolderSealing[]
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  clock: Clock
  logger: Logger
  /** Between two passes that nobody asked for; 0: there are none. */
  days(): number
  /** Is sync at work? It goes first. */
  isBusy(): boolean
  progress(now: ScrubProgress): void
}

/** Reads all blocks again and again, slowly, or at once where somebody asks for it. */
export class Scrubber {
  readonly #parts: ScrubberParts
  readonly #stop = new AbortController()
  #running: { isAsked: boolean; end(): void; ended: Promise<unknown> } | null = null
  #timers: Timer[] = []

  constructor(parts: ScrubberParts) {
    this.#parts = parts
  }

  start(): void {
    const { clock, logger } = this.#parts
    const failed = (error: unknown): void => logger.warn({ error }, 'the store could not be scrubbed')
    this.#timers = [
      every(clock, LOOK_MS, () => this.#whenDue(), failed),
      clock.after(START_MS, () => void this.#whenDue().catch(failed), { idle: true }),
    ]
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel()
    this.#stop.abort(new HoldfastError('offline', 'the daemon is being stopped', { reason: 'stopping' }))
    await this.#running?.ended
  }

  /** Reads all blocks, or a part (0 to 1) taken at random, and heals what is damaged as far as it can be now. */
  async scrub(part: number, signal: AbortSignal): Promise<Healing & { checked: number }> {
    for (let running = this.#running; running !== null; running = this.#running) {
      if (running.isAsked)
        throw new HoldfastError('exists', 'the store is being scrubbed already', {
          reason: 'runs-already',
          hint: 'wait until that has ended',
        })
      running.end()
      await running.ended
    }
    return this.#run(part, true, signal)
  }

  /** When all blocks were read last, ms; null where they never were. */
  async last(): Promise<number | null> {
    const { ended, hasEnded } = await this.#pass()
    return hasEnded === true ? ended : null
  }

  async #whenDue(): Promise<void> {
    const { clock, days } = this.#parts
    const pass = await this.#pass()
    const isDue = pass.begun !== null || (days() > 0 && Math.abs(clock.now() - pass.ended) >= days() * DAY_MS)
    if (isDue && this.#running === null && !this.#stop.signal.aborted) await this.#run(1, false)
  }

  /** A pass, unless another one is under way; rejects when it is to end. */
  #run(part: number, isAsked: boolean, signal?: AbortSignal): Promise<Healing & { checked: number }> {
    const { mender } = this.#parts
    const end = new AbortController()
    const signals = AbortSignal.any([this.#stop.signal, end.signal, ...(signal === undefined ? [] : [signal])])
    const work = async (): Promise<Healing & { checked: number }> => {
      const pass = part < 1 ? null : await this.#begin(isAsked)
      if (isAsked) mender.collect()
      try {
        const { found, segments, checked } = await this.#read(part, pass, isAsked, signals)
        mender.lostSegments(segments)
        const healing = await mender.heal(found, part === 1, signals)
        if (pass !== null) await this.#keep({ ...pass, ended: this.#parts.clock.now(), hasEnded: true, begun: null })
        return { checked, ...healing }
      } finally {
        if (isAsked) mender.collected()
      }
    }
    const result = work()
    const ended = result.then(
      () => undefined,
      () => undefined,
    )
    this.#running = { isAsked, ended, end: () => end.abort(new HoldfastError('exists', 'another scrub takes its place')) }
    void ended.then(() => (this.#running = null))
    return result
  }

  async #read(part: number, pass: Pass | null, isAsked: boolean, signal: AbortSignal): Promise<Scrubbed & { checked: number }> {
    const { blocks, sealings, clock, logger, isBusy, progress } = this.#parts
    const { blocks: there } = await blocks.totals()
    const before = pass?.checked ?? 0
    let checked = before
    let started = clock.monotonic()
    const rest = isAsked ? REST_ASKED : REST_ALONE
    const step = async (at: ScrubStep): Promise<void> => {
      checked = before + at.checked
      progress({ checked, blocks: Math.max(Math.round(there * part), checked), damaged: at.damaged })
      if (pass !== null && at.after !== null) await this.#keep({ ...pass, after: at.after, checked })
      if (at.damaged > 0) logger.debug({ ...at }, 'damaged blocks were found')
      const took = clock.monotonic() - started
      await sleep(clock, took * (isBusy() ? rest.busy : rest.idle), signal)
      started = clock.monotonic()
    }
    const rebuilt = (fault: string): void =>
      logger.warn({ fault }, "the store's database is damaged: what can be read of it is in a new one, the rest is got again")
    const scrubbed = await scrubBlocks(blocks, { after: pass?.after ?? '', part, sealings, step, rebuilt })
    signal.throwIfAborted()
    return { ...scrubbed, checked }
  }

  /** The pass to go on with, or a new one. */
  async #begin(isAsked: boolean): Promise<Pass> {
    const { clock, logger } = this.#parts
    const known = await this.#pass()
    const now = clock.now()
    const goesOn = known.begun !== null && (!isAsked || Math.abs(now - known.begun) < GO_ON_MS)
    if (goesOn) {
      logger.info({ checked: known.checked }, 'scrubbing the store goes on')
      return known
    }
    const pass = { ...known, begun: now, after: '', checked: 0 }
    await this.#keep(pass)
    return pass
  }

  async #pass(): Promise<Pass> {
    const text = await this.#parts.store.setting(KEY)
    if (text !== null) return JSON.parse(text) as Pass
    // A new store has nothing that could have spoiled.
    const pass = { ended: this.#parts.clock.now(), begun: null, after: '', checked: 0 }
    await this.#keep(pass)
    return pass
  }

  #keep(pass: Pass): Promise<void> {
    return this.#parts.store.putSetting(KEY, JSON.stringify(pass))
  }
}
