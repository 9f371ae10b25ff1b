import type { MetricHistory } from '#api/contract'

/** What one plot shows: one or two figures of the same kind, over the same times. */
export interface Series {
  name: string
  values: readonly (number | null)[]
  colour: 'accent' | 'busy' | 'good'
  dashed?: boolean
}

export interface Extremes {
  last: number
  most: number
  least: number
  /** When it was most, ISO 8601. */
  mostAt: string
}

/** The last, most and least of a figure; null where nothing is known of it. */
export function extremes(times: MetricHistory['times'], values: readonly (number | null)[]): Extremes | null {
  let found: Extremes | null = null
  for (const [at, value] of values.entries()) {
    if (value === null) continue
    found ??= { last: value, most: -Infinity, least: Infinity, mostAt: '' }
    found.last = value
    found.least = Math.min(found.least, value)
    if (value > found.most) {
      found.most = value
      found.mostAt = times[at] ?? ''
    }
  }
  return found
}

/** The rows of a table with the same figures, newest first; times of which nothing is known are left out. */
export function rows(times: MetricHistory['times'], series: readonly Series[]): { time: string; values: (number | null)[] }[] {
  return times
    .map((time, at) => ({ time, values: series.map(({ values }) => values[at] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null))
    .toReversed()
}
