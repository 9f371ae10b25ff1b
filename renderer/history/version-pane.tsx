import { useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import type { FolderStatus, PastVersion } from '#api/contract'
import { when, size, sizeChange } from '../format.ts'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import { FailureNote } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { visible } from '../parts/shown-name.ts'
import { Empty } from '../parts/section.tsx'
import { folderAt } from '../places.ts'
import { Comparison } from '../preview/comparison.tsx'
import { Preview } from '../preview/preview.tsx'
import { t } from '../text/text.ts'
import type { OfPath } from './restore.ts'
import { VersionActions } from './version-actions.tsx'
import { Cause, standing } from './words.tsx'

/** What is chosen of a file's past, and how its address changes. */
export interface Chosen {
  path: string
  version: string
  compare: string | undefined
  /** The address with another version of the file, or compared with one. */
  at: (change: { version?: string; compare?: string | undefined }) => string
  /** The address without one. */
  none: string
}

/** A version: what it was, what is in it, and what can be done with it. */
export function VersionPane({ folder, chosen, changed }: { folder: FolderStatus; chosen: Chosen; changed: () => void }) {
  const { path, version: id } = chosen
  const { value, failure, reload } = useLoaded(
    `${folder.id}/${path}`,
    (signal) => api.versions({ folder: folder.id, path }, { signal }),
    ({ event, data }) => event === 'activity' && data.folder === folder.name && data.path === path,
  )
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus({ preventScroll: true }), [path])
  const versions = value ?? []
  const at = versions.findIndex(({ version }) => version === id)
  const version = versions[at]
  return (
    <section className="history-pane card" aria-labelledby="history-version">
      <div className="card-head">
        <h3 id="history-version" ref={title} tabIndex={-1}>
          <bdi>{visible(path)}</bdi>
        </h3>
        <nav className="history-steps" aria-label={t('history.steps')}>
          <Step to={versions[at + 1]} chosen={chosen} isOlder />
          <Step to={at > 0 ? versions[at - 1] : undefined} chosen={chosen} isOlder={false} />
        </nav>
        <Link href={chosen.none} className="history-close" aria-label={t('history.close')}>
          <Icon name="close" />
        </Link>
      </div>
      <FailureNote failure={failure} />
      {version === undefined ? (
        value === null ? null : (
          <Empty>{t('history.no-version')}</Empty>
        )
      ) : (
        <Version
          key={id}
          {...{ folder, chosen, version, versions, at }}
          changed={() => {
            reload()
            changed()
          }}
        />
      )}
    </section>
  )
}

/** To the version of the file before, or after. */
function Step({ to, chosen, isOlder }: { to: PastVersion | undefined; chosen: Chosen; isOlder: boolean }) {
  const name = (
    <>
      {isOlder ? <Icon name="before" /> : null} {t(isOlder ? 'history.step.older' : 'history.step.newer')}{' '}
      {isOlder ? null : <Icon name="next" />}
    </>
  )
  if (to === undefined) return <span className="muted">{name}</span>
  return <Link href={chosen.at({ version: to.version })}>{name}</Link>
}

function Version({
  folder,
  chosen,
  version,
  versions,
  at,
  changed,
}: {
  folder: FolderStatus
  chosen: Chosen
  version: PastVersion
  versions: readonly PastVersion[]
  at: number
  changed: () => void
}) {
  const [, open] = useLocation()
  const of = { folder: folder.id, path: chosen.path }
  const before = versions[at + 1]
  const comparable = versions.filter((each) => each !== version && each.kind !== 'directory')
  const other = comparable.find((each) => each.version === chosen.compare)
  const standard = before?.kind === 'file' ? before : comparable.find(({ kind }) => kind === 'file')
  const compare =
    version.kind !== 'file' || standard === undefined
      ? null
      : {
          on: other !== undefined,
          toggle: () => open(chosen.at({ compare: other === undefined ? standard.version : undefined })),
        }
  return (
    <>
      <p className="history-what">
        <Cause cause={version.cause} /> <time dateTime={version.time}>{when(version.time)}</time>{' '}
        <span>{t('history.by', { device: version.by })}</span>{' '}
        {version.kind === 'file' ? (
          <span className="muted">
            {size(version.size)}
            {before?.kind === 'file' ? ` (${sizeChange(version.size - before.size)})` : ''}
          </span>
        ) : null}
        {version.current && version.kind !== 'tombstone' ? <span className="history-badge">{t('history.current')}</span> : null}
      </p>
      <Standing folder={folder} version={version} />
      <VersionActions {...{ of, version, versions, compare, changed }} root={folder.path} />
      {other === undefined ? (
        <Content of={of} version={version} before={before} />
      ) : (
        <Compared
          {...{ of, version, other, comparable }}
          choose={(compared) => open(chosen.at({ compare: compared }), { replace: true })}
        />
      )}
    </>
  )
}

/** What is in it; of a deletion, what was there before. */
function Content({ of, version, before }: { of: OfPath; version: PastVersion; before: PastVersion | undefined }) {
  const isGone = version.kind === 'tombstone' && before !== undefined
  const { version: id, kind, size: bytes } = isGone ? before : version
  return (
    <>
      {isGone ? <p className="muted">{t('history.before', { time: when(before.time), device: before.by })}</p> : null}
      <Preview shown={{ ...of, version: id, kind, size: bytes }} />
    </>
  )
}

function Standing({ folder, version }: { folder: FolderStatus; version: PastVersion }) {
  const said = standing(version)
  if (said.length === 0) return null
  return (
    <ul className="history-standing">
      {said.map(({ tone, text }) => (
        <li key={text} className={`state ${tone}`}>
          <Icon name={tone === 'bad' ? 'stop' : tone === 'good' ? 'shield' : 'disk'} /> {text}
        </li>
      ))}
      {version.forgotten && version.givenUp === null ? (
        <li>
          <Link href={folderAt(folder.id, 'versions')}>{t('history.policy')}</Link>
        </li>
      ) : null}
    </ul>
  )
}

function Compared({
  of,
  version,
  other,
  comparable,
  choose,
}: {
  of: { folder: string; path: string }
  version: PastVersion
  other: PastVersion
  comparable: readonly PastVersion[]
  choose: (version: string) => void
}) {
  const side = (each: PastVersion) => ({
    shown: { ...of, version: each.version, kind: each.kind, size: each.size },
    label: nameOf(each),
  })
  // The older one first, as it was written.
  const [before, after] = other.time <= version.time ? [other, version] : [version, other]
  return (
    <>
      <label className="field history-other">
        <span>{t('history.compare.with')}</span>
        <select value={other.version} onChange={({ target }) => choose(target.value)}>
          {comparable
            .filter(({ kind }) => kind === 'file')
            .map((each) => (
              <option key={each.version} value={each.version}>
                {nameOf(each)}
              </option>
            ))}
        </select>
      </label>
      <Comparison before={side(before)} after={side(after)} />
    </>
  )
}

function nameOf({ time, by, current }: PastVersion): string {
  return t(current ? 'history.version-of.current' : 'history.version-of', { time: when(time), device: by })
}
