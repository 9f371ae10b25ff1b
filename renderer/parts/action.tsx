import { useState, type FormEvent, type ReactNode } from 'react'
import { ApiError } from '#api/client'
import { sentence } from '../format.ts'
import { t } from '../text/text.ts'
import { Doing } from './doing.tsx'
import { failureWords } from './failure-words.ts'
import { Hint } from './hint.tsx'

export interface Failure {
  message: string
  hint: string | undefined
  /** Of what the daemon refused; undefined where it is none of its failures. */
  code?: ApiError['code'] | undefined
}

/** A failure to show. That the daemon does not answer is said in the page's language: the daemon did not say it. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ApiError)) return { message: messageOf(error), hint: undefined, code: undefined }
  const { status, message, hint, code, told } = error
  if (status === 0) return { message: t('failure.offline'), hint: t('failure.offline.how'), code }
  return { ...failureWords({ message, hint, ...told }), code }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Runs one request at a time and keeps its failure for showing. `run` resolves to whether it worked. */
export function useAction(): { busy: boolean; failure: Failure | null; run: (task: () => Promise<unknown>) => Promise<boolean> } {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const run = async (task: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true)
    setFailure(null)
    try {
      await task()
      return true
    } catch (error) {
      setFailure(failureOf(error))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { busy, failure, run }
}

/** What went wrong and what to do, read out when it appears. */
export function FailureNote({ failure }: { failure: Failure | null }) {
  if (failure === null) return null
  return (
    <p className="failure" role="alert">
      {sentence(failure.message)} <Hint hint={failure.hint} />
    </p>
  )
}

/** A button that does one thing, waits for it, and shows how it failed. */
export function ActionButton({
  children,
  primary = false,
  danger = false,
  run: task,
}: {
  children: ReactNode
  primary?: boolean
  danger?: boolean
  run: () => Promise<unknown>
}) {
  const { busy, failure, run } = useAction()
  return (
    <>
      <button
        type="button"
        className={primary ? 'primary' : danger ? 'danger' : ''}
        disabled={busy}
        onClick={() => void run(task)}
      >
        {children}
      </button>
      <FailureNote failure={failure} />
    </>
  )
}

/** A button for what cannot be undone: it only brings up another one, below it, which says what will be done and does it. */
export function AskingButton({ children, sure, run }: { children: ReactNode; sure: string; run: () => Promise<unknown> }) {
  const [asked, setAsked] = useState(false)
  return (
    <>
      <button type="button" aria-expanded={asked} onClick={() => setAsked(true)}>
        {children}
      </button>
      {asked ? (
        <div className="asked">
          <ActionButton danger run={run}>
            {sure}
          </ActionButton>
          <button type="button" className="quiet" onClick={() => setAsked(false)}>
            {t('action.cancel')}
          </button>
        </div>
      ) : null}
    </>
  )
}

/** A form of one request: its fields are emptied once it worked. `send` gets the fields' trimmed texts by name. */
export function ActionForm({
  children,
  verb,
  doing = null,
  send,
}: {
  children: ReactNode
  verb: string
  /** What is said while it is done, where that takes longer than a moment. */
  doing?: string | null
  send: (fields: Record<string, string>) => Promise<unknown>
}) {
  const { busy, failure, run } = useAction()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value.trim() : '']),
    )
    void run(() => send(fields)).then((worked) => {
      if (worked) form.reset()
    })
  }
  return (
    <form className="form" onSubmit={submit}>
      <div className="fields">
        {children}
        <button type="submit" disabled={busy}>
          {verb}
        </button>
      </div>
      {doing === null ? null : <Doing what={busy ? doing : null} />}
      <FailureNote failure={failure} />
    </form>
  )
}

export function TextField({
  name,
  label,
  placeholder,
  required = false,
}: {
  name: string
  label: string
  placeholder?: string
  required?: boolean
}) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        name={name}
        placeholder={placeholder}
        required={required}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
    </label>
  )
}
