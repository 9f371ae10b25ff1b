import { useState } from 'react'
import { ACTIVITY_KINDS, filtered, kindOf, type ActivityFilter, type ActivityKind } from '../live/activity-filter.ts'
import { activityRuns, type ActivityRun } from '../live/activity-runs.ts'
import { loadOlderActivity } from '../live/live.ts'
import type { Snapshot } from '../live/state.ts'
import { when } from '../format.ts'
import { ActionButton } from '../parts/action.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { deviceName, namesIn } from '../parts/names.ts'
import { Empty, Section } from '../parts/section.tsx'
import { detailWords } from '../parts/told.ts'
import { visible } from '../parts/shown-name.ts'
import { eventWords } from '../parts/words.ts'
import { t } from '../text/text.ts'

const SHOWN = 20
const ALL: ActivityFilter = { folder: '', device: '', kind: '' }
const KINDS = Object.keys(ACTIVITY_KINDS) as ActivityKind[]
const ICONS: Record<ActivityKind, IconName> = { problems: 'stop', conflicts: 'fork', files: 'file', devices: 'device' }

/** What happened, newest first, all of it or what somebody looks for. */
export function ActivityList({ snapshot }: { snapshot: Snapshot }) {
  const [filter, setFilter] = useState(ALL)
  const [shown, setShown] = useState(SHOWN)
  const [hasOlder, setHasOlder] = useState(true)
  const runs = activityRuns(filtered(snapshot.activity, filter))
  const showOlder = async (): Promise<void> => {
    if (runs.length <= shown + SHOWN) setHasOlder(await loadOlderActivity())
    setShown(shown + SHOWN)
  }
  return (
    <Section title={t('activity.title')}>
      {snapshot.activity.length === 0 ? null : <Filter filter={filter} changed={setFilter} snapshot={snapshot} />}
      {runs.length === 0 ? <Empty>{t(filter === ALL ? 'activity.empty' : 'health.activity.none')}</Empty> : null}
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

function Filter({
  filter,
  changed,
  snapshot,
}: {
  filter: ActivityFilter
  changed: (filter: ActivityFilter) => void
  snapshot: Snapshot
}) {
  const called = namesIn(snapshot)
  const folders = [...new Set(snapshot.activity.flatMap(({ folder }) => folder ?? []))].toSorted()
  const devices = [...new Set(snapshot.activity.flatMap(({ device }) => device ?? []))]
  return (
    <div className="health-filter">
      <label className="field">
        <span>{t('health.activity.kind')}</span>
        <select
          value={filter.kind}
          onChange={({ target: { value } }) => changed({ ...filter, kind: KINDS.find((kind) => kind === value) ?? '' })}
        >
          <option value="">{t('health.activity.all')}</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`health.activity.${kind}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{t('health.folder')}</span>
        <select value={filter.folder} onChange={({ target: { value } }) => changed({ ...filter, folder: value })}>
          <option value="">{t('health.activity.folders')}</option>
          {folders.map((folder) => (
            <option key={folder}>{folder}</option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{t('health.activity.device')}</span>
        <select value={filter.device} onChange={({ target: { value } }) => changed({ ...filter, device: value })}>
          <option value="">{t('health.activity.devices-all')}</option>
          {devices.map((device) => (
            <option key={device} value={device}>
              {called(device)}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}

function Run({ run: { newest, more }, snapshot }: { run: ActivityRun; snapshot: Snapshot }) {
  const { time, event, folder, path, from, device, by, detail, values } = newest
  const placeOf = (place: string | null): string => visible([folder, place].filter((part) => part !== null).join('/'))
  const kind = kindOf(event)
  return (
    <li className={kind === 'problems' ? 'health-problem' : undefined}>
      <time dateTime={time}>{when(time)}</time>
      <p>
        <Icon name={kind === null ? 'pulse' : ICONS[kind]} /> <span className="event">{eventWords(event)}</span>{' '}
        <span className="path">
          {from === null ? null : (
            <>
              <bdi>{placeOf(from)}</bdi> →{' '}
            </>
          )}
          <bdi>{placeOf(path)}</bdi>
        </span>
        {more === 0 ? null : <span> {t('activity.others', { count: more })}</span>}
        {detail === '' ? null : <span> {(values && detailWords(values)) ?? visible(detail)}</span>}
        {device === null ? null : (
          <span className="muted">
            {' '}
            {t(event === 'paired' ? 'activity.with' : 'activity.by', {
              device: device === snapshot.device.id ? deviceName(snapshot, device) : (by ?? ''),
            })}
          </span>
        )}
      </p>
    </li>
  )
}
