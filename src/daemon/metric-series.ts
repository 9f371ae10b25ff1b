/** What was measured between two readings of the counters, `from` and `to` in ms of the wall clock; the figures are as they were at its end. */
export interface Measured extends Figures {
  from: number
  to: number
  received: number
  sent: number
}

export interface Figures {
  storeBytes: number | null
  protectedPercent: number | null
}

export interface SeriesRead {
  /** ms, where each span begins; the oldest first. */
  times: number[]
  receiveBytesPerSecond: (number | null)[]
  sendBytesPerSecond: (number | null)[]
  storeBytes: (number | null)[]
  protectedPercent: (number | null)[]
}

/** A span as it is kept: its number since 1970, how many seconds of it were measured, bytes, and the figures at its end. */
export type PackedSpan = [
  number: number,
  seconds: number,
  received: number,
  sent: number,
  storeBytes: number | null,
  protectedPercent: number | null,
]

interface Span extends Figures {
  seconds: number
  received: number
  sent: number
}

/** Of a span less than this, in seconds, tells nothing. */
const LEAST_SECONDS = 1

/** A clock that is behind what it said before is believed after so long, ms: at a start it may not be set yet. */
const PATIENCE_MS = 10 * 60_000

/** How figures went over the last `count` spans of `stepMs`. What was not measured, or nobody knows when, is told as not known. */
export class MetricSeries {
  readonly stepMs: number
  readonly #count: number
  /** By number, in their order. */
  readonly #spans = new Map<number, Span>()
  #newest = -Infinity
  /** For how long the clock has been behind, ms. */
  #behind = 0

  constructor(stepMs: number, count: number) {
    this.stepMs = stepMs
    this.#count = count
  }

  /** Takes in what was measured, by parts where it reaches over several spans. */
  add({ from, to, received, sent, storeBytes, protectedPercent }: Measured): void {
    if (!(to > from) || !this.#isInOrder(to, to - from)) return
    const last = this.#numberAt(to - 1)
    for (let number = Math.max(this.#numberAt(from), last - this.#count + 1); number <= last; number++) {
      if (number < this.#newest) continue
      const begin = number * this.stepMs
      const part = (Math.min(to, begin + this.stepMs) - Math.max(from, begin)) / (to - from)
      const before = this.#spans.get(number) ?? { seconds: 0, received: 0, sent: 0 }
      this.#put(number, {
        seconds: before.seconds + (part * (to - from)) / 1000,
        received: before.received + part * received,
        sent: before.sent + part * sent,
        storeBytes,
        protectedPercent,
      })
    }
  }

  /** The spans up to the one that `now` (ms) is in; up to the one before where nothing of that was measured yet. */
  read(now: number): SeriesRead {
    const current = this.#numberAt(now)
    const last = this.#told(current) === undefined ? current - 1 : current
    const numbers = Array.from({ length: this.#count }, (_, at) => last - this.#count + 1 + at)
    const spans = numbers.map((number) => this.#told(number))
    return {
      times: numbers.map((number) => number * this.stepMs),
      receiveBytesPerSecond: spans.map((span) => (span === undefined ? null : Math.round(span.received / span.seconds))),
      sendBytesPerSecond: spans.map((span) => (span === undefined ? null : Math.round(span.sent / span.seconds))),
      storeBytes: spans.map((span) => span?.storeBytes ?? null),
      protectedPercent: spans.map((span) => span?.protectedPercent ?? null),
    }
  }

  pack(): PackedSpan[] {
    return [...this.#spans].map(([number, { seconds, received, sent, storeBytes, protectedPercent }]) => [
      number,
      Math.round(seconds * 1000) / 1000,
      Math.round(received),
      Math.round(sent),
      storeBytes,
      protectedPercent,
    ])
  }

  /** Takes back what was packed, before anything is added. */
  unpack(packed: readonly PackedSpan[]): void {
    for (const [number, seconds, received, sent, storeBytes, protectedPercent] of packed.toSorted(([a], [b]) => a - b))
      this.#put(number, { seconds, received, sent, storeBytes, protectedPercent })
  }

  #put(number: number, span: Span): void {
    this.#spans.set(number, span)
    this.#newest = number
    for (const oldest of this.#spans.keys()) {
      if (this.#spans.size <= this.#count) return
      this.#spans.delete(oldest)
    }
  }

  /** Once a clock that was ahead is known to have been, nobody knows when that was which it has told of. */
  #isInOrder(to: number, passed: number): boolean {
    const last = this.#numberAt(to - 1)
    if (last >= this.#newest) {
      this.#behind = 0
      return true
    }
    this.#behind += passed
    if (this.#behind <= PATIENCE_MS) return false
    for (const number of this.#spans.keys()) if (number > last) this.#spans.delete(number)
    this.#newest = last
    this.#behind = 0
    return true
  }

  #told(number: number): Span | undefined {
    const span = this.#spans.get(number)
    return span !== undefined && span.seconds >= LEAST_SECONDS ? span : undefined
  }

  #numberAt(ms: number): number {
    return Math.floor(ms / this.stepMs)
  }
}
