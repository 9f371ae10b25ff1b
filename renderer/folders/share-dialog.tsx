import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { tell } from '../live/toasts.ts'
import { Dialog } from '../parts/dialog.tsx'
import { folderAt } from '../places.ts'
import { t } from '../text/text.ts'
import { ShareForm } from './share-form.tsx'

/** `dropped`: the name of a directory that was dropped where its path is not to be had. */
export default function ShareDialog({ path, dropped, close }: { path: string; dropped: string | null; close: () => void }) {
  const [, navigate] = useLocation()
  const form = useRef<HTMLDivElement>(null)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  const note = path === '' && dropped !== null ? t('folders.drop.where', { name: dropped }) : undefined
  return (
    <Dialog title={t('folders.share')} close={close}>
      <div ref={form} className="folders-share">
        <p className="muted">{t('folders.empty')}</p>
        <ShareForm
          path={path}
          note={note}
          done={({ id, name }) => {
            tell(t('folders.shared', { folder: name }))
            navigate(folderAt(id), { replace: true })
          }}
        />
      </div>
    </Dialog>
  )
}
