import { useState, type FormEvent } from 'react'
import type { FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { t } from '../text/text.ts'
import { pathIn, useHomeDirectory } from './home-directory.ts'
import { PathField } from './path-field.tsx'

/** Takes part in an offered folder: at a place that is proposed, at another one, or without any. */
export function JoinForm({ folder }: { folder: FolderStatus }) {
  const home = useHomeDirectory()
  const [typed, setTyped] = useState<string | null>(null)
  const path = typed ?? (home === null ? '' : pathIn(home, folder.name))
  const { busy, failure, run } = useAction()
  const join = (to: string | null): void => void run(() => api.joinFolder({ folder: folder.id, path: to }))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    join(path.trim())
  }
  return (
    <form className="folders-form" onSubmit={submit}>
      <PathField
        label={t('folder.where')}
        value={path}
        change={setTyped}
        placeholder={`/home/me/${folder.name}`}
        below={folder.name}
      />
      <FailureNote failure={failure} />
      <div className="actions">
        <button type="submit" disabled={busy}>
          {t('action.join')}
        </button>
        <button type="button" className="quiet" disabled={busy} onClick={() => join(null)}>
          {t('folders.online')}
        </button>
      </div>
    </form>
  )
}
