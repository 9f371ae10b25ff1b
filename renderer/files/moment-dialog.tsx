import { useId, useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { t } from '../text/text.ts'

const DAY_MS = 86_400_000

/** Asks for a date and a time of the past. */
export function MomentDialog({ at, close, show }: { at: string | undefined; close: () => void; show: (at: string) => void }) {
  const id = useId()
  const [now] = useState(() => new Date())
  const [text, setText] = useState(() => localText(at === undefined ? new Date(now.getTime() - DAY_MS) : new Date(at)))
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
            max={localText(now)}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
      </form>
    </Dialog>
  )
}

/** As the field has it: of the place where the user is, without a zone. */
function localText(time: Date): string {
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}
