import { useState, type FormEvent } from 'react'
import { pathIn, useHomeDirectory } from '../folders/home-directory.ts'
import { api } from '../live/api.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { t } from '../text/text.ts'
import { KitMade } from './kit-made.tsx'
import { KitNotes } from './kit-notes.tsx'
import { NewPassphrase } from './new-passphrase.tsx'

type Made = Awaited<ReturnType<typeof api.exportRecovery>>

/** Makes a recovery kit: words to print, a file with a passphrase, or both. */
export function RecoveryExport() {
  const home = useHomeDirectory()
  const suggested = home === null ? '' : pathIn(home, 'holdfast-recovery-kit.txt')
  const [wants, setWants] = useState({ words: true, file: false })
  const [typedFile, setTypedFile] = useState<string | null>(null)
  const [secret, setSecret] = useState({ passphrase: '', again: '' })
  const [made, setMade] = useState<Made | null>(null)
  const [isShown, setShown] = useState(false)
  const { busy, failure, run } = useAction()
  const file = typedFile ?? suggested
  const differ = secret.again !== '' && secret.passphrase !== secret.again
  const isReady = wants.words || wants.file
  const isComplete = !wants.file || (secret.passphrase !== '' && secret.passphrase === secret.again && file !== '')
  const make = (event: FormEvent): void => {
    event.preventDefault()
    const sealed = wants.file ? { file: file.trim(), passphrase: secret.passphrase } : {}
    void run(async () => setMade(await api.exportRecovery({ words: wants.words, ...sealed }))).then((worked) => {
      setShown(worked)
      if (worked) setSecret({ passphrase: '', again: '' })
    })
  }
  return (
    <form className="settings-row" onSubmit={make}>
      <h3>{t('settings.kit')}</h3>
      <p className="muted">{t('settings.kit.how')}</p>
      <div className="settings-choices">
        <label className="settings-choice">
          <input type="checkbox" checked={wants.words} onChange={({ target }) => setWants({ ...wants, words: target.checked })} />
          <span>
            {t('settings.kit.words')} <span className="muted">{t('settings.kit.words.how')}</span>
          </span>
        </label>
        <label className="settings-choice">
          <input type="checkbox" checked={wants.file} onChange={({ target }) => setWants({ ...wants, file: target.checked })} />
          <span>
            {t('settings.kit.file')} <span className="muted">{t('settings.kit.file.how')}</span>
          </span>
        </label>
      </div>
      {wants.file ? (
        <div className="settings-block">
          <label className="field">
            <span>{t('settings.kit.path')}</span>
            <input value={file} required spellCheck={false} onChange={({ target }) => setTypedFile(target.value)} />
          </label>
          <NewPassphrase secret={secret} changed={setSecret} differ={differ} />
        </div>
      ) : null}
      <p>
        <button type="submit" disabled={busy || !isReady || !isComplete}>
          {t('settings.kit.make')}
        </button>
      </p>
      <FailureNote failure={failure} />
      {made === null ? null : <KitNotes notes={made.notes} leads />}
      {made !== null && isShown ? (
        <KitMade
          made={made}
          close={() => {
            setShown(false)
            setMade({ ...made, words: null })
          }}
        />
      ) : null}
    </form>
  )
}
