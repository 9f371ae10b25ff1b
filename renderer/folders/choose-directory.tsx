import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import { FailureNote } from '../parts/action.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { t } from '../text/text.ts'
import { pathIn } from './home-directory.ts'

/** A browser of the daemon's directories. With `below` what is chosen is a directory of that name in the one that is shown. */
export function ChooseDirectory({
  from,
  below = '',
  note,
  choose,
  close,
}: {
  from: string
  below?: string
  note?: string | undefined
  choose: (path: string) => void
  close: () => void
}) {
  const [path, setPath] = useState(from)
  const [failed, setFailed] = useState(false)
  const { value, failure } = useLoaded(`directory ${path}`, async (signal) => {
    return await api.directory(path === '' ? {} : { path }, { signal })
  })
  useEffect(() => {
    // What somebody typed may not be there: begin with their own directory then.
    if (failure === null || failed || path === '') return
    setFailed(true)
    setPath('')
  }, [failure, failed, path])
  const list = useRef<HTMLUListElement>(null)
  const here = useRef<HTMLParagraphElement>(null)
  useEffect(() => here.current?.focus(), [])
  const enter = (next: string): void => {
    setPath(next)
    here.current?.focus()
  }
  const move = (event: KeyboardEvent): void => {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key]
    if (event.key === 'Backspace' && value?.parent != null) enter(value.parent)
    if (next === undefined) return
    event.preventDefault()
    buttons.at(Math.min(next, buttons.length - 1))?.focus()
  }
  const chosen = value === null ? null : below === '' ? value.path : pathIn(value.path, below)
  return (
    <Dialog
      title={t(below === '' ? 'folders.choose.title' : 'folders.choose.where')}
      close={close}
      actions={
        <>
          <button type="button" onClick={close}>
            {t('action.cancel')}
          </button>
          <button type="button" className="primary" disabled={chosen === null} onClick={() => choose(chosen ?? '')}>
            {t('folders.choose.this')}
          </button>
        </>
      }
    >
      <div className="folders-chooser" onKeyDown={move}>
        {note === undefined ? null : <p className="muted">{note}</p>}
        <p ref={here} className="folders-here" tabIndex={-1} role="status">
          <code>{chosen ?? '…'}</code>
        </p>
        <FailureNote failure={failure} />
        <ul ref={list} aria-label={t('folders.choose.list', { path: value?.path ?? '' })}>
          {value === null || value.parent === null ? null : (
            <li>
              <button type="button" className="folders-directory" onClick={() => enter(value.parent ?? '')}>
                <Icon name="up" /> {t('folders.choose.up')}
              </button>
            </li>
          )}
          {value?.directories.map(({ name, path: at, shared }) => (
            <li key={at}>
              <button type="button" className="folders-directory" onClick={() => enter(at)}>
                <Icon name="folder" /> <span>{name}</span>
                {shared === null ? null : <span className="muted">{t('folders.choose.shared', { folder: shared })}</span>}
                <Icon name="next" />
              </button>
            </li>
          ))}
        </ul>
        {value?.directories.length === 0 ? <p className="muted">{t('folders.choose.empty')}</p> : null}
        {value?.more === true ? <p className="muted">{t('folders.choose.more')}</p> : null}
      </div>
    </Dialog>
  )
}
