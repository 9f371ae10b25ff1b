import { useId, useState, type FormEvent } from 'react'
import type { EntryDetails, FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import { useSettled } from '../live/settled.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { entryWords } from '../parts/words.ts'
import { EntryDo } from '../parts/what-to-do.tsx'
import { visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { Fix } from './fix.tsx'

const SUGGEST_MS = 250
const SUGGESTED = 8

/** Asks of any file why it is not the same everywhere, or whether it is. Names are completed as they are typed. */
export function AskWhy({ folder }: { folder: FolderStatus }) {
  const [path, setPath] = useState('')
  const [answer, setAnswer] = useState<{ path: string; details: EntryDetails } | null>(null)
  const { busy, failure, run } = useAction()
  const id = useId()
  const query = useSettled(path.trim(), SUGGEST_MS)
  const found = useLoaded(`why ${folder.id} ${query}`, async (signal) => {
    if (query === '') return []
    const { items } = await api.search({ query: query.slice(0, 200), folder: folder.id, limit: SUGGESTED }, { signal })
    return items.map((item) => item.path)
  })
  const ask = (event: FormEvent): void => {
    event.preventDefault()
    const asked = path.trim().replace(/^\/+|\/+$/g, '')
    void run(async () => setAnswer({ path: asked, details: await api.entryDetails({ folder: folder.id, path: asked }) }))
  }
  return (
    <section className="folders-block" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{t('folders.ask')}</h3>
      <form onSubmit={ask}>
        <div className="fields">
          <label className="field">
            <span>{t('folders.ask.path')}</span>
            <input
              value={path}
              onChange={(event) => setPath(event.target.value)}
              list={`${id}-found`}
              placeholder="letters/report.md"
              required
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
            />
          </label>
          <datalist id={`${id}-found`}>
            {found.value?.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
          <button type="submit" disabled={busy}>
            {t('folders.ask.verb')}
          </button>
        </div>
        <FailureNote failure={failure} />
      </form>
      <div role="status">{answer === null ? null : <Answer folder={folder} {...answer} />}</div>
    </section>
  )
}

function Answer({ folder, path, details }: { folder: FolderStatus; path: string; details: EntryDetails }) {
  const { reasonCode, problem, devices } = details
  return (
    <div className="folders-answer">
      <p>
        <Icon name={reasonCode === 'synced' ? 'check' : 'stop'} /> <bdi className="path">{visible(path)}</bdi>{' '}
        {entryWords(details)} <EntryDo details={details} folder={folder} />
      </p>
      <div className="actions">
        <Fix code={problem?.code ?? reasonCode} folder={folder} path={path} />
      </div>
      <ul className="folders-who">
        {devices.map(({ device, name, connected, has }) => (
          <li key={device}>
            <Icon name="device" /> {name}: {t(`folders.has.${has}`)}
            {connected ? null : <span className="muted"> {t('folders.has.away')}</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}
