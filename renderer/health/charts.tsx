import { useMemo, useState } from 'react'
import { percentOf, size } from '../format.ts'
import { api } from '../live/api.ts'
import { FailureNote } from '../parts/action.tsx'
import { Section } from '../parts/section.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { t } from '../text/text.ts'
import { Chart } from './chart.tsx'
import { useColours } from './colours.ts'
import { useFigures } from './figures.ts'
import type { Series } from './series.ts'

const SPANS = ['1h', '24h', '30d'] as const
type Span = (typeof SPANS)[number]
const WHOLE: [number, number] = [0, 100]

const rate = (value: number): string => t('state.rate', { bytes: size(value) })

/** Throughput, the store and protection, over an hour, a day or a month. */
export function Charts() {
  const [span, setSpan] = useState<Span>('1h')
  return (
    <Section title={t('health.over-time')}>
      <div className="health-panel">
        <Tabs
          label={t('health.span')}
          tabs={SPANS.map((name) => ({
            name,
            title: t(`health.span.${name}`),
            show: () => <SpanCharts key={name} span={name} />,
          }))}
          shown={span}
          choose={setSpan}
        />
      </div>
    </Section>
  )
}

function SpanCharts({ span }: { span: Span }) {
  const { value, failure } = useFigures(`metrics ${span}`, () => api.metricHistory({ span }))
  const colours = useColours()
  const figures = useMemo((): { rates: Series[]; store: Series[]; safe: Series[] } | null => {
    if (value === null) return null
    return {
      rates: [
        { name: t('state.receiving'), values: value.receiveBytesPerSecond, colour: 'busy' },
        { name: t('state.sending'), values: value.sendBytesPerSecond, colour: 'accent', dashed: true },
      ],
      store: [{ name: t('health.store'), values: value.storeBytes, colour: 'accent' }],
      safe: [{ name: t('health.protected'), values: value.protectedPercent, colour: 'good' }],
    }
  }, [value])
  return (
    <div className="health-charts">
      <FailureNote failure={failure} />
      {value === null && failure === null ? <p className="muted">{t('health.loading')}</p> : null}
      {value === null || figures === null ? null : (
        <>
          <Chart title={t('health.throughput')} times={value.times} series={figures.rates} colours={colours} format={rate} />
          <Chart title={t('health.store')} times={value.times} series={figures.store} colours={colours} format={size} />
          <Chart
            title={t('health.protection')}
            times={value.times}
            series={figures.safe}
            colours={colours}
            format={percentOf}
            range={WHOLE}
          />
        </>
      )}
    </div>
  )
}
