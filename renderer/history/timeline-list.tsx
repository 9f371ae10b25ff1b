import { useEffect, useRef, type KeyboardEvent } from 'react'
import { Link } from 'wouter'
import type { Change, PastVersion } from '#api/contract'
import { clockTime, dayName, size, sizeChange } from '../format.ts'
import { Icon } from '../parts/icon.tsx'
import { visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { daysOf, keyOf } from './days.ts'
import { Cause } from './words.tsx'

/** By the arrow keys from one change to the next. */
function move(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('.history-row')]
  const at = rows.findIndex((row) => row === document.activeElement)
  if (step === undefined || at < 0) return
  event.preventDefault()
  rows[at + step]?.focus()
}

/** Changes by day, the newest first; older ones are loaded as the end comes near, or by a button. */
export function TimelineList({
  changes,
  chosen,
  hasMore,
  loadMore,
  addressOf,
  versions,
  below,
  restoreTo,
}: {
  changes: readonly Change[]
  chosen: { version: string; path: string } | null
  hasMore: boolean
  loadMore: () => void
  addressOf: (change: Change) => string
  /** More of what is known of them, where all are of one file. */
  versions: readonly PastVersion[]
  /** The path that all are at or below. */
  below: string
  /** null: there is nothing to restore at a time. */
  restoreTo: ((time: string) => void) | null
}) {
  return (
    <div className="history-days" onKeyDown={move}>
      {daysOf(changes).map(({ time, changes: ofDay }) => (
        <section key={new Date(time).toDateString()} className="history-day" aria-label={dayName(time)}>
          <header>
            <h3>{dayName(time)}</h3>
            <span className="muted">{t('history.count', { count: ofDay.length })}</span>
            {restoreTo === null ? null : (
              <button type="button" className="quiet" onClick={() => restoreTo(time)}>
                {t('history.restore-day')}
              </button>
            )}
          </header>
          <ol>
            {ofDay.map((change) => (
              <li key={keyOf(change)}>
                <Row
                  change={change}
                  address={addressOf(change)}
                  version={versions.find(({ version }) => version === change.version)}
                  below={below}
                  isChosen={chosen?.version === change.version && chosen.path === change.path}
                />
              </li>
            ))}
          </ol>
        </section>
      ))}
      {hasMore ? <More load={loadMore} /> : null}
    </div>
  )
}

function Row({
  change,
  version,
  address,
  below,
  isChosen,
}: {
  change: Change
  version: PastVersion | undefined
  address: string
  below: string
  isChosen: boolean
}) {
  const { path, time, by, cause, kind, size: bytes, sizeBefore, pinned, current, forgotten } = change
  const slash = path.lastIndexOf('/') + 1
  const row = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    // Where what is compared is above the list, that comes first.
    if (isChosen && row.current?.closest('.comparing') === null) row.current.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  const directory = path.slice(below === '' || !path.startsWith(`${below}/`) ? 0 : below.length + 1, slash)
  return (
    <Link ref={row} href={address} className="history-row" aria-current={isChosen ? 'true' : undefined}>
      <time dateTime={time}>{clockTime(time)}</time>
      <span className="history-name">
        <bdi className={cause === 'deleted' ? 'gone' : ''}>{visible(path.slice(slash))}</bdi>
        {path === below || directory === '' ? null : <bdi className="muted"> {visible(directory.slice(0, -1))}</bdi>}
      </span>
      <Cause cause={cause} />
      <span className="history-size">{kind === 'file' ? grown(bytes, sizeBefore) : ''}</span>
      <span className="history-by muted">{by}</span>
      <span className="history-marks">
        {pinned ? (
          <span title={t('history.pinned.mark')}>
            <Icon name="pin" />
            <span className="visually-hidden">{t('history.pinned.mark')}</span>
          </span>
        ) : null}
        {current && cause !== 'deleted' ? <span className="history-badge">{t('history.current')}</span> : null}
        <Trouble version={version} forgotten={forgotten} />
      </span>
    </Link>
  )
}

/** Of a version that is not as safe as it should be, in a word. */
function Trouble({ version, forgotten }: { version: PastVersion | undefined; forgotten: boolean }) {
  if (version?.lost === true) return <span className="bad">{t('history.mark.lost')}</span>
  if (version !== undefined && version.givenUp !== null) return <span className="bad">{t('history.mark.given-up')}</span>
  if (forgotten) return <span className="muted">{t('history.forgotten.mark')}</span>
  const state = version?.kind === 'file' ? version.state : 'kept'
  return state === 'at-risk' || state === 'incomplete' ? <span className="bad">{t(`history.mark.${state}`)}</span> : null
}

function grown(bytes: number, before: number | null): string {
  return before === null ? size(bytes) : sizeChange(bytes - before)
}

function More({ load }: { load: () => void }) {
  const button = useRef<HTMLButtonElement>(null)
  const latest = useRef(load)
  latest.current = load
  useEffect(() => {
    const watching = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) latest.current()
    })
    if (button.current !== null) watching.observe(button.current)
    return () => watching.disconnect()
  })
  return (
    <button ref={button} type="button" onClick={load}>
      {t('history.older')}
    </button>
  )
}
