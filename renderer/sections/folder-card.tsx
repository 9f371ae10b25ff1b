import { problemTrees, type FolderState, type FolderStatus, type Problem, type ProblemTree } from '#api/contract'
import { useState } from 'react'
import { api } from '../live/api.ts'
import { count, sentence, size } from '../format.ts'
import { ActionButton, ActionForm, AskingButton, TextField } from '../parts/action.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { Safety } from './safety.tsx'

const STATES: Record<FolderState, { icon: IconName; tone: string; word: string }> = {
  idle: { icon: 'check', tone: 'good', word: 'Idle' },
  scanning: { icon: 'search', tone: 'busy', word: 'Scanning' },
  syncing: { icon: 'arrows', tone: 'busy', word: 'Syncing' },
  paused: { icon: 'pause', tone: 'quiet', word: 'Paused' },
  blocked: { icon: 'stop', tone: 'bad', word: 'Blocked' },
  held: { icon: 'hand', tone: 'bad', word: 'Held' },
  offered: { icon: 'gift', tone: 'quiet', word: 'Offered' },
  error: { icon: 'stop', tone: 'bad', word: 'Error' },
}

export function FolderCard({ folder, problems, isAlone }: { folder: FolderStatus; problems: Problem[]; isAlone: boolean }) {
  const { icon, tone, word } = STATES[folder.state]
  return (
    <li className="card" data-folder={folder.name}>
      <div className="card-head">
        <h3>{folder.name}</h3>
        <p className={`state ${tone}`}>
          <Icon name={icon} /> {word}
        </p>
      </div>
      <p className="reason">{sentence(folder.reason)}</p>
      {folder.state === 'offered' ? <Join folder={folder} /> : <Mine folder={folder} problems={problems} isAlone={isAlone} />}
    </li>
  )
}

function Join({ folder }: { folder: FolderStatus }) {
  return (
    <ActionForm verb="Join" send={({ path = '' }) => api.joinFolder({ folder: folder.id, path })}>
      <TextField name="path" label="Where it goes on this computer" placeholder={`/home/me/${folder.name}`} required />
    </ActionForm>
  )
}

function Mine({ folder, problems, isAlone }: { folder: FolderStatus; problems: Problem[]; isAlone: boolean }) {
  const [lost, away, stuck] = [problems.filter(isLost), problems.filter(isOutOfReach), problems.filter(isStuck)]
  return (
    <>
      {folder.needBytes > 0 && folder.bytes > 0 ? (
        <progress max={folder.bytes + folder.needBytes} value={folder.bytes} aria-label={`${folder.name}: received so far`} />
      ) : null}
      <p className="facts">
        <span>
          {count(folder.entries, 'entry', 'entries')}, {size(folder.bytes)}
        </span>
        {folder.needEntries > 0 ? (
          <span>
            {count(folder.needEntries, 'entry', 'entries')} to come, {size(folder.needBytes)}
          </span>
        ) : null}
        {folder.conflicts > 0 ? <span className="bad">{count(folder.conflicts, 'conflict')}</span> : null}
        {folder.damaged > 0 ? (
          <span className="bad">
            {count(folder.damaged, 'piece')} of its versions damaged here: connect the other devices, and check this disk
          </span>
        ) : null}
        {folder.protectedPercent === null ? null : <span>{folder.protectedPercent} % protected</span>}
        {folder.role === 'sync' ? null : <span>{folder.role}</span>}
        <span className="path">{folder.path ?? 'online only'}</span>
      </p>
      <Safety notes={folder.notes} isAlone={isAlone} />
      {stuck.length > 0 ? (
        <Problems problems={stuck} title={`Why ${count(stuck.length, 'entry does', 'entries do')} not sync`} />
      ) : null}
      {away.length > 0 ? <Problems problems={away} title={`What is out of reach of ${count(away.length, 'file')}`} /> : null}
      {lost.length > 0 ? <Problems problems={lost} title={`What is lost of ${count(lost.length, 'file')}`} /> : null}
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
            Bring files back
          </ActionButton>
          <AskingButton
            sure={`Delete ${count(heldEntries, 'entry', 'entries')} on all devices`}
            run={() => api.approveFolder({ folder })}
          >
            Delete everywhere
          </AskingButton>
        </>
      ) : null}
      {state === 'blocked' && reasonCode !== 'root-missing' ? (
        <ActionButton run={() => api.unblockFolder({ folder })}>Go on with it as it is</ActionButton>
      ) : null}
      {role === 'receive-only' ? <ActionButton run={() => api.revertFolder({ folder })}>Undo local edits</ActionButton> : null}
      {state === 'paused' ? (
        <ActionButton primary run={() => api.resumeFolder({ folder })}>
          Resume
        </ActionButton>
      ) : (
        <ActionButton run={() => api.pauseFolder({ folder })}>Pause</ActionButton>
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
            <span className="path">{path}</span> {below === 0 ? null : <>and {count(below, 'entry', 'entries')} in it: </>}
            {sentence(message)} {hint === null ? null : <span className="muted">{sentence(hint)}</span>}
          </li>
        ))}
      </ul>
      {shown.length < problems.length ? (
        <button type="button" className="quiet" onClick={() => setAll(true)}>
          List all {problems.length}
        </button>
      ) : null}
    </details>
  )
}
