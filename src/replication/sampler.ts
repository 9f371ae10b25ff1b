import { Queue, type Clock, type Logger, type Random } from '#base'
import type { FolderHistory } from '#db'
import type { DeviceId } from '#model'
import { keptUpTo } from './protection.ts'
import { AGAIN_MS, QuietWork, type Pace } from './quiet-work.ts'
import { isOwed, placesIn, sampleOf, type Claim, type Sample } from './sample.ts'

/** Chunks that are asked for each time that a device says it has more; and bytes, beyond which there is no further one. */
const SAMPLES = 3
const SAMPLE_BYTES = 1024 * 1024
/** Records among which they are looked for: of some there is nothing to be had. */
const PLACES = 24
/** What a device does not give is asked for again every so often, ms: it may have just replaced the file, and not told of it yet. */
const LOOK_AGAIN_MS = 1_000
/** So often one after another; then not as often. */
const MOST_SILENT = 5
/** After so long, ms, it is taken for one that does not have what it says; one that is at work on something, which may be of the same content, later. */
const ABSENT_MS = 5_000
const ABSENT_AT_WORK_MS = 3 * 60_000
/** What a device has said is looked into once more after so long, ms: it may have lost something. */
export const RENEW_MS = 24 * 60 * 60_000

/**
 * A chunk that is the right one; none there; another one. Or it could not be read now, or nothing came: a program may be writing to the file that it was
 * in, for hours, which tells nothing of all others.
 */
export type SampleAnswer = 'there' | 'absent' | 'wrong' | 'silent'

export interface SamplerParts extends Pace {
  device: DeviceId
  index: Pick<FolderHistory, 'recordsAt'>
  /** What is to be looked into; null: nothing, or it cannot be now. */
  claim(): Claim | null
  /** Does it say that it has all that it knows of? */
  isWhole(): boolean
  /** Is it a holder of that chunk (32 bytes)? */
  isHolderOf(chunk: Uint8Array): boolean
  /** Asks the device, and no other. Rejects where it is not connected any more. */
  ask(sample: Sample, signal: AbortSignal): Promise<SampleAnswer>
  /** It has what it was asked for: its claim counts. */
  counts(upTo: Claim['upTo']): void
  /** It does not: nothing that it says counts, until that is otherwise. */
  lies(): void
  clock: Clock
  random: Random
  logger: Logger
}

/** One that it does not have. */
interface Doubt {
  sample: Sample
  /** When it said so first, monotonic ms; long ago where it gave another one. */
  since: number
}

/** Looks into what another member says that it has: asks for some of that, behind sync, before its word counts. */
export class Sampler {
  readonly #parts: SamplerParts
  readonly #work: QuietWork
  readonly #looks = new Queue()
  #doubts: Doubt[] = []
  /** Looks in which it gave nothing, one after another. */
  #silent = 0
  /** When it is to be looked at again, monotonic ms. */
  #next = 0

  constructor(parts: SamplerParts) {
    const { device, clock, logger } = parts
    this.#parts = parts
    this.#work = new QuietWork({
      pace: parts,
      quietMs: 0,
      work: () => this.look(),
      failed: (error) => logger.debug({ device, error }, 'what a device says that it has could not be looked into'),
      clock,
    })
  }

  /** It may have said more. Cheap. */
  review(): void {
    if (this.isLooking) this.#work.review()
  }

  /** Is there something to look into now? */
  get isLooking(): boolean {
    const { claim, clock } = this.#parts
    return clock.monotonic() >= this.#next && claim() !== null
  }

  stop(): Promise<void> {
    return this.#work.stop()
  }

  /** Looks once, now. How long until it is to look again, ms, or null. Rejects where the device is not connected any more. */
  look(): Promise<number | null> {
    return this.#looks.run(() => this.#look())
  }

  async #look(): Promise<number | null> {
    const { claim: claimed, clock, counts, lies, isWhole } = this.#parts
    const claim = claimed()
    if (claim === null) return null
    let isGiven = await this.#ask(await this.#owed(this.#doubts))
    if (this.#doubts.length === 0) isGiven = await this.#ask(await this.#choose(claim))
    if (isGiven) {
      ;[this.#silent, this.#next] = [0, 0]
      counts(claim.upTo)
      return RENEW_MS
    }
    const patience = isWhole() ? ABSENT_MS : ABSENT_AT_WORK_MS
    const isLie = this.#doubts.some(({ since }) => clock.monotonic() - since >= patience)
    if (isLie) lies()
    const wait = isLie || this.#silent > MOST_SILENT ? AGAIN_MS : LOOK_AGAIN_MS
    this.#next = clock.monotonic() + wait
    return wait
  }

  /** Some of what a claim adds. */
  async #choose(claim: Claim): Promise<Doubt[]> {
    const { index, isHolderOf, random, clock } = this.#parts
    const items = await index.recordsAt(placesIn(claim, PLACES, random))
    const chosen: Doubt[] = []
    let bytes = 0
    for (const item of items) {
      const sample = sampleOf(item, isHolderOf, random)
      if (sample === null) continue
      bytes += sample.length
      if (chosen.length > 0 && bytes > SAMPLE_BYTES) break
      chosen.push({ sample, since: clock.monotonic() })
      if (chosen.length === SAMPLES) break
    }
    return chosen
  }

  /** Asks for some, and notes those that it does not have, and should. Does nothing tell that it has not what it says? */
  async #ask(of: readonly Doubt[]): Promise<boolean> {
    const { signal } = this.#work
    const ask = (): Promise<SampleAnswer[]> => Promise.all(of.map(({ sample }) => this.#parts.ask(sample, signal)))
    const answers = of.length === 0 ? [] : await this.#work.batch(ask)
    const not = of.flatMap(({ sample, since }, at) => {
      if (answers[at] === 'wrong') return [{ sample, since: -Infinity }]
      // What others supersede it may have forgotten by a policy of then, or given up: that it does not say.
      return answers[at] === 'absent' && sample.isHead ? [{ sample, since }] : []
    })
    this.#doubts = await this.#owed(not)
    const isSilent = answers.includes('silent') && !answers.includes('there')
    if (isSilent) this.#silent++
    return this.#doubts.length === 0 && !isSilent
  }

  /** Those that the device says to have, and that nothing has come in between of since. */
  async #owed(doubts: readonly Doubt[]): Promise<Doubt[]> {
    if (doubts.length === 0) return []
    const { index, claim, isHolderOf } = this.#parts
    const upTo = keptUpTo(claim()?.upTo ?? [])
    const owed: Doubt[] = []
    for (const doubt of doubts) {
      const { place, id } = doubt.sample
      const [item] = await index.recordsAt([place])
      if (isHolderOf(id) && isOwed(doubt.sample, upTo, item)) owed.push(doubt)
    }
    return owed
  }
}
