import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { FolderStatus, ListItem } from '#api/contract'
import { size, when } from '../format.ts'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import type { Snapshot } from '../live/state.ts'
import { FailureNote } from '../parts/action.tsx'
import { FileName } from '../parts/file-name.tsx'
import { Icon } from '../parts/icon.tsx'
import { Empty } from '../parts/section.tsx'
import { quoted, visible } from '../parts/shown-name.ts'
import { filesAt } from '../places.ts'
import { t } from '../text/text.ts'
import { nameOf, parentOf } from './rows.ts'

const TYPED_MS = 200
const MOST = 200

/** The field that `/` leads to (`palette/shortcuts`). `leave`: to go on in the list. */
export function Search({ find, setFind, leave }: { find: string; setFind: (find: string) => void; leave: () => void }) {
  const [text, setText] = useState(find)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => setText((before) => (before.trim() === find ? before : find)), [find])
  useEffect(() => () => clearTimeout(timer.current), [])
  const change = (next: string, wait: number): void => {
    setText(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setFind(next.trim()), wait)
  }
  return (
    <div className="files-search" role="search">
      <Icon name="search" />
      <input
        type="search"
        data-search
        value={text}
        aria-label={t('files.search')}
        aria-keyshortcuts="/"
        placeholder={t('files.search')}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => change(target.value, TYPED_MS)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault()
            change('', 0)
            leave()
          } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
            event.preventDefault()
            document.querySelector<HTMLElement>('.files-found a')?.focus()
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  )
}

/** What was found, and where it is: each leads there. */
export function SearchResults({
  find,
  folder,
  snapshot,
  deleted,
}: {
  find: string
  folder: FolderStatus
  snapshot: Snapshot
  deleted: boolean
}) {
  const [isWide, setWide] = useState(false)
  const where = isWide ? {} : { folder: folder.id }
  const { value, failure } = useLoaded(JSON.stringify([find, where, deleted]), (signal) =>
    api.search({ query: find, ...where, deleted, limit: MOST }, { signal }),
  )
  const idOf = (name: string): string => snapshot.folders.find((each) => each.name === name)?.id ?? name
  return (
    <section className="files-found" aria-label={t('files.found')}>
      <div className="files-found-head">
        <p role="status">
          {value === null ? null : t(value.more ? 'files.found.more' : 'files.found.count', { count: value.items.length })}
        </p>
        {snapshot.folders.length < 2 ? null : (
          <label>
            <input type="checkbox" checked={isWide} onChange={({ target }) => setWide(target.checked)} /> {t('files.found.all')}
          </label>
        )}
      </div>
      <FailureNote failure={failure} />
      {value !== null && value.items.length === 0 ? <Empty>{t('files.found.none', { find: quoted(find) })}</Empty> : null}
      <ul onKeyDown={move}>
        {(value?.items ?? []).map((item) => (
          <li key={`${item.folder}/${item.path}`}>
            <Link href={placeOf(item, idOf(item.folder))}>
              <Icon name={item.kind === 'directory' ? 'folder' : item.state === 'deleted' ? 'trash' : 'file'} />
              <span className="files-found-name">
                <FileName name={nameOf(item.path)} />
                <span className="muted path">
                  {visible([item.folder, parentOf(item.path)].filter((part) => part !== '').join('/'))}
                </span>
              </span>
              <span className="muted">
                {item.state === 'deleted'
                  ? t('files.state.deleted')
                  : [item.kind === 'directory' ? '' : size(item.size), item.modified === null ? '' : when(item.modified)]
                      .filter((part) => part !== '')
                      .join(' · ')}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** A directory is opened, a file is shown where it is. */
function placeOf({ path, kind, state }: ListItem, folder: string): string {
  if (kind === 'directory') return filesAt(folder, path)
  return filesAt(folder, parentOf(path), { entry: nameOf(path), deleted: state === 'deleted' })
}

function move(event: React.KeyboardEvent): void {
  const links = [...event.currentTarget.querySelectorAll('a')]
  const at = links.findIndex((link) => link === document.activeElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  if (to < 0) document.querySelector<HTMLElement>('[data-search]')?.focus()
  else links[to]?.focus()
}
