import { useState } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import type { ApiEvent, Change, FolderStatus } from '#api/contract'
import { when } from '../format.ts'
import { DensityStrip } from '../history/density-strip.tsx'
import { HistoryHead } from '../history/head.tsx'
import { RestoreDialog, type Moment } from '../history/restore-dialog.tsx'
import { SnapshotsDialog } from '../history/snapshots-dialog.tsx'
import { TimelineList } from '../history/timeline-list.tsx'
import { useTimeline } from '../history/use-timeline.ts'
import { VersionPane, type Chosen } from '../history/version-pane.tsx'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import type { Snapshot } from '../live/state.ts'
import { FailureNote } from '../parts/action.tsx'
import { Empty, Section } from '../parts/section.tsx'
import { historyAt, type HistoryMore } from '../places.ts'
import { t } from '../text/text.ts'

export default function HistoryScreen({ snapshot }: { snapshot: Snapshot }) {
  const [query] = useSearchParams()
  const folders = snapshot.folders.filter(({ state }) => state !== 'offered').toSorted((a, b) => a.name.localeCompare(b.name))
  const wanted = query.get('folder')
  const folder = wanted === null ? folders[0] : folders.find(({ id, name }) => id === wanted || name === wanted)
  if (folder === undefined)
    return (
      <Section title={t('history.title')} isScreen>
        <Empty>{t(folders.length === 0 ? 'history.no-folders' : 'history.no-folder')}</Empty>
        <p className="actions">
          <Link href={folders.length === 0 ? '/' : '/history'}>
            {t(folders.length === 0 ? 'history.share' : 'history.choose')}
          </Link>
        </p>
      </Section>
    )
  return <HistoryOf snapshot={snapshot} folder={folder} folders={folders} query={query} />
}

function HistoryOf({
  snapshot,
  folder,
  folders,
  query,
}: {
  snapshot: Snapshot
  folder: FolderStatus
  folders: readonly FolderStatus[]
  query: URLSearchParams
}) {
  const [, open] = useLocation()
  const [dialog, setDialog] = useState<'snapshots' | Moment | null>(null)
  const asked = (name: string): string | undefined => query.get(name) ?? undefined
  const path = asked('path') ?? ''
  const choice = { device: asked('device'), until: asked('until') }
  const concerns = (event: ApiEvent): boolean => event.event === 'activity' && event.data.folder === folder.name
  const { changes, hasMore, failure, loadMore, reload } = useTimeline({ folder: folder.id, path, ...choice }, concerns)
  const at = (to: string, version?: string, more: HistoryMore = {}): string =>
    historyAt(folder.id, to, version, { ...choice, ...more })

  // Of one file more is known than a folder's timeline tells.
  const isFile = path !== '' && changes?.every((change) => change.path === path) === true
  const versions =
    useLoaded(
      isFile ? `${folder.id}/${path}` : '',
      async (signal) => (isFile ? await api.versions({ folder: folder.id, path }, { signal }) : []),
      (event) => isFile && concerns(event),
    ).value ?? []
  const version = asked('version')
  const file = asked('file') ?? path
  const fileOf = (of: string): HistoryMore => (of === path ? {} : { file: of })
  const chosen: Chosen | null =
    version === undefined || file === ''
      ? null
      : {
          path: file,
          version,
          compare: asked('compare'),
          at: (change) => at(path, change.version ?? version, { ...fileOf(file), compare: change.compare }),
          none: at(path),
        }
  const jump = (until: string | undefined): void =>
    open(historyAt(folder.id, path, undefined, { ...choice, until }), { replace: true })
  const restoreTo = (time: string): void => setDialog({ at: time })

  const list =
    changes === null || changes.length === 0 ? (
      <div key="list" className="history-days">
        {changes === null ? (
          failure === null ? (
            <Empty>{t('history.loading')}</Empty>
          ) : null
        ) : (
          <Empty>
            {t(path === '' && choice.device === undefined && choice.until === undefined ? 'history.empty' : 'history.nothing')}
          </Empty>
        )}
      </div>
    ) : (
      <TimelineList
        key="list"
        {...{ changes, versions, hasMore, loadMore, chosen, restoreTo }}
        below={path}
        addressOf={(change) => at(path, change.version, fileOf(change.path))}
      />
    )
  const pane = chosen === null ? null : <VersionPane key="pane" folder={folder} chosen={chosen} changed={reload} />

  return (
    <div className={chosen === null ? 'history' : chosen.compare === undefined ? 'history with-pane' : 'history comparing'}>
      <HistoryHead
        {...{ snapshot, folder, folders, path }}
        device={choice.device}
        go={(to, device) => open(historyAt(folder.id, to, undefined, { ...choice, device }))}
        snapshots={() => setDialog('snapshots')}
        restore={() => restoreTo(choice.until ?? before(changes ?? []))}
      />
      <DensityStrip key={folder.id} folder={folder.id} {...{ path, concerns, jump }} until={choice.until} />
      {choice.until === undefined ? null : (
        <p className="history-until">
          <span>{t('history.until', { time: when(choice.until) })}</span>
          <button type="button" className="quiet" onClick={() => jump(undefined)}>
            {t('history.until.now')}
          </button>
          <button type="button" className="quiet" onClick={() => restoreTo(choice.until!)}>
            {t('history.restore-then')}
          </button>
        </p>
      )}
      <FailureNote failure={failure} />
      {/* What is compared needs the whole width: the list follows it. */}
      <div className="history-body">{chosen?.compare === undefined ? [list, pane] : [pane, list]}</div>
      {dialog === null ? null : dialog === 'snapshots' ? (
        <SnapshotsDialog folder={folder} restore={(name) => setDialog({ snapshot: name })} close={() => setDialog(null)} />
      ) : (
        <RestoreDialog folder={folder} path={'at' in dialog ? path : ''} moment={dialog} close={() => setDialog(null)} />
      )}
    </div>
  )
}

/** An hour ago, unless there was nothing yet of what is shown: then when it began. */
function before(changes: readonly Change[]): string {
  const hour = new Date(Date.now() - 3_600_000).toISOString()
  const oldest = changes.at(-1)?.time
  return oldest !== undefined && oldest > hour ? oldest : hour
}
