import { percent, size, timeSpan } from '../format.ts'
import { t } from '../text/text.ts'
import { secondsLeft } from './remaining.ts'
import { usePace } from './use-pace.ts'

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
