import { when } from '../format.ts'
import { activityRuns } from '../live/activity-runs.ts'
import type { Snapshot } from '../live/state.ts'
import { isMessageKey, t } from '../text/text.ts'

const SHOWN = 20

/** What happened last, by which device and when. */
export function RecentActivity({ snapshot }: { snapshot: Snapshot }) {
  const runs = activityRuns(snapshot.activity).slice(0, SHOWN)
  return (
    <section aria-labelledby="tray-activity">
      <h2 id="tray-activity">{t('activity.title')}</h2>
      {runs.length === 0 ? <p className="muted">{t('activity.empty')}</p> : null}
      <ol className="tray-activity">
        {runs.map(({ newest: { number, time, event, folder, path, device, by, detail }, more }) => (
          <li key={number}>
            <p title={[folder, path].filter((part) => part !== null).join('/')}>
              {eventWord(event)} <strong>{path === null ? (folder ?? detail) : path.slice(path.lastIndexOf('/') + 1)}</strong>
              {more === 0 ? null : ` ${t('activity.others', { count: more })}`}
            </p>
            <p className="muted">
              {device === null ? null : `${device === snapshot.device.id ? t('device.this') : (by ?? '')} · `}
              <time dateTime={time}>{when(time)}</time>
            </p>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** In the page's language, of those that it knows. */
function eventWord(event: string): string {
  const key = `tray.event.${event}`
  return isMessageKey(key) ? t(key) : event
}
