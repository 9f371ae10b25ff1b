import { problemTrees, type FolderState, type FolderStatus, type Problem, type ProblemTree } from '#api/contract'
import { useState } from 'react'
import { api } from '../live/api.ts'
import { sentence, size } from '../format.ts'
import { ActionButton, ActionForm, AskingButton, TextField } from '../parts/action.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { t } from '../text/text.ts'
import { Safety } from './safety.tsx'

const STATES: Record<FolderState, { icon: IconName; tone: string }> = {
  idle: { icon: 'check', tone: 'good' },
  scanning: { icon: 'search', tone: 'busy' },
  syncing: { icon: 'arrows', tone: 'busy' },
  paused: { icon: 'pause', tone: 'quiet' },
  blocked: { icon: 'stop', tone: 'bad' },
  held: { icon: 'hand', tone: 'bad' },
  offered: { icon: 'gift', tone: 'quiet' },
  error: { icon: 'stop', tone: 'bad' },
}

export function FolderCard({ folder, problems, isAlone }: { folder: FolderStatus; problems: Problem[]; isAlone: boolean }) {
  const { icon, tone } = STATES[folder.state]
  return (
    <li className="card" data-folder={folder.name}>
      <div className="card-head">
        <h3>{folder.name}</h3>
        <p className={`state ${tone}`}>
          <Icon name={icon} /> {t(`folder.${folder.state}`)}
        </p>
      </div>
      <p className="reason">{sentence(folder.reason)}</p>
      {folder.state === 'offered' ? <Join folder={folder} /> : <Mine folder={folder} problems={problems} isAlone={isAlone} />}
    </li>
  )
}

function Join({ folder }: { folder: FolderStatus }) {
  return (
    <ActionForm verb={t('action.join')} send={({ path = '' }) => api.joinFolder({ folder: folder.id, path })}>
      <TextField name="path" label={t('folder.where')} placeholder={`/home/me/${folder.name}`} required />
    </ActionForm>
  )
}

function Mine({ folder, problems, isAlone }: { folder: FolderStatus; problems: Problem[]; isAlone: boolean }) {
  const [lost, away, stuck] = [problems.filter(isLost), problems.filter(isOutOfReach), problems.filter(isStuck)]
  return (
    <>
      {folder.needBytes > 0 && folder.bytes > 0 ? (
        <progress
          max={folder.bytes + folder.needBytes}
          value={folder.bytes}
          aria-label={t('folder.received', { folder: folder.name })}
        />
      ) : null}
      <p className="facts">
        <span>{t('folder.size', { count: folder.entries, bytes: size(folder.bytes) })}</span>
        {folder.needEntries > 0 ? (
          <span>{t('folder.to-come', { count: folder.needEntries, bytes: size(folder.needBytes) })}</span>
        ) : null}
        {folder.conflicts > 0 ? <span className="bad">{t('folder.conflicts', { count: folder.conflicts })}</span> : null}
        {folder.damaged > 0 ? <span className="bad">{t('folder.damaged', { count: folder.damaged })}</span> : null}
        {folder.protectedPercent === null ? null : <span>{t('folder.protected', { percent: folder.protectedPercent })}</span>}
        {folder.role === 'sync' ? null : <span>{folder.role}</span>}
        <span className="path">{folder.path ?? t('folder.online')}</span>
      </p>
      <Safety notes={folder.notes} isAlone={isAlone} />
      {stuck.length > 0 ? <Problems problems={stuck} title={t('folder.stuck', { count: stuck.length })} /> : null}
      {away.length > 0 ? <Problems problems={away} title={t('folder.away', { count: away.length })} /> : null}
      {lost.length > 0 ? <Problems problems={lost} title={t('folder.lost', { count: lost.length })} /> : null}
      <div className="actions">
        <Decisions folder={folder} />
      </div>
    </>
  )
}

function Decisions({ folder: { id, state, reasonCode, role, heldEntries } }: { folder: FolderStatus }) {
  const folder = id
  return (
    <>
      {state === 'held' ? (
        <>
          <ActionButton primary run={() => api.rejectFolder({ folder })}>
            {t('folder.reject')}
          </ActionButton>
          <AskingButton sure={t('folder.approve.sure', { count: heldEntries })} run={() => api.approveFolder({ folder })}>
            {t('folder.approve')}
          </AskingButton>
        </>
      ) : null}
      {state === 'blocked' && reasonCode !== 'root-missing' ? (
        <ActionButton run={() => api.unblockFolder({ folder })}>{t('folder.unblock')}</ActionButton>
      ) : null}
      {role === 'receive-only' ? (
        <ActionButton run={() => api.revertFolder({ folder })}>{t('folder.revert')}</ActionButton>
      ) : null}
      {state === 'paused' ? (
        <ActionButton primary run={() => api.resumeFolder({ folder })}>
          {t('folder.resume')}
        </ActionButton>
      ) : (
        <ActionButton run={() => api.pauseFolder({ folder })}>{t('folder.pause')}</ActionButton>
      )}
    </>
  )
}

/** Lines shown at first. */
const SHOWN = 20

/** An entry does not sync. */
function isStuck({ code }: Problem): boolean {
  return code !== 'lost' && code !== 'lies' && code !== 'out-of-reach'
}

function isOutOfReach({ code }: Problem): boolean {
  return code === 'out-of-reach'
}

function isLost({ code }: Problem): boolean {
  return code === 'lost'
}

function Problems({ problems, title }: { problems: Problem[]; title: string }) {
  const [all, setAll] = useState(false)
  const trees = problemTrees(problems)
  const shown: ProblemTree[] = all ? problems.map((problem) => ({ ...problem, below: 0 })) : trees.slice(0, SHOWN)
  return (
    <details className="problems">
      <summary>
        <Icon name="stop" /> {title}
      </summary>
      <ul>
        {shown.map(({ path, below, message, hint }) => (
          <li key={`${path} ${message}`}>
            <span className="path">{path}</span> {below === 0 ? null : <>{t('folder.below', { count: below })} </>}
            {sentence(message)} {hint === null ? null : <span className="muted">{sentence(hint)}</span>}
          </li>
        ))}
      </ul>
      {shown.length < problems.length ? (
        <button type="button" className="quiet" onClick={() => setAll(true)}>
          {t('folder.all', { count: problems.length })}
        </button>
      ) : null}
    </details>
  )
}
