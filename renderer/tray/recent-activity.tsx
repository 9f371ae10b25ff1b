import { sentence, when } from '../format.ts'
import { activityRuns } from '../live/activity-runs.ts'
import type { Activity } from '#api/contract'
import type { Snapshot } from '../live/state.ts'
import { eventWords } from '../parts/words.ts'
import { detailWords } from '../parts/told.ts'
import { visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'

const SHOWN = 20

/** What happened last, by which device and when. */
export function RecentActivity({ snapshot }: { snapshot: Snapshot }) {
  const runs = activityRuns(snapshot.activity).slice(0, SHOWN)
  return (
    <section aria-labelledby="tray-activity">
      <h2 id="tray-activity">{t('activity.title')}</h2>
      {runs.length === 0 ? <p className="muted">{t('activity.empty')}</p> : null}
      <ol className="tray-activity">
        {runs.map(({ newest, newest: { number, time, event, folder, path, device, by }, more }) => (
          <li key={number}>
            <p
              title={[folder, path]
                .filter((part) => part !== null)
                .map(visible)
                .join('/')}
            >
              {sentence(`${eventWords(event)}${nameOf(newest) === '' ? '' : ':'}`)} <strong>{nameOf(newest)}</strong>
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

/** What it happened to. */
function nameOf({ path, folder, detail, values }: Activity): string {
  return visible(path === null ? (folder ?? ((values && detailWords(values)) || detail)) : path.slice(path.lastIndexOf('/') + 1))
}
