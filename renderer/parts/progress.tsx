import { useEffect, useState } from 'react'
import { percent, size, timeSpan } from '../format.ts'
import { t } from '../text/text.ts'
import { paced, secondsLeft, type Pace } from './remaining.ts'

/** How far something is: a bar, and in words its percentage, bytes, rate and remaining time, which go with each other. `rate` is null where nobody knows it. */
export function ProgressLine({
  label,
  done,
  total,
  rate = null,
}: {
  label: string
  done: number
  total: number
  rate?: number | null
}) {
  const pace = usePace(rate, done)
  const left = secondsLeft(pace, total - done)
  return (
    <div className="progress-line">
      <progress max={Math.max(1, total)} value={done} aria-label={label} />
      <p className="facts">
        <strong>{percent(done, total)}</strong>
        <span>{t('progress.done', { bytes: size(done), total: size(total) })}</span>
        {left === null || pace === null ? null : <span>{t('state.rate', { bytes: size(pace.bytesPerSecond) })}</span>}
        {left === null ? null : <span>{t('progress.left', { time: timeSpan(left) })}</span>}
      </p>
    </div>
  )
}

/** The pace of what is told now and then: taken with every change of it. */
function usePace(rate: number | null, done: number): Pace | null {
  const [pace, setPace] = useState<Pace | null>(null)
  useEffect(() => {
    setPace((before) => (rate === null ? null : paced(before, rate, performance.now())))
  }, [rate, done])
  return pace
}
