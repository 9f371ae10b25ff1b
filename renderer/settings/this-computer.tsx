import { useEffect, useState } from 'react'
import { canNotify, notifies, setNotifies } from '../live/notify.ts'
import { theShell } from '../live/shell.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { t } from '../text/text.ts'

/** Whether the app starts by itself, and whether it speaks up while nobody looks at it. */
export function ThisComputer() {
  const shell = theShell()
  return (
    <>
      {shell === undefined ? <p className="settings-row muted">{t('settings.login.shell')}</p> : <LoginItem />}
      {shell === undefined ? <Notify /> : <p className="settings-row muted">{t('settings.notify.shell')}</p>}
    </>
  )
}

function LoginItem() {
  const [starts, setStarts] = useState<boolean | null>(null)
  const { busy, failure, run } = useAction()
  useEffect(() => {
    void run(async () => setStarts((await theShell()?.loginItem()) ?? null))
  }, [])
  const change = (next: boolean): void =>
    void run(async () => {
      await theShell()?.setLoginItem(next)
      setStarts(next)
    })
  return (
    <div className="settings-row">
      <label className="settings-choice">
        <input
          type="checkbox"
          checked={starts === true}
          disabled={busy || starts === null}
          onChange={({ target }) => change(target.checked)}
        />
        <span>
          {t('settings.login')} <span className="muted">{t('settings.login.how')}</span>
        </span>
      </label>
      <FailureNote failure={failure} />
    </div>
  )
}

function Notify() {
  const [state, setState] = useState(notifies)
  const change = async (next: boolean): Promise<void> => setState(await setNotifies(next))
  return (
    <div className="settings-row">
      <label className="settings-choice">
        <input type="checkbox" checked={state} disabled={!canNotify()} onChange={({ target }) => void change(target.checked)} />
        <span>
          {t('settings.notify')}{' '}
          <span className="muted">{t(canNotify() ? 'settings.notify.how' : 'settings.notify.denied')}</span>
        </span>
      </label>
    </div>
  )
}
