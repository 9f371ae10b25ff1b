import { useState } from 'react'
import type { Status } from '#api/contract'
import { when } from '../format.ts'
import { api } from '../live/api.ts'
import { tell } from '../live/toasts.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { t, Text } from '../text/text.ts'

/** Another device took this one out of its group: without it the folders look as if all were well. */
export function Removal({ removed }: { removed: Status['removed'] }) {
  if (removed === null) return null
  return (
    <section className="notice" role="alert">
      <h2>{t('removal.title', { device: removed.name, time: when(removed.time) })}</h2>
      <p>
        <Text id={removed.role === 'storage' ? 'removal.storage' : 'removal.member'} />
      </p>
      {removed.role === 'storage' ? null : <GoOnAlone />}
    </section>
  )
}

/** Ends what this device had with that group, after it has said what that means. */
function GoOnAlone() {
  const [asked, setAsked] = useState(false)
  const { busy, failure, run } = useAction()
  const leave = async (): Promise<void> => {
    if (!(await run(() => api.leaveGroup({ now: false })))) return
    setAsked(false)
    tell(t('removal.alone.done'))
  }
  return (
    <div className="actions">
      <button type="button" onClick={() => setAsked(true)}>
        {t('removal.alone')}
      </button>
      {asked ? (
        <Dialog
          title={t('removal.alone.title')}
          close={() => setAsked(false)}
          actions={
            <>
              <button type="button" onClick={() => setAsked(false)}>
                {t('action.cancel')}
              </button>
              <button type="button" className="danger" disabled={busy} onClick={() => void leave()}>
                {t('removal.alone')}
              </button>
            </>
          }
        >
          <p>{t('settings.leave.files')}</p>
          <p>{t('settings.leave.back')}</p>
          <FailureNote failure={failure} />
        </Dialog>
      ) : null}
    </div>
  )
}
