import { useId, useState } from 'react'
import { tell } from '../live/toasts.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { quoted } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { sendContent } from './content.ts'
import { listAgain } from './list-again.ts'
import { removeEmpty } from './remove-empty.ts'
import { joined } from './rows.ts'
import type { Goal } from './uploads.ts'
import { placeName } from './upload-words.ts'

/** Asks for a name, and makes a directory of it. */
export function NewDirectory({ goal, close }: { goal: Goal; close: () => void }) {
  const [name, setName] = useState('')
  const { busy, failure, run } = useAction()
  const id = useId()
  const path = joined(goal.into, name.trim())
  const make = async (): Promise<void> => {
    const { folder } = goal
    const worked = await run(() =>
      sendContent({ folder, path, kind: 'directory' }, new Blob(), new AbortController().signal, () => undefined),
    )
    if (!worked) return
    listAgain()
    close()
    tell(t('files.directory.made', { name: quoted(name.trim()), place: placeName(goal) }), () =>
      removeEmpty(folder, path).finally(listAgain),
    )
  }
  return (
    <Dialog
      title={t('files.new-directory')}
      close={close}
      actions={
        <>
          <button type="button" onClick={close}>
            {t('action.cancel')}
          </button>
          <button type="submit" form={id} disabled={busy || name.trim() === ''}>
            {t('files.directory.make')}
          </button>
        </>
      }
    >
      <form
        id={id}
        onSubmit={(event) => {
          event.preventDefault()
          void make()
        }}
      >
        <label className="field">
          <span>{t('files.name')}</span>
          <input
            data-first
            value={name}
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => setName(target.value.replaceAll('/', ''))}
          />
        </label>
        <FailureNote failure={failure} />
      </form>
    </Dialog>
  )
}
