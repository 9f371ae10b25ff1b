import { useState, type FormEvent } from 'react'
import { api } from '../live/api.ts'
import { FailureNote, TextField, useAction } from '../parts/action.tsx'
import { t } from '../text/text.ts'
import { PathField } from './path-field.tsx'

/** Shares a directory of this computer. `done` gets the folder; what was typed stays where it failed. */
export function ShareForm({
  path: from = '',
  note,
  done,
}: {
  path?: string
  note?: string | undefined
  done: (folder: { id: string; name: string }) => void
}) {
  const [path, setPath] = useState(from)
  const { busy, failure, run } = useAction()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const given = fields.get('name')
    const name = typeof given === 'string' ? given.trim() : ''
    const history = fields.has('history') ? 'full' : 'off'
    void run(async () => done(await api.createFolder({ path: path.trim(), history, ...(name === '' ? {} : { name }) })))
  }
  return (
    <form className="folders-form" onSubmit={submit}>
      <PathField
        label={t('folders.path')}
        value={path}
        change={setPath}
        placeholder="/home/me/Documents"
        note={note}
        begin={note !== undefined}
      />
      <details>
        <summary>{t('folders.options')}</summary>
        <TextField name="name" label={t('folders.name')} />
        <label className="folders-check">
          <input type="checkbox" name="history" defaultChecked /> {t('folders.keep')}
        </label>
      </details>
      <FailureNote failure={failure} />
      <p>
        <button type="submit" disabled={busy}>
          {t('folders.share')}
        </button>
      </p>
    </form>
  )
}
