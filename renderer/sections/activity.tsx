import { useState } from 'react'
import { activityRuns, type ActivityRun } from '../live/activity-runs.ts'
import { loadOlderActivity } from '../live/live.ts'
import type { Snapshot } from '../live/state.ts'
import { when } from '../format.ts'
import { ActionButton } from '../parts/action.tsx'
import { Empty, Section } from '../parts/section.tsx'
import { t } from '../text/text.ts'

const SHOWN = 20

export function ActivityList({ snapshot }: { snapshot: Snapshot }) {
  const [shown, setShown] = useState(SHOWN)
  const [hasOlder, setHasOlder] = useState(true)
  const runs = activityRuns(snapshot.activity)
  const showOlder = async (): Promise<void> => {
    if (runs.length <= shown + SHOWN) setHasOlder(await loadOlderActivity())
    setShown(shown + SHOWN)
  }
  return (
    <Section title={t('activity.title')}>
      {runs.length === 0 ? <Empty>{t('activity.empty')}</Empty> : null}
      <ol className="activity">
        {runs.slice(0, shown).map((run) => (
          <Run key={run.newest.number} run={run} snapshot={snapshot} />
        ))}
      </ol>
      {runs.length > shown || (snapshot.activity.length >= SHOWN && hasOlder) ? (
        <ActionButton run={showOlder}>{t('activity.older')}</ActionButton>
      ) : null}
    </Section>
  )
}

function Run({ run: { newest, more }, snapshot }: { run: ActivityRun; snapshot: Snapshot }) {
  const { time, event, folder, path, from, device, by, detail } = newest
  const placeOf = (place: string | null): string => [folder, place].filter((part) => part !== null).join('/')
  return (
    <li>
      <time dateTime={time}>{when(time)}</time>
      <p>
        <span className="event">{event}</span>{' '}
        <span className="path">{from === null ? placeOf(path) : `${placeOf(from)} → ${placeOf(path)}`}</span>
        {more === 0 ? null : <span> {t('activity.others', { count: more })}</span>}
        {detail === '' ? null : <span> {detail}</span>}
        {device === null ? null : (
          <span className="muted">
            {' '}
            {t(event === 'paired' ? 'activity.with' : 'activity.by', {
              device: device === snapshot.device.id ? t('device.this') : (by ?? ''),
            })}
          </span>
        )}
      </p>
    </li>
  )
}
