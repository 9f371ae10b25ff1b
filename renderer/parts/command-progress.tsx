import type { Command } from '../live/commands.ts'
import { percent, size, timeSpan } from '../format.ts'
import { t } from '../text/text.ts'

/** How far a command has come that takes long; nothing while it does not run. */
export function CommandProgress({
  label,
  command: { busy, progress, secondsLeft },
}: {
  label: string
  command: Pick<Command<never, unknown>, 'busy' | 'progress' | 'secondsLeft'>
}) {
  if (!busy) return null
  if (progress === null) {
    return (
      <div className="progress-line">
        <progress aria-label={label} />
        <p className="facts">{t('command.begins')}</p>
      </div>
    )
  }
  const { done, total, unit, folder } = progress
  return (
    <div className="progress-line">
      <progress max={Math.max(1, total)} value={done} aria-label={label} />
      <p className="facts">
        <strong>{percent(done, total)}</strong>
        <span>
          {unit === 'bytes'
            ? t('progress.done', { bytes: size(done), total: size(total) })
            : t(`command.${unit}`, { done, total })}
        </span>
        {folder === undefined ? null : <span>{folder}</span>}
        {secondsLeft === null ? null : <span>{t('progress.left', { time: timeSpan(secondsLeft) })}</span>}
      </p>
    </div>
  )
}
