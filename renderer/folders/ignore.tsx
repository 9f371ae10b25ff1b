import { useRef, useState } from 'react'
import type { FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import { useSettled } from '../live/settled.ts'
import { tell } from '../live/toasts.ts'
import { FailureNote } from '../parts/action.tsx'
import { t } from '../text/text.ts'
import { IgnorePreview } from './ignore-preview.tsx'
import { SaveOrDiscard } from './save-or-discard.tsx'

const FILE = '.holdfastignore'
const PREVIEW_MS = 300
/** What people often want to keep out. */
const COMMON = ['*.tmp', '*~', '.DS_Store', 'Thumbs.db', 'node_modules/', '.cache/'] as const

/** What of a folder is kept out of it: the rules, and what they would do, while they are typed. */
export function Ignore({ folder: { id, name } }: { folder: FolderStatus }) {
  const { value, failure, reload } = useLoaded(
    `ignore ${id}`,
    (signal) => api.ignoreRules({ folder: id }, { signal }),
    ({ event, data }) => event === 'activity' && data.folder === name && data.path === FILE,
  )
  /** `from`: what it was made from; another device may change that meanwhile. */
  const [typed, setTyped] = useState<{ text: string; from: string } | null>(null)
  const text = typed?.text ?? value?.text ?? ''
  const type = (changed: string): void => setTyped({ text: changed, from: typed?.from ?? value?.text ?? '' })
  const area = useRef<HTMLTextAreaElement>(null)
  const settled = useSettled(text, PREVIEW_MS)
  const preview = useLoaded(`preview ${id} ${value === null ? '' : settled}`, async (signal) =>
    value === null ? null : await api.previewIgnore({ folder: id, text: settled }, { signal }),
  )
  const isChanged = value !== null && text !== value.text
  const isOvertaken = typed !== null && isChanged && typed.from !== value.text
  const put = async (rules: string, expected: string): Promise<void> => {
    try {
      await api.setIgnoreRules({ folder: id, text: rules, expected })
      setTyped(null)
    } finally {
      reload()
    }
  }
  const save = async (): Promise<void> => {
    const before = typed?.from ?? ''
    await put(text, before)
    tell(t('folders.ignore.saved', { folder: name }), () => put(before, text))
  }
  const add = (rule: string): void => type(`${text === '' || text.endsWith('\n') ? text : `${text}\n`}${rule}\n`)
  const lines = text.split('\n')
  const goTo = (line: number): void => {
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
    area.current?.focus()
    area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
  }
  return (
    <div className="folders-tab">
      <p className="muted">{t('folders.ignore.how')}</p>
      <FailureNote failure={failure} />
      <label className="field">
        <span>{t('folders.ignore.rules')}</span>
        <textarea
          ref={area}
          rows={Math.min(16, Math.max(6, lines.length + 1))}
          value={text}
          disabled={value === null}
          onChange={(event) => type(event.target.value)}
          spellCheck={false}
          autoCapitalize="off"
        />
      </label>
      <p className="folders-common">
        <span className="muted">{t('folders.ignore.common')}</span>
        {COMMON.filter((rule) => !lines.includes(rule)).map((rule) => (
          <button
            key={rule}
            type="button"
            className="quiet"
            aria-label={t('folders.ignore.add', { rule })}
            onClick={() => add(rule)}
          >
            <code>{rule}</code>
          </button>
        ))}
      </p>
      <SaveOrDiscard isChanged={isChanged} save={save} discard={() => setTyped(null)} />
      {isOvertaken ? (
        <Overtaken text={value.text} keep={() => setTyped({ text, from: value.text })} drop={() => setTyped(null)} />
      ) : null}
      <IgnorePreview preview={preview.value} failure={preview.failure} goTo={goTo} />
    </div>
  )
}

/** What the rules say now, beside what was made from what they said before. */
function Overtaken({ text, keep, drop }: { text: string; keep: () => void; drop: () => void }) {
  return (
    <section className="folders-block" aria-labelledby="folders-overtaken">
      <h3 id="folders-overtaken">{t('folders.ignore.overtaken')}</h3>
      <p>{t('folders.ignore.overtaken.how')}</p>
      <pre tabIndex={0}>{text}</pre>
      <div className="actions">
        <button type="button" onClick={keep}>
          {t('folders.ignore.overtaken.keep')}
        </button>
        <button type="button" onClick={drop}>
          {t('folders.ignore.overtaken.drop')}
        </button>
      </div>
    </section>
  )
}
