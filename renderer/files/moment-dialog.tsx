import { useId, useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { toLocal } from '../parts/local-time.ts'
import { t } from '../text/text.ts'

const DAY_MS = 86_400_000

/** Asks for a date and a time of the past. */
export function MomentDialog({ at, close, show }: { at: string | undefined; close: () => void; show: (at: string) => void }) {
  const id = useId()
  const [now] = useState(() => Date.now())
  const [text, setText] = useState(() => toLocal(at ?? new Date(now - DAY_MS).toISOString()))
  const time = new Date(text)
  return (
    <Dialog
      title={t('files.then.title')}
      close={close}
      actions={
        <>
          <button type="button" onClick={close}>
            {t('action.cancel')}
          </button>
          <button type="submit" form={id} disabled={Number.isNaN(time.getTime())}>
            {t('files.then.show')}
          </button>
        </>
      }
    >
      <form
        id={id}
        onSubmit={(event) => {
          event.preventDefault()
          close()
          show(time.toISOString())
        }}
      >
        <p className="muted">{t('files.then.what')}</p>
        <label className="field files-then-field">
          <span>{t('files.then.when')}</span>
          <input
            data-first
            type="datetime-local"
            step={1}
            required
            max={toLocal(new Date(now).toISOString())}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
      </form>
    </Dialog>
  )
}
