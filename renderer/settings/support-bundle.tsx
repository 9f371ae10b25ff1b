import { useState, type FormEvent } from 'react'
import { pathIn, useHomeDirectory } from '../folders/home-directory.ts'
import { api } from '../live/api.ts'
import { tell } from '../live/toasts.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { t } from '../text/text.ts'

/** Writes what somebody who helps needs to see into a file, without secrets. */
export function SupportBundle() {
  const home = useHomeDirectory()
  const suggested = home === null ? '' : pathIn(home, 'holdfast-support.json')
  const [typed, setTyped] = useState<string | null>(null)
  const { busy, failure, run } = useAction()
  const file = (typed ?? suggested).trim()
  const write = (event: FormEvent): void => {
    event.preventDefault()
    void run(async () => tell(t('settings.bundle.done', { file: (await api.supportBundle({ file })).file })))
  }
  return (
    <form className="settings-row" onSubmit={write}>
      <label htmlFor="bundle">{t('settings.bundle')}</label>
      <p id="bundle-how" className="muted">
        {t('settings.bundle.how')}
      </p>
      <div className="settings-entry">
        <input
          id="bundle"
          value={typed ?? suggested}
          spellCheck={false}
          aria-describedby="bundle-how"
          onChange={({ target }) => setTyped(target.value)}
        />
        <button type="submit" disabled={busy || file === ''}>
          {t('settings.bundle.write')}
        </button>
      </div>
      <FailureNote failure={failure} />
    </form>
  )
}
