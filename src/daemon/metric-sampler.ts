import { z } from 'zod'
import type { Clock, Logger, Timer } from '#base'
import type { DeviceStore } from '#db'
import { MetricSeries, type Figures, type SeriesRead } from './metric-series.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** How often the counters are read. */
const SAMPLE_MS = 15 * SECOND
/** So far the wall clock may go apart from the monotonic one between two readings, and so far apart may these be: else the device slept, or its clock was set. */
const LEAP_MS = 2 * SECOND
const LONGEST_MS = 4 * SAMPLE_MS
/** What is kept is written at most this often; where next to nothing went over the links, so often only. */
const WRITE_MS = 5 * MINUTE
const QUIET_WRITE_MS = HOUR
/** Bytes a second that pings and the like take. */
const QUIET_BYTES = 1_000
/** The setting that the longer series are kept in. */
const KEY = 'metrics'
const VERSION = 1
/** Spans that are read of one series at most. */
const MAX_SPANS = 1_000

export type MetricSpan = '1h' | '24h' | '30d'

const number = z.number().min(0).nullable()
const Kept = z.object({
  version: z.literal(VERSION),
  series: z.record(
    z.string(),
    z.object({
      stepSeconds: z.number(),
      spans: z.array(z.tuple([z.int(), z.number().min(0), z.number().min(0), z.number().min(0), number, number])).max(MAX_SPANS),
    }),
  ),
})

export interface MetricSamplerParts {
  /** Bytes since the start; they may begin anew. */
  traffic: { readonly sent: number; readonly received: number }
  /** Cheap: asked for with each reading. */
  figures(): Promise<Figures>
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  clock: Clock
  logger: Logger
}

interface Reading {
  now: number
  monotonic: number
  sent: number
  received: number
}

/** Measures how rates, the store and protection go, and remembers it: the last hour in memory, the last day and month over restarts. */
export class MetricSampler {
  readonly #parts: MetricSamplerParts
  readonly #series: Record<MetricSpan, MetricSeries> = {
    '1h': new MetricSeries(SAMPLE_MS, HOUR / SAMPLE_MS),
    '24h': new MetricSeries(5 * MINUTE, 288),
    '30d': new MetricSeries(2 * HOUR, 360),
  }
  #last: Reading
  #timer: Timer | null = null
  #isStopped = false
  /** Could the store not be counted when it was asked last? */
  #isUncounted = false
  #loading: Promise<void> = Promise.resolve()
  /** When it was written last, monotonic ms, and how many bytes went since. */
  #written: number
  #bytes = 0

  constructor(parts: MetricSamplerParts) {
    this.#parts = parts
    this.#last = this.#reading()
    this.#written = this.#last.monotonic
  }

  start(): void {
    this.#last = this.#reading()
    this.#written = this.#last.monotonic
    this.#loading = this.#load().catch((error: unknown) =>
      this.#parts.logger.warn({ error }, 'the figures of the last days could not be read, and begin anew'),
    )
    this.#plan()
  }

  /** What was measured is kept when this resolves. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#measure().catch(() => undefined)
    await this.#write().catch((error: unknown) => this.#warn(error))
  }

  read(span: MetricSpan): SeriesRead & { stepMs: number } {
    const series = this.#series[span]
    return { ...series.read(this.#parts.clock.now()), stepMs: series.stepMs }
  }

  /** At the ends of the shortest spans, by the wall clock, so that each is measured whole. */
  #plan(): void {
    const { clock } = this.#parts
    const left = SAMPLE_MS - (clock.now() % SAMPLE_MS)
    // The clocks run apart: it may have rung a moment early.
    this.#timer = clock.after(left < SECOND ? left + SAMPLE_MS : left, () => void this.#ring(), { idle: true })
  }

  async #ring(): Promise<void> {
    try {
      await this.#measure()
      if (this.#isDue()) await this.#write()
    } catch (error) {
      this.#warn(error)
    }
    if (!this.#isStopped) this.#plan()
  }

  async #measure(): Promise<void> {
    const [from, to] = [this.#last, this.#reading()]
    this.#last = to
    const passed = to.monotonic - from.monotonic
    const isWhole = Math.abs(to.now - from.now - passed) <= LEAP_MS && passed <= LONGEST_MS
    const bytes = { received: Math.max(0, to.received - from.received), sent: Math.max(0, to.sent - from.sent) }
    this.#bytes += bytes.received + bytes.sent
    await this.#loading
    if (!isWhole) return
    const figures = await this.#figures()
    for (const series of Object.values(this.#series)) series.add({ from: from.now, to: to.now, ...bytes, ...figures })
  }

  /** What went over the links counts also where the store cannot be counted, as when its disk is away. */
  async #figures(): Promise<Figures> {
    try {
      const figures = await this.#parts.figures()
      this.#isUncounted = false
      return figures
    } catch (error) {
      if (!this.#isUncounted) this.#parts.logger.warn({ error }, 'the figures of the store are not known for now')
      this.#isUncounted = true
      return { storeBytes: null, protectedPercent: null }
    }
  }

  #isDue(): boolean {
    const passed = this.#parts.clock.monotonic() - this.#written
    const isQuiet = this.#bytes * SECOND < QUIET_BYTES * passed
    return passed >= (isQuiet ? QUIET_WRITE_MS : WRITE_MS)
  }

  async #write(): Promise<void> {
    this.#written = this.#parts.clock.monotonic()
    this.#bytes = 0
    const series = Object.fromEntries(
      (['24h', '30d'] as const).map((span) => {
        const { stepMs } = this.#series[span]
        return [span, { stepSeconds: stepMs / SECOND, spans: this.#series[span].pack() }]
      }),
    )
    await this.#parts.store.putSetting(KEY, JSON.stringify({ version: VERSION, series } satisfies z.infer<typeof Kept>))
  }

  async #load(): Promise<void> {
    const text = await this.#parts.store.setting(KEY)
    if (text === null) return
    const { series } = Kept.parse(JSON.parse(text))
    for (const span of ['24h', '30d'] as const) {
      const kept = series[span]
      // Of other steps it would be told as of other times.
      if (kept?.stepSeconds === this.#series[span].stepMs / SECOND) this.#series[span].unpack(kept.spans)
    }
  }

  #reading(): Reading {
    const { clock, traffic } = this.#parts
    return { now: clock.now(), monotonic: clock.monotonic(), sent: traffic.sent, received: traffic.received }
  }

  #warn(error: unknown): void {
    this.#parts.logger.warn({ error }, 'the figures of this device could not be kept')
  }
}
