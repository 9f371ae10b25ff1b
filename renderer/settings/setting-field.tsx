import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react'
import type { Setting } from '#api/contract'
import { FailureNote } from '../parts/action.tsx'
import { t } from '../text/text.ts'
import { localSize, plainSize } from './sizes.ts'
import { useSetting, type Saving } from './use-setting.ts'

/** One setting that is typed: what it is called, what it means, and a button that saves it once it is another. */
export function SettingField({
  setting,
  name,
  how,
  changed,
  type = 'text',
  isSize = false,
  children,
}: {
  setting: Setting
  name: string
  how: string | null
  changed: () => void
  type?: 'text' | 'number'
  /** It is typed, and shown, as sizes are in the page's language. */
  isSize?: boolean
  /** Further ways to set what is typed. */
  children?: (typed: string, type: (text: string) => void) => ReactNode
}) {
  const id = useId()
  const saving = useSetting(setting, name, changed)
  const now = isSize ? localSize(shown(setting.value)) : shown(setting.value)
  const [changedTo, setTyped] = useState<string | null>(null)
  const typed = changedTo ?? now
  const sent = useRef<string | null>(null)
  // What was saved is shown as it is now; what was typed since then stays.
  useEffect(() => setTyped((before) => (before === sent.current ? null : before)), [now])
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    sent.current = typed
    void saving.save(isSize ? plainSize(typed) : typed.trim())
  }
  return (
    <form className="settings-row" onSubmit={submit}>
      <label htmlFor={id}>{name}</label>
      {how === null ? null : (
        <p id={`${id}-how`} className="muted">
          {how}
        </p>
      )}
      {children?.(typed, setTyped)}
      <div className="settings-entry">
        <input
          id={id}
          type={type}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          aria-describedby={how === null ? undefined : `${id}-how`}
          onChange={({ target }) => setTyped(target.value)}
        />
        {typed.trim() === now ? null : (
          <button type="submit" disabled={saving.busy}>
            {t('settings.save')}
          </button>
        )}
      </div>
      <Aftermath setting={setting} saving={saving} />
    </form>
  )
}

/** What came of saving a setting, and where the daemon works with another value yet. */
export function Aftermath({ setting, saving: { failure, note } }: { setting: Setting; saving: Saving }) {
  const { value, running, key } = setting
  return (
    <>
      <FailureNote failure={failure} />
      {note === null ? null : (
        <p className="settings-note" role="status">
          {note}
        </p>
      )}
      {shown(running) === shown(value) || key === 'pledge' ? null : (
        <p className="settings-note">{t('settings.restart', { value: shown(running) })}</p>
      )}
    </>
  )
}

export function shown(value: Setting['value']): string {
  return value === null ? '' : String(value)
}
