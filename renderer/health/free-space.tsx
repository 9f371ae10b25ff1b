import { useEffect, useState } from 'react'
import { size } from '../format.ts'
import { api } from '../live/api.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { t } from '../text/text.ts'
import { SweepWords, type Swept } from './results.tsx'

/** Says what would be freed, and forgotten for that, before it is. */
export function FreeSpace({ close, free }: { close: () => void; free: () => void }) {
  const [would, setWould] = useState<Swept | null>(null)
  const { busy, failure, run } = useAction()
  useEffect(() => void run(async () => setWould(await api.gc({ dryRun: true }))), [])
  return (
    <Dialog
      title={t('health.sweep.title')}
      close={close}
      actions={
        <>
          <button type="button" onClick={close}>
            {t('action.cancel')}
          </button>
          <button type="button" className="primary" disabled={would === null} onClick={free}>
            {would === null ? t('health.sweep.do') : t('health.sweep.free', { bytes: size(would.freedBytes) })}
          </button>
        </>
      }
    >
      <div aria-busy={busy}>
        {busy ? <p className="muted">{t('health.sweep.looking')}</p> : null}
        <FailureNote failure={failure} />
        {would === null ? null : <SweepWords result={would} would />}
      </div>
    </Dialog>
  )
}
