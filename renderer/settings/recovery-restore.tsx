import { useState, type FormEvent } from 'react'
import { api } from '../live/api.ts'
import type { Snapshot } from '../live/state.ts'
import { sentence } from '../format.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { noteWords } from '../parts/note-words.ts'
import { NoteDo } from '../parts/what-to-do.tsx'
import { t } from '../text/text.ts'
import { Choices } from './choices.tsx'

type Restored = Awaited<ReturnType<typeof api.restoreRecovery>>

/** Brings the folders of a kit to this device, which has to be an empty one: else it says so. */
export function RecoveryRestore({ snapshot: { folders, devices } }: { snapshot: Snapshot }) {
  const isEmpty =
    folders.every(({ state }) => state === 'offered') && devices.filter(({ role }) => role !== 'recovery').length < 2
  return (
    <div className="settings-row">
      <h3>{t('settings.restore')}</h3>
      <p className="muted">{t(isEmpty ? 'settings.restore.how' : 'settings.restore.not')}</p>
      {isEmpty ? <Restore /> : null}
    </div>
  )
}

function Restore() {
  const [by, setBy] = useState<'words' | 'file'>('words')
  const [fields, setFields] = useState({ words: '', file: '', passphrase: '', addresses: '', to: '' })
  const [restored, setRestored] = useState<Restored | null>(null)
  const { busy, failure, run } = useAction()
  const field = (name: keyof typeof fields, label: string, type = 'text') => (
    <label className="field">
      <span>{label}</span>
      <input
        type={type}
        value={fields[name]}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => setFields({ ...fields, [name]: target.value })}
      />
    </label>
  )
  const restore = (event: FormEvent): void => {
    event.preventDefault()
    const { words, file, passphrase, addresses, to } = fields
    void run(async () =>
      setRestored(
        await api.restoreRecovery({
          ...(by === 'words' ? { words } : { file: file.trim(), passphrase }),
          addresses: addresses.split(/[\s,]+/).filter((each) => each !== ''),
          to: to.trim() === '' ? null : to.trim(),
        }),
      ),
    )
  }
  if (restored !== null) {
    return (
      <div role="status">
        <p>
          {t('settings.restored', {
            count: restored.folders.length,
            folders: restored.folders.map(({ name }) => name).join(', '),
          })}
        </p>
        {restored.notes.map((note) => (
          <p key={note.message}>
            {sentence(noteWords(note.message, note.values))} <NoteDo note={note} />
          </p>
        ))}
      </div>
    )
  }
  return (
    <form className="settings-block" onSubmit={restore}>
      <Choices
        title={t('settings.restore.by')}
        choices={[
          { name: 'words', title: t('settings.restore.words') },
          { name: 'file', title: t('settings.restore.file') },
        ]}
        chosen={by}
        choose={setBy}
      />
      {by === 'words' ? (
        <label className="field">
          <span>{t('settings.restore.words.field')}</span>
          <textarea
            rows={3}
            value={fields.words}
            required
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            onChange={({ target }) => setFields({ ...fields, words: target.value })}
          />
        </label>
      ) : (
        <div className="settings-pair">
          {field('file', t('settings.restore.path'))}
          {field('passphrase', t('settings.restore.passphrase'), 'password')}
        </div>
      )}
      <div className="settings-pair">
        {field('to', t('settings.restore.to'))}
        {field('addresses', t('settings.restore.addresses'))}
      </div>
      <p>
        <button type="submit" disabled={busy || (by === 'words' ? fields.words : fields.file).trim() === ''}>
          {t('settings.restore.do')}
        </button>
      </p>
      <FailureNote failure={failure} />
    </form>
  )
}
