import { useEffect, useRef, useState } from 'react'
import type { FolderStatus, Progress, SnapshotRestored } from '#api/contract'
import { size } from '../format.ts'
import { api } from '../live/api.ts'
import { useApiEvent } from '../live/api-event.ts'
import { useLoaded } from '../live/loaded.ts'
import { rightBefore } from '../live/right-before.ts'
import { tell } from '../live/toasts.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { fromLocal, toLocal } from '../parts/local-time.ts'
import { Empty } from '../parts/section.tsx'
import { visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'

/** What a folder is to be again: what it was at a time, or what a snapshot shows. */
export type Moment = { at: string } | { snapshot: string }

type Plan = Omit<SnapshotRestored, 'name'>

/** Says first what a restoration would write, delete and leave out, then does it. `path`: only what is there and below. */
export function RestoreDialog({
  folder,
  path,
  moment: first,
  close,
}: {
  folder: FolderStatus
  path: string
  moment: Moment
  close: () => void
}) {
  const [moment, setMoment] = useState(first)
  const [partial, setPartial] = useState(false)
  const [progress, setProgress] = useState<Progress | null>(null)
  const { busy, failure, run } = useAction()
  const place = visible(path === '' ? folder.name : `${folder.name}/${path}`)
  const plan = useLoaded(JSON.stringify(moment), (signal) => restored({ folder: folder.id, path, moment, dryRun: true }, signal))
  useApiEvent((event) => {
    if (event.event === 'progress' && event.data.command.endsWith('restore')) setProgress(event.data)
  })
  const value = plan.value
  const ending = useRef<AbortController | null>(null)
  // Who leaves while it is under way gives it up: nothing is written before all of it is there.
  useEffect(() => () => ending.current?.abort(), [])
  const isNothing = value !== null && value.entries + value.deleted === 0
  const restore = async (): Promise<void> => {
    ending.current = new AbortController()
    const before = await rightBefore(folder.id, path)
    const done = await restored({ folder: folder.id, path, moment, partial }, ending.current.signal)
    close()
    const undo = async (): Promise<void> => {
      const { left = 0 } = await api.restoreMoment({ folder: folder.id, path, at: before!, expected: moment })
      tell(left > 0 ? t('undo.left', { count: left, place }) : t('history.moment.undone', { place }))
    }
    tell(t('history.moment.done', { place, written: done.entries, deleted: done.deleted }), before === null ? null : undo)
  }
  return (
    <Dialog
      title={t('history.moment.title', { place })}
      close={close}
      actions={
        <>
          <button type="button" onClick={close}>
            {t('action.cancel')}
          </button>
          <button
            type="button"
            className="primary"
            disabled={busy || value === null || plan.failure !== null || isNothing || (value.missingEntries > 0 && !partial)}
            onClick={() => void run(restore)}
          >
            {t('history.moment.do')}
          </button>
        </>
      }
    >
      <div className="history-plan">
        {'at' in moment ? (
          <label className="field">
            <span>{t('history.moment.at')}</span>
            <input
              type="datetime-local"
              step={1}
              value={toLocal(moment.at)}
              max={toLocal(new Date().toISOString())}
              disabled={busy}
              onChange={({ target }) => {
                const at = fromLocal(target.value)
                if (at !== null) setMoment({ at })
              }}
            />
          </label>
        ) : (
          <p>{t('history.moment.snapshot', { name: moment.snapshot })}</p>
        )}
        <FailureNote failure={plan.failure} />
        {value === null ? (
          plan.failure === null ? (
            <Empty>{t('history.moment.looking')}</Empty>
          ) : null
        ) : (
          <PlanOf plan={value} isNothing={isNothing} />
        )}
        {value !== null && value.missingEntries > 0 ? (
          <label className="history-partial">
            <input type="checkbox" checked={partial} onChange={({ target }) => setPartial(target.checked)} />
            <span>{t('history.moment.partial')}</span>
          </label>
        ) : null}
        {busy ? (
          <progress
            aria-label={t('history.moment.doing')}
            {...(progress === null || progress.total === 0 ? {} : { max: progress.total, value: progress.done })}
          />
        ) : null}
        <FailureNote failure={failure} />
      </div>
    </Dialog>
  )
}

async function restored(
  { folder, path, moment, ...how }: { folder: string; path: string; moment: Moment; dryRun?: boolean; partial?: boolean },
  signal?: AbortSignal,
): Promise<Plan> {
  const options = signal === undefined ? {} : { signal }
  return 'at' in moment
    ? await api.restoreMoment({ folder, path, at: moment.at, ...how }, options)
    : await api.restoreSnapshot({ folder, name: moment.snapshot, ...how }, options)
}

function PlanOf({ plan, isNothing }: { plan: Plan; isNothing: boolean }) {
  const { entries, bytes, deleted, missing, missingEntries, missingBytes } = plan
  if (isNothing && missingEntries === 0) return <p role="status">{t('history.moment.nothing')}</p>
  return (
    <div role="status">
      <Paths
        title={t('history.moment.write', { count: entries, bytes: size(bytes) })}
        count={entries}
        paths={plan.write.map(({ path }) => path)}
      />
      <Paths title={t('history.moment.delete', { count: deleted })} count={deleted} paths={plan.delete} />
      {missingEntries === 0 ? null : (
        <Paths
          bad
          title={t('history.moment.missing', { count: missingEntries, bytes: size(missingBytes) })}
          count={missingEntries}
          paths={missing}
        />
      )}
      <p className="muted">{t('history.moment.promise')}</p>
    </div>
  )
}

/** Of a long list the daemon tells the beginning. */
function Paths({ title, count, paths, bad = false }: { title: string; count: number; paths: readonly string[]; bad?: boolean }) {
  if (count === 0) return <p>{title}</p>
  return (
    <details className={bad ? 'problems' : ''}>
      <summary>{title}</summary>
      <ul className="history-paths">
        {paths.map((path) => (
          <li key={path}>
            <bdi className="path">{visible(path)}</bdi>
          </li>
        ))}
        {count > paths.length ? <li className="muted">{t('count.more', { count: count - paths.length })}</li> : null}
      </ul>
    </details>
  )
}
