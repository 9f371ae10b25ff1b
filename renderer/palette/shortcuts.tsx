import { Suspense, useEffect } from 'react'
import { useLocation } from 'wouter'
import type { Snapshot } from '../live/state.ts'
import { Boundary } from '../parts/boundary.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { lazily } from '../parts/lazily.ts'
import { Loading } from '../parts/loading.tsx'
import { t } from '../text/text.ts'
import { isAnyOpen, isPaletteOpen, open, useOpened } from './opened.ts'
import { ShortcutKeys, type Shortcut } from './shortcut-keys.ts'
import { keepTyped } from './typed-ahead.ts'

const Palette = lazily(() => import('./palette.tsx'))
const ShortcutList = lazily(() => import('./shortcut-list.tsx'))

const FIELDS = 'input, textarea, select, [contenteditable], [role="textbox"], [role="combobox"]'
const SEARCH_FIELD = 'main input[type="search"], main [role="searchbox"]'

/** The keys that work on every screen, and what they open. */
export function Shortcuts({ snapshot }: { snapshot: Snapshot }) {
  const opened = useOpened()
  const [, navigate] = useLocation()
  useEffect(() => {
    const keys = new ShortcutKeys()
    const act = (shortcut: Shortcut): void => {
      if (typeof shortcut === 'object') navigate(shortcut.to)
      else if (shortcut === 'search') search()
      else open(shortcut === 'help' ? 'help' : 'commands')
    }
    const press = (event: KeyboardEvent): void => {
      if (isPaletteOpen() && !event.isComposing && !isTyping(event) && keepTyped(event)) return event.preventDefault()
      if (
        event.defaultPrevented ||
        event.isComposing ||
        isTyping(event) ||
        isAnyOpen() ||
        document.querySelector('dialog[open]') !== null
      )
        return
      const shortcut = keys.read(event)
      if (shortcut === undefined || shortcut === 'more') return
      event.preventDefault()
      act(shortcut)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [navigate])
  const close = (): void => open(null)
  return (
    <Boundary
      key={opened}
      instead={(again) => (
        <Dialog title={t('app.broken')} close={close} actions={again}>
          <p className="muted">{t('app.broken.how')}</p>
        </Dialog>
      )}
    >
      <Suspense
        fallback={
          <Loading>
            <Dialog title={t(opened === 'help' ? 'palette.shortcuts' : 'palette.title')} close={close}>
              <p className="muted">{t('app.loading')}</p>
            </Dialog>
          </Loading>
        }
      >
        {opened === 'help' ? <ShortcutList close={close} /> : null}
        {opened === 'commands' || opened === 'search' ? <Palette snapshot={snapshot} first={opened} close={close} /> : null}
      </Suspense>
    </Boundary>
  )
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest(FIELDS) !== null
}

/** Into the search of the screen that is shown, where it has one. */
function search(): void {
  const field = document.querySelector<HTMLElement>(SEARCH_FIELD)
  if (field === null) open('search')
  else field.focus()
}
