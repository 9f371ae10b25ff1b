import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useLocation } from 'wouter'
import type { ListItem } from '#api/contract'
import { sentence } from '../format.ts'
import type { Snapshot } from '../live/state.ts'
import { tell } from '../live/toasts.ts'
import { failureOf } from '../parts/action.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { filesAt } from '../places.ts'
import { visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { commandsNow, fitting, type Command } from './commands.ts'
import { takeTyped } from './typed-ahead.ts'
import { useFiles } from './use-files.ts'

const PAGE = 8
const MOST_COMMANDS = 50

interface Choice {
  id: string
  icon: IconName
  title: string
  /** Beside the title: where a file is, or a command's shortcut. */
  beside: string
  does: Command['does']
}

/** Everything there is to go to and to do, and every file, by a few letters (w3.org/WAI/ARIA/apg/patterns/combobox). */
export default function Palette({
  snapshot,
  first,
  close,
}: {
  snapshot: Snapshot
  first: 'commands' | 'search'
  close: () => void
}) {
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const [, navigate] = useLocation()
  const id = useId()
  const dialog = useModal()
  useLayoutEffect(() => {
    const before = takeTyped()
    setTyped((now) => now + before)
  }, [])
  const files = useFiles(typed)

  const commands = fitting(commandsNow(snapshot), typed).slice(0, MOST_COMMANDS)
  const named = { title: t('palette.commands'), choices: commands.map(commandChoice) }
  const found = { title: t('palette.files'), choices: files.items.map((item) => fileChoice(item, snapshot)) }
  const groups = (first === 'search' ? [found, ...(typed === '' ? [] : [named])] : [named, found]).filter(
    ({ choices }) => choices.length > 0,
  )
  const choices = groups.flatMap((group) => group.choices)
  const chosen = choices[Math.min(at, choices.length - 1)]

  const run = ({ does }: Choice): void => {
    close()
    if ('to' in does) navigate(does.to)
    else void attempt(does.run)
  }
  const press = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      close()
      return
    }
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault()
      run(chosen)
    }
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE }[event.key]
    if (step === undefined || choices.length === 0) return
    event.preventDefault()
    setAt(next(Math.min(at, choices.length - 1), step, choices.length))
  }

  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={t('palette.title')}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) close() // beside it
      }}
    >
      <div className="palette-field">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label={t(first === 'search' ? 'palette.search' : 'palette.type')}
          aria-expanded={choices.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={chosen === undefined ? undefined : `${id}-${chosen.id}`}
          placeholder={t(first === 'search' ? 'palette.search' : 'palette.type')}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          autoFocus
          value={typed}
          onChange={({ target: { value } }) => {
            setTyped(value)
            setAt(0)
          }}
          onKeyDown={press}
        />
        <kbd>Esc</kbd>
      </div>
      <div id={`${id}-list`} className="palette-list" role="listbox" aria-label={t('palette.title')}>
        {groups.map((group) => (
          <div key={group.title} role="group" aria-label={group.title}>
            <p className="palette-group" aria-hidden="true">
              {group.title}
            </p>
            {group.choices.map((choice) => (
              <Option key={choice.id} id={`${id}-${choice.id}`} choice={choice} chosen={choice === chosen} run={run} />
            ))}
          </div>
        ))}
      </div>
      <p className="palette-note" role="status">
        {noteOf(typed, choices.length, files)}
      </p>
    </dialog>
  )
}

function Option({ id, choice, chosen, run }: { id: string; choice: Choice; chosen: boolean; run: (choice: Choice) => void }) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (chosen) element.current?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  return (
    <div
      ref={element}
      id={id}
      className="palette-option"
      role="option"
      aria-selected={chosen}
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => run(choice)}
    >
      <Icon name={choice.icon} />
      <span className="palette-name">{choice.title}</span>
      <span className="palette-beside">{choice.beside}</span>
    </div>
  )
}

/** Shown over all else as long as it is drawn; then the focus goes back to where it was. */
function useModal() {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return dialog
}

/** One step goes round, a page stops at the ends. */
function next(at: number, step: number, length: number): number {
  if (Math.abs(step) === 1) return (at + step + length) % length
  return Math.max(0, Math.min(length - 1, at + step))
}

function commandChoice({ id, icon, title, keys = '', does }: Command): Choice {
  return { id: id.replaceAll(' ', '-'), icon, title, beside: keys, does }
}

function fileChoice({ folder, path, kind }: ListItem, { folders }: Snapshot): Choice {
  const of = folders.find(({ id, name }) => id === folder || name === folder)?.id ?? folder
  const slash = path.lastIndexOf('/')
  const [parent, name] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)]
  const isDirectory = kind === 'directory'
  return {
    id: `file-${encodeURIComponent(`${of}/${path}`)}`,
    icon: isDirectory ? 'folder' : 'file',
    title: visible(name),
    beside: visible(parent === '' ? folder : `${folder}/${parent}`),
    does: { to: isDirectory ? filesAt(of, path) : filesAt(of, parent, { entry: name }) },
  }
}

function noteOf(typed: string, count: number, { query, more, failure }: ReturnType<typeof useFiles>): string {
  if (failure !== null) return sentence(t('palette.search.failed', { message: failure.message }))
  if (typed.trim() === '') return t('palette.hint')
  if (query !== typed.trim()) return t('palette.searching')
  return more ? t('palette.found.more', { count }) : t('palette.found', { count })
}

async function attempt(run: () => unknown): Promise<void> {
  try {
    await run()
  } catch (error) {
    const { message, hint } = failureOf(error)
    tell(`${sentence(message)}${hint === undefined ? '' : ` ${sentence(hint)}`}`)
  }
}
