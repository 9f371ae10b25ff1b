import { useEffect, useRef, useState, type FormEvent } from 'react'
import { api } from '../live/api.ts'
import { tell } from '../live/toasts.ts'
import { sentence } from '../format.ts'
import { useAction, type Failure } from '../parts/action.tsx'
import { Hint } from '../parts/hint.tsx'
import { t, type MessageKey } from '../text/text.ts'
import { codeOf } from './invite-link.ts'

/** Of a failure's code, what it means for a code that was typed, and what comes next. */
const MEANINGS: Partial<Record<NonNullable<Failure['code']>, 'wrong' | 'denied' | 'offline' | 'busy' | 'taken'>> = {
  usage: 'wrong',
  corrupt: 'wrong',
  denied: 'denied',
  offline: 'offline',
  timeout: 'offline',
  blocked: 'busy',
  conflict: 'taken',
  exists: 'taken',
}

/** Joins the group of a code that somebody enters. One that a link brought is filled in, and waits for a person. */
export function JoinByCode({ code: brought = null, joined = () => undefined }: { code?: string | null; joined?: () => void }) {
  const [typed, setTyped] = useState(brought ?? '')
  const field = useRef<HTMLInputElement>(null)
  const { busy, failure, run } = useAction()
  useEffect(() => {
    if (brought === null) return
    setTyped(brought)
    field.current?.focus()
    field.current?.scrollIntoView({ block: 'center' })
  }, [brought])
  const join = (event: FormEvent): void => {
    event.preventDefault()
    void run(() => api.joinGroup({ code: codeOf(typed) })).then((worked) => {
      if (!worked) return field.current?.focus()
      setTyped('')
      tell(t('peers.joined'))
      joined()
    })
  }
  return (
    <div className="way">
      <h3>{t('add.enter')}</h3>
      <p className="muted">{t(brought === null ? 'peers.join.how' : 'peers.join.linked')}</p>
      <form className="form" onSubmit={join}>
        <div className="fields">
          <label className="field">
            <span>{t('add.code')}</span>
            <input
              ref={field}
              name="code"
              value={typed}
              required
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onChange={({ target }) => setTyped(target.value)}
            />
          </label>
          <button type="submit" disabled={busy}>
            {t('action.join')}
          </button>
        </div>
      </form>
      <JoinFailure failure={failure} />
    </div>
  )
}

function JoinFailure({ failure }: { failure: Failure | null }) {
  if (failure === null) return null
  // Where this device's own daemon does not answer, the code was not tried.
  const isOwn = failure.message === t('failure.offline')
  const meaning = isOwn || failure.code === undefined ? undefined : MEANINGS[failure.code]
  return (
    <div className="failure" role="alert">
      {meaning === undefined ? null : <p className="peers-meaning">{t(`peers.join.${meaning}` satisfies MessageKey)}</p>}
      <p>
        {sentence(failure.message)}{' '}
        {/* The daemon's hint is for the command line: where the page knows what comes next, it says that. */}
        {meaning === undefined ? <Hint hint={failure.hint} /> : null}
      </p>
      {meaning === undefined ? null : <p>{t(`peers.join.${meaning}.how` satisfies MessageKey)}</p>}
    </div>
  )
}
