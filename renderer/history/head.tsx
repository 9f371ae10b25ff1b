import { useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { FolderStatus } from '#api/contract'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { deviceName } from '../parts/names.ts'
import { filesAt, historyAt } from '../places.ts'
import { visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'

/** Whose past is shown: the folder, the path in it, and the device that wrote it; and what is done with all of it. */
export function HistoryHead({
  snapshot,
  folder,
  folders,
  path,
  device,
  go,
  snapshots,
  restore,
}: {
  snapshot: Snapshot
  folder: FolderStatus
  folders: readonly FolderStatus[]
  path: string
  device: string | undefined
  /** To what is at a path and below, of one device. */
  go: (path: string, device: string | undefined) => void
  snapshots: () => void
  restore: () => void
}) {
  const [, open] = useLocation()
  const [typed, setTyped] = useState(path)
  useEffect(() => setTyped(path), [path])
  const members = snapshot.devices.filter(({ role }) => role !== 'storage')
  return (
    <header className="history-head">
      <div className="section-head">
        <h2 className="screen-title">{t('history.title')}</h2>
        <div className="actions">
          <button type="button" onClick={snapshots}>
            <Icon name="camera" /> {t('history.snapshots')}
          </button>
          <button type="button" onClick={restore}>
            <Icon name="moment" /> {t(path === '' ? 'history.restore-folder' : 'history.restore-path')}
          </button>
        </div>
      </div>
      <form
        className="fields"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          go(typed.trim().replace(/^\/+|\/+$/gu, ''), device)
        }}
      >
        <label className="field">
          <span>{t('history.folder')}</span>
          <select value={folder.id} onChange={({ target }) => open(historyAt(target.value))}>
            {folders.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label className="field history-path">
          <span>{t('history.path')}</span>
          <input
            value={typed}
            placeholder={t('history.path.all')}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        {typed.trim() === path ? null : <button type="submit">{t('history.path.go')}</button>}
        <label className="field">
          <span>{t('history.device')}</span>
          <select value={device ?? ''} onChange={({ target }) => go(path, target.value === '' ? undefined : target.value)}>
            <option value="">{t('history.device.all')}</option>
            {members.map((member) => (
              <option key={member.device} value={member.device}>
                {deviceName(snapshot, member.device)}
              </option>
            ))}
          </select>
        </label>
      </form>
      {path === '' ? null : <Crumbs folder={folder} path={path} device={device} />}
    </header>
  )
}

/** The way down to the path; each step leads to its own past. */
function Crumbs({ folder: { id, name }, path, device }: { folder: FolderStatus; path: string; device: string | undefined }) {
  const names = path.split('/')
  const steps = names.map((step, n) => ({ step, to: names.slice(0, n + 1).join('/') }))
  return (
    <nav className="history-crumbs" aria-label={t('history.crumbs')}>
      <ol>
        <li>
          <Link href={historyAt(id, '', undefined, { device })}>{name}</Link>
        </li>
        {steps.map(({ step, to }) => (
          <li key={to}>
            {to === path ? (
              <bdi aria-current="page">{visible(step)}</bdi>
            ) : (
              <Link href={historyAt(id, to, undefined, { device })}>
                <bdi>{visible(step)}</bdi>
              </Link>
            )}
          </li>
        ))}
      </ol>
      <Link href={filesAt(id, names.slice(0, -1).join('/'), { entry: names.at(-1) ?? '' })}>{t('history.in-files')}</Link>
    </nav>
  )
}
