import { Link, useLocation } from 'wouter'
import type { FolderStatus } from '#api/contract'
import { untilTomorrow } from '../frame/until-tomorrow.ts'
import { size } from '../format.ts'
import { api } from '../live/api.ts'
import { theShell } from '../live/shell.ts'
import type { Snapshot } from '../live/state.ts'
import { tell } from '../live/toasts.ts'
import { AskingButton, FailureNote, useAction } from '../parts/action.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { conflictsAt, filesAt, folderAt, historyAt } from '../places.ts'
import { areAllHere, Safety } from '../sections/safety.tsx'
import { t, type MessageKey } from '../text/text.ts'

const HOUR = 3_600
/** For how long, in seconds; null: until somebody resumes. */
const PAUSES: readonly (readonly [MessageKey, () => number | null])[] = [
  ['pause.half-hour', () => HOUR / 2],
  ['pause.hour', () => HOUR],
  ['pause.tomorrow', () => untilTomorrow(new Date())],
  ['pause.resumed', () => null],
]

export function Overview({ folder, snapshot }: { folder: FolderStatus; snapshot: Snapshot }) {
  const { id, path, role } = folder
  return (
    <div className="folders-tab">
      <p className="folders-links">
        <Link href={filesAt(id)}>
          <Icon name="file" /> {t('folders.open.files')}
        </Link>
        <Link href={historyAt(id)}>
          <Icon name="history" /> {t('folders.open.history')}
        </Link>
        {folder.conflicts > 0 ? (
          <Link href={conflictsAt(id)} className="bad">
            <Icon name="fork" /> {t('folder.conflicts', { count: folder.conflicts })}
          </Link>
        ) : null}
      </p>
      <dl className="folders-facts">
        <dt>{t('folders.place')}</dt>
        <dd>
          <code>{path ?? t('folders.place.online')}</code> {path === null ? null : <CopyButton text={path} />}
          {path === null || theShell() === undefined ? null : (
            <button type="button" className="quiet" onClick={() => theShell()?.reveal(path)}>
              {t('folders.reveal')}
            </button>
          )}
        </dd>
        <dt>{t('folders.content')}</dt>
        <dd>{t('folder.size', { count: folder.entries, bytes: size(folder.bytes) })}</dd>
        <dt>{t('folders.role')}</dt>
        <dd>{t(`folders.role.${role}.how`)}</dd>
        <Protection folder={folder} />
      </dl>
      <Safety folder={folder} isAlone={snapshot.peers.length === 0 && areAllHere(snapshot.folders)} />
      <OutOfReach folder={folder} />
      {folder.state === 'paused' ? null : <PauseFor folder={folder} />}
      {role === 'receive-only' ? (
        <div className="folders-block">
          <h3>{t('folders.edits')}</h3>
          <p className="muted">{t('folders.edits.how')}</p>
          <AskingButton sure={t('folders.revert.sure')} run={() => api.revertFolder({ folder: id })}>
            {t('folder.revert')}
          </AskingButton>
        </div>
      ) : null}
      <Leave folder={folder} />
    </div>
  )
}

function Protection({ folder: { copies, wantedCopies, protectedPercent, lost, id } }: { folder: FolderStatus }) {
  return (
    <>
      {copies === null ? null : (
        <>
          <dt>{t('folders.copies')}</dt>
          <dd>
            {wantedCopies !== null && wantedCopies > copies
              ? t('folders.copies.less', { copies, wanted: wantedCopies })
              : t('folders.copies.all', { copies })}
          </dd>
        </>
      )}
      {protectedPercent === null ? null : (
        <>
          <dt>{t('folders.protection')}</dt>
          <dd>{t('folder.protected', { percent: protectedPercent })}</dd>
        </>
      )}
      {lost === 0 ? null : (
        <>
          <dt>{t('folders.lost')}</dt>
          <dd>
            <Link href={folderAt(id, 'problems')} className="bad">
              {t('folders.lost.versions', { count: lost })}
            </Link>
          </dd>
        </>
      )}
    </>
  )
}

function OutOfReach({ folder: { outOfReach } }: { folder: FolderStatus }) {
  if (outOfReach.length === 0) return null
  return (
    <div className="folders-block">
      <h3>{t('folders.away')}</h3>
      <ul>
        {outOfReach.map(({ devices, said, files, versions }) => (
          <li key={devices.map(({ device }) => device).join()}>
            {t(said ? 'folders.away.on' : 'folders.away.perhaps', {
              files,
              versions,
              devices: devices.map(({ name }) => name).join(', '),
            })}
          </li>
        ))}
      </ul>
    </div>
  )
}

function PauseFor({ folder: { id } }: { folder: FolderStatus }) {
  const { busy, failure, run } = useAction()
  return (
    <div className="folders-block">
      <h3>{t('folders.pause')}</h3>
      <div className="actions">
        {PAUSES.map(([name, seconds]) => (
          <button
            key={name}
            type="button"
            disabled={busy}
            onClick={() => void run(() => api.pauseFolder({ folder: id, forSeconds: seconds() }))}
          >
            {t(name)}
          </button>
        ))}
      </div>
      <FailureNote failure={failure} />
    </div>
  )
}

function Leave({ folder: { id, name } }: { folder: FolderStatus }) {
  const [, navigate] = useLocation()
  const leave = async (): Promise<void> => {
    await api.leaveFolder({ folder: id })
    tell(t('folders.left', { folder: name }))
    navigate('/')
  }
  return (
    <div className="folders-block">
      <h3>{t('folders.leave')}</h3>
      <p className="muted">{t('folders.leave.how')}</p>
      <AskingButton sure={t('folders.leave.sure', { folder: name })} run={leave}>
        {t('folders.leave')}
      </AskingButton>
    </div>
  )
}
