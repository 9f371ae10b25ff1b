import { useEffect, useRef } from 'react'
import type uPlot from 'uplot'
import { loadPart } from '../parts/lazily.ts'
import { currentLocale } from '../text/text.ts'
import type { Colours } from './colours.ts'
import type { Series } from './series.ts'

const HEIGHT = 190
const FONT = '12px system-ui, sans-serif'
const WIDTH = { line: 2, axis: 78 }

/** A picture of figures over time; what it shows is said in words and in a table beside it. */
export function Plot({
  times,
  series,
  colours,
  label,
  format,
  range,
}: {
  times: readonly string[]
  series: readonly Series[]
  colours: Colours
  label: string
  format: (value: number) => string
  range?: [number, number]
}) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    let plot: uPlot | null = null
    let isWanted = true
    const sizes = new ResizeObserver(() => plot?.setSize({ width: element?.clientWidth ?? 0, height: HEIGHT }))
    const draw = (Drawn: typeof uPlot): void => {
      if (!isWanted || element === null) return
      const data = [
        times.map((time) => Date.parse(time) / 1_000),
        ...series.map(({ values }) => [...values]),
      ] as uPlot.AlignedData
      plot = new Drawn(optionsOf(element.clientWidth, series, colours, format, range), data, element)
      sizes.observe(element)
    }
    // The figures are in the table, too.
    loadPart(async () => (await import('uplot')).default).then(draw, () => undefined)
    return () => {
      isWanted = false
      sizes.disconnect()
      plot?.destroy()
    }
  }, [times, series, colours, format, range])
  return <div ref={place} className="health-plot" role="img" aria-label={label} />
}

function optionsOf(
  width: number,
  series: readonly Series[],
  colours: Colours,
  format: (value: number) => string,
  range: [number, number] | undefined,
): uPlot.Options {
  const axis = {
    stroke: colours.muted,
    font: FONT,
    grid: { stroke: colours.line, width: 1 },
    ticks: { stroke: colours.line, width: 1 },
  }
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { setScale: false } },
    scales: { y: { range: range ?? ((_plot, _least, most) => [0, most <= 0 ? 1 : most * 1.08]) } },
    series: [
      {},
      ...series.map(({ name, colour, dashed, values }) => ({
        label: name,
        stroke: colours[colour],
        width: WIDTH.line,
        // A line needs two of them.
        points: { show: values.filter((value) => value !== null).length < 2, fill: colours[colour] },
        ...(dashed === true ? { dash: [6, 4] } : { fill: faint(colours[colour]) }),
      })),
    ],
    axes: [
      { ...axis, values: (_plot, marks) => marks.map(timeMark(marks)) },
      { ...axis, size: WIDTH.axis, values: (_plot, marks) => marks.map((mark) => format(mark)) },
    ],
  }
}

/** A colour as computed, `rgb(…)`, nearly seen through. */
function faint(colour: string): string {
  return colour.replace(/^rgb\((.*)\)$/, (_, parts: string) =>
    parts.includes(',') ? `rgba(${parts}, 0.1)` : `rgb(${parts} / 10%)`,
  )
}

/** The time of day of marks that are less than a day apart, else the date. */
function timeMark(marks: readonly number[]): (seconds: number) => string {
  const apart = (marks[1] ?? 0) - (marks[0] ?? 0)
  const shown: Intl.DateTimeFormatOptions =
    apart >= 86_400 ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' }
  const format = new Intl.DateTimeFormat(currentLocale(), shown)
  return (seconds) => format.format(new Date(seconds * 1_000))
}
