import { useRef, useState } from 'react'
import type { ListItem } from '#api/contract'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { quoted } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { removeAll } from './actions.ts'
import { nameOf } from './rows.ts'

/** Asks once more, and says what a deletion is here. */
export function DeleteDialog({ folder, items, close }: { folder: string; items: readonly ListItem[]; close: () => void }) {
  // What is chosen becomes less while it is deleted.
  const [all, setAll] = useState(() => items.filter(({ state }) => state !== 'deleted'))
  const [done, setDone] = useState(0)
  const { busy, failure, run } = useAction()
  const hasDirectory = all.some(({ kind }) => kind === 'directory')
  const ending = useRef(new AbortController())
  const remove = async (): Promise<void> => {
    const gone = new Set<ListItem>()
    const count = (item: ListItem): void => setDone(gone.add(item).size)
    setDone(0)
    if (await run(() => removeAll(folder, all, count, ending.current.signal))) return close()
    setAll(all.filter((item) => !gone.has(item)))
  }
  const cancel = (): void => {
    ending.current.abort()
    close()
  }
  return (
    <Dialog
      title={t('files.delete.title', { count: all.length, name: quoted(nameOf(all[0]?.path ?? '')) })}
      close={cancel}
      actions={
        <>
          <button type="button" onClick={cancel}>
            {t('action.cancel')}
          </button>
          <button type="button" className="danger" data-first disabled={busy || all.length === 0} onClick={() => void remove()}>
            {t('files.delete')}
          </button>
        </>
      }
    >
      <p>{t(hasDirectory ? 'files.delete.what.directory' : 'files.delete.what')}</p>
      {busy && all.length > 1 ? <progress max={all.length} value={done} aria-label={t('files.delete.progress')} /> : null}
      <FailureNote failure={failure} />
    </Dialog>
  )
}
