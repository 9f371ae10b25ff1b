import { useEffect, useState } from 'react'
import type { ApiEvent } from '#api/contract'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import { timeRange, when } from '../format.ts'
import { t } from '../text/text.ts'

const PARTS = 96
/** Whoever moves through the strip by keys is let go on first, ms. */
const RESTED_MS = 250

interface PartOfTime {
  from: string
  until: string
  count: number
}

/** How much happened when: bars over time, of which one is chosen as with a slider, and the same as a list. */
export function DensityStrip({
  folder,
  path,
  until,
  concerns,
  jump,
}: {
  folder: string
  path: string
  until: string | undefined
  concerns: (event: ApiEvent) => boolean
  /** To the changes before a time; undefined: to the newest. */
  jump: (until: string | undefined) => void
}) {
  const { value } = useLoaded(`${folder}/${path}`, (signal) => api.density({ folder, path, parts: PARTS }, { signal }), concerns)
  if (value === null || value.earliest === null || Math.max(...value.counts) === 0) return null
  const [start, end] = [Date.parse(value.from), Date.parse(value.until)]
  const length = (end - start) / value.counts.length
  const parts = value.counts.map((count, at) => ({
    count,
    from: new Date(start + at * length).toISOString(),
    until: new Date(start + (at + 1) * length).toISOString(),
  }))
  return <Strip parts={parts} until={until} jump={jump} />
}

function Strip({
  parts,
  until,
  jump,
}: {
  parts: readonly PartOfTime[]
  until: string | undefined
  jump: (until: string | undefined) => void
}) {
  const last = parts.length - 1
  const shownAt =
    until === undefined
      ? last
      : Math.max(
          0,
          parts.findIndex((part) => part.until >= until),
        )
  const [at, setAt] = useState(shownAt)
  useEffect(() => setAt(shownAt), [shownAt])
  useEffect(() => {
    if (at === shownAt) return undefined
    const rested = setTimeout(() => jump(at === last ? undefined : parts[at]?.until), RESTED_MS)
    return () => clearTimeout(rested)
  }, [at])
  const most = Math.max(...parts.map(({ count }) => count))
  const said = ({ from, until: to, count }: PartOfTime): string => t('history.part', { span: timeRange(from, to), count })
  const chosen = parts[at]
  return (
    <div className="history-strip">
      <div className="history-bars">
        {parts.map((part, n) => (
          <span
            key={part.from}
            className={n <= at ? 'bar' : 'bar later'}
            // What happened once is to be seen beside what happened a thousand times.
            style={{ blockSize: part.count === 0 ? '2px' : `${12 + 88 * Math.sqrt(part.count / most)}%` }}
          />
        ))}
        <input
          type="range"
          min={0}
          max={last}
          value={at}
          aria-label={t('history.strip')}
          aria-valuetext={chosen === undefined ? '' : said(chosen)}
          onChange={({ target }) => setAt(Number(target.value))}
        />
      </div>
      <p className="history-ends muted">
        <time dateTime={parts[0]?.from}>{dateOf(parts[0]?.from)}</time>
        <span>{chosen === undefined || at === last ? '' : said(chosen)}</span>
        <time dateTime={parts[last]?.until}>{dateOf(parts[last]?.until)}</time>
      </p>
      <details>
        <summary>{t('history.busy')}</summary>
        <ul className="history-busy">
          {parts
            .filter(({ count }) => count > 0)
            .toReversed()
            .map((part) => (
              <li key={part.from}>
                <button type="button" className="quiet" onClick={() => jump(part === parts[last] ? undefined : part.until)}>
                  {said(part)}
                </button>
              </li>
            ))}
        </ul>
      </details>
    </div>
  )
}

function dateOf(time: string | undefined): string {
  return time === undefined ? '' : when(time)
}
