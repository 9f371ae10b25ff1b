import { Link } from 'wouter'
import type { FolderStatus } from '#api/contract'
import { Decisions, needsDecision } from '../folders/decisions.tsx'
import { FolderProgress } from '../folders/folder-progress.tsx'
import { FOLDER_STATES, stateWords } from '../folders/folder-words.ts'
import { JoinForm } from '../folders/join-form.tsx'
import { Needs } from '../folders/needs.tsx'
import { size } from '../format.ts'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { conflictsAt, filesAt, folderAt, historyAt } from '../places.ts'
import { t } from '../text/text.ts'
import { Safety } from './safety.tsx'

/** A folder as it stands: what it is, why it is so, and the one thing to do, if any. All else is in its drawer. */
export function FolderCard({
  folder,
  snapshot,
  isAlone,
  isOpen,
}: {
  folder: FolderStatus
  snapshot: Snapshot
  isAlone: boolean
  isOpen: boolean
}) {
  const { icon, tone } = FOLDER_STATES[folder.state]
  const { state, reason } = stateWords(folder)
  const isOffered = folder.state === 'offered'
  return (
    <li className={`card folders-card ${tone}`} data-folder={folder.name} data-open={isOpen}>
      <span className="folders-tile">
        <Icon name={isOffered ? 'gift' : 'folder'} />
      </span>
      <div className="card-head">
        <h3>
          {isOffered ? (
            folder.name
          ) : (
            <Link href={folderAt(folder.id)} aria-current={isOpen ? 'true' : undefined}>
              {folder.name}
            </Link>
          )}
        </h3>
        <p className={`state ${tone}`}>
          <Icon name={icon} /> {state}
        </p>
      </div>
      {isOffered ? null : <p className="path muted">{folder.path ?? t('folder.online')}</p>}
      {reason === null ? null : <p className="reason">{reason}</p>}
      {isOffered ? <JoinForm folder={folder} /> : <Mine folder={folder} snapshot={snapshot} isAlone={isAlone} />}
    </li>
  )
}

function Mine({ folder, snapshot, isAlone }: { folder: FolderStatus; snapshot: Snapshot; isAlone: boolean }) {
  const { id, entries, bytes, conflicts, damaged, protectedPercent, role } = folder
  return (
    <>
      <FolderProgress folder={folder} snapshot={snapshot} />
      {needsDecision(folder) ? (
        <div className="actions">
          <Decisions folder={folder} />
        </div>
      ) : null}
      <p className="facts">
        <span>{t('folder.size', { count: entries, bytes: size(bytes) })}</span>
        {protectedPercent === null ? null : <span>{t('folder.protected', { percent: protectedPercent })}</span>}
        {role === 'sync' ? null : <span>{t(`folders.role.${role}`)}</span>}
        {damaged > 0 ? <span className="bad">{t('folder.damaged', { count: damaged })}</span> : null}
      </p>
      <Safety folder={folder} isAlone={isAlone} />
      <Needs folder={folder} snapshot={snapshot} />
      <p className="folders-links">
        {conflicts > 0 ? (
          <Link href={conflictsAt(id)} className="bad">
            <Icon name="fork" /> {t('folder.conflicts', { count: conflicts })}
          </Link>
        ) : null}
        <Link href={filesAt(id)}>{t('nav.files')}</Link>
        <Link href={historyAt(id)}>{t('nav.history')}</Link>
        <Link href={folderAt(id)}>{t('folders.details')}</Link>
      </p>
    </>
  )
}
