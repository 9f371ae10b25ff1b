import { useState } from 'react'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Hint } from '../parts/hint.tsx'
import { ProgressLine } from '../parts/progress.tsx'
import { visible } from '../parts/shown-name.ts'
import { sentence } from '../format.ts'
import { t } from '../text/text.ts'
import { sendAgain, takeBack } from './begin-upload.ts'
import { CollisionDialog } from './collision-dialog.tsx'
import { placeName, summaryOf } from './upload-words.ts'
import { forget, useUploads, type Task } from './uploads.ts'

/** What is on its way into a folder, and what of it did not get there. */
export function UploadPanel() {
  const tasks = useUploads()
  const asking = tasks.find((task) => task.step === 'asking')
  return (
    <>
      {tasks.length === 0 ? null : (
        <div className="files-uploads">
          {tasks.map((task) => (
            <One key={task.number} task={task} />
          ))}
        </div>
      )}
      {asking === undefined ? null : (
        <CollisionDialog key={asking.number} collisions={asking.collisions} answer={asking.answer} />
      )}
    </>
  )
}

function One({ task }: { task: Task }) {
  const place = placeName(task.goal)
  switch (task.step) {
    case 'reading':
      return <Line text={t('files.upload.reading', { count: task.found })} stop={task.cancel} />
    case 'asking':
      return null
    case 'waiting':
      return <Line text={t('files.upload.waiting', { place })} stop={task.cancel} />
    case 'uploading':
      return task.state.step === 'over' ? <Over task={task} /> : <Running task={task} place={place} />
  }
}

function Line({ text, stop }: { text: string; stop: () => void }) {
  return (
    <div className="files-upload">
      <p className="files-upload-head">
        <span>{text}</span>
        <button type="button" onClick={stop}>
          {t('action.cancel')}
        </button>
      </p>
    </div>
  )
}

type Uploading = Extract<Task, { step: 'uploading' }>

function Running({ task: { upload, state }, place }: { task: Uploading; place: string }) {
  const isUndoing = state.step === 'undoing'
  const text = isUndoing ? t('files.upload.undoing') : t('files.upload.sending', { count: state.files, place })
  return (
    <div className="files-upload">
      <p className="files-upload-head">
        <strong>{text}</strong>
        <span className="muted">{t('files.upload.done', { done: state.filesDone, files: state.files })}</span>
        {isUndoing ? null : (
          <button type="button" onClick={() => upload.cancel()}>
            {t('action.cancel')}
          </button>
        )}
      </p>
      {isUndoing ? (
        <progress max={Math.max(1, state.files)} value={state.filesDone} aria-label={text} />
      ) : (
        <ProgressLine label={text} done={state.bytesDone} total={state.bytes} rate={state.bytesPerSecond} />
      )}
    </div>
  )
}

/** Failures listed at once; more would be a list that nobody reads. */
const LISTED = 100

function Over({ task }: { task: Uploading }) {
  const { upload, state, goal, number } = task
  const [isOpen, setOpen] = useState(state.failed.length < 6)
  const { busy, failure, run } = useAction()
  return (
    <div className="files-upload">
      <p className="files-upload-head" role="status">
        <strong>{summaryOf(state, goal)}</strong>
      </p>
      {state.failed.length === 0 ? null : (
        <details className="problems" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>{t('files.upload.why', { count: state.failed.length })}</summary>
          <ul>
            {state.failed.slice(0, LISTED).map(({ path, message, hint }) => (
              <li key={path}>
                <bdi className="path">{visible(path)}</bdi> {sentence(message)} <Hint hint={hint} />
              </li>
            ))}
          </ul>
          {state.failed.length > LISTED ? (
            <p className="muted">{t('count.more', { count: state.failed.length - LISTED })}</p>
          ) : null}
        </details>
      )}
      <p className="actions">
        {upload.canRetry ? (
          <button type="button" className="primary" disabled={busy} onClick={() => void run(() => sendAgain(task, upload))}>
            {t('files.upload.again')}
          </button>
        ) : null}
        {upload.canUndo ? (
          <button type="button" disabled={busy} onClick={() => void run(() => takeBack(task, upload))}>
            {t('files.upload.undo')}
          </button>
        ) : null}
        <button type="button" onClick={() => forget(number)}>
          {t('action.dismiss')}
        </button>
      </p>
      <FailureNote failure={failure ?? state.undoFailure} />
    </div>
  )
}
