import { useMemo, useState } from 'react'
import { when } from '../format.ts'
import { t } from '../text/text.ts'
import type { Colours } from './colours.ts'
import { Plot } from './plot.tsx'
import { extremes, rows, type Series } from './series.ts'

/** Figures over time: in words, and as a picture or a table, whichever somebody likes. */
export function Chart({
  title,
  times,
  series,
  colours,
  format,
  range,
}: {
  title: string
  times: readonly string[]
  series: readonly Series[]
  colours: Colours | null
  format: (value: number) => string
  range?: [number, number]
}) {
  const [isTable, setIsTable] = useState(false)
  const words = useMemo(() => inWords([...times], series, format), [times, series, format])
  const isKnown = series.some(({ values }) => values.some((value) => value !== null))
  return (
    <figure className="health-chart">
      <figcaption>
        <h3>{title}</h3>
        {isKnown ? (
          <button
            type="button"
            className="quiet"
            aria-pressed={isTable}
            aria-label={t('health.table.of', { title })}
            onClick={() => setIsTable(!isTable)}
          >
            {t('health.table')}
          </button>
        ) : null}
      </figcaption>
      <p className="health-words">{isKnown ? words : t('health.unknown')}</p>
      {!isKnown ? null : isTable ? (
        <FigureTable title={title} times={times} series={series} format={format} />
      ) : (
        <>
          {colours === null ? null : (
            <Plot
              {...{ times, series, colours, format, label: `${title}. ${words}` }}
              {...(range === undefined ? {} : { range })}
            />
          )}
          {series.length < 2 ? null : (
            <ul className="health-legend" aria-hidden="true">
              {series.map(({ name, colour, dashed }) => (
                <li key={name} className={`${colour}${dashed === true ? ' dashed' : ''}`}>
                  {name}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </figure>
  )
}

function FigureTable({
  title,
  times,
  series,
  format,
}: {
  title: string
  times: readonly string[]
  series: readonly Series[]
  format: (value: number) => string
}) {
  return (
    <div className="health-scroll" tabIndex={0} role="region" aria-label={title}>
      <table className="peers-table">
        <thead>
          <tr>
            <th scope="col">{t('health.time')}</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows([...times], series).map(({ time, values }) => (
            <tr key={time}>
              <th scope="row">{when(time)}</th>
              {values.map((value, at) => (
                <td key={series[at]?.name}>{value === null ? '–' : format(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Of each figure the last and the most, in a sentence. */
function inWords(times: string[], series: readonly Series[], format: (value: number) => string): string {
  const sentences = series.flatMap(({ name, values }) => {
    const found = extremes(times, values)
    if (found === null) return []
    const { last, most, mostAt, least } = found
    if (most === least) return [t('health.words.even', { name, last: format(last) })]
    return [t('health.words', { name, last: format(last), most: format(most), time: when(mostAt) })]
  })
  return sentences.join(' ')
}
