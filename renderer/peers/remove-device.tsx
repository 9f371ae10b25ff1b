import { useEffect, useState } from 'react'
import type { Device, FolderChange } from '#api/contract'
import { api } from '../live/api.ts'
import { tell } from '../live/toasts.ts'
import { percent } from '../format.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Doing } from '../parts/doing.tsx'
import { RemarkDo } from '../parts/what-to-do.tsx'
import { remarkWords } from '../parts/words.ts'
import { t } from '../text/text.ts'

type Preview = Awaited<ReturnType<typeof api.removeDevice>>

/** Says what becomes of everything once a device, or a recovery kit, is out of the group; then takes it out. */
export function RemoveDevice({
  device,
  name,
  role,
  close,
}: {
  device: string
  name: string
  role: Device['role']
  close: () => void
}) {
  const [preview, setPreview] = useState<Preview | null>(null)
  const looking = useAction()
  const removing = useAction()
  const look = (now: boolean): void =>
    void looking.run(async () => setPreview(await api.removeDevice({ device, dryRun: true, now })))
  useEffect(() => look(false), [device])
  // This device still learns what that one has written: it can be removed all the same.
  const isEarly = looking.failure?.code === 'blocked' || removing.failure?.code === 'blocked'
  const remove = async (): Promise<void> => {
    if (await removing.run(() => api.removeDevice({ device, now: isEarly }))) {
      close()
      tell(t('peers.removed', { device: name }))
    }
  }
  return (
    <Dialog
      title={t('peers.remove.title', { device: name })}
      close={close}
      actions={
        <>
          <button type="button" onClick={close}>
            {t('action.cancel')}
          </button>
          <button type="button" className="danger" disabled={preview === null || removing.busy} onClick={() => void remove()}>
            {t('peers.remove.sure', { device: name })}
          </button>
        </>
      }
    >
      <div className="peers-removal" aria-busy={looking.busy}>
        <p>{t(role === 'recovery' ? 'peers.remove.kit' : 'peers.remove.what')}</p>
        {looking.busy ? <p className="muted">{t('peers.remove.looking')}</p> : null}
        <FailureNote failure={looking.failure} />
        {preview === null && looking.failure?.code === 'blocked' ? (
          <button type="button" onClick={() => look(true)}>
            {t('peers.remove.early')}
          </button>
        ) : null}
        {preview === null || role === 'recovery' ? null : <Consequences preview={preview} name={name} />}
        <Doing what={removing.busy ? t('peers.remove.doing', { device: name }) : null} />
        <FailureNote failure={removing.failure} />
      </div>
    </Dialog>
  )
}

function Consequences({ preview: { notes, folders }, name }: { preview: Preview; name: string }) {
  return (
    <>
      {notes.length === 0 ? (
        <p>{t('peers.remove.nothing', { device: name })}</p>
      ) : (
        <ul className="peers-only">
          {notes.map((note) => (
            <li key={`${note.folder} ${note.message}`}>
              {remarkWords(note)} <RemarkDo note={note} />
            </li>
          ))}
        </ul>
      )}
      {folders.length === 0 ? null : (
        <table className="peers-table">
          <caption>{t('peers.remove.copies')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('peers.remove.folder')}</th>
              <th scope="col">{t('peers.remove.now')}</th>
              <th scope="col">{t('peers.remove.then')}</th>
              <th scope="col">{t('peers.remove.moves')}</th>
            </tr>
          </thead>
          <tbody>
            {folders.map((change) => (
              <Change key={change.folder} change={change} />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

function Change({ change: { folder, places, newHolders, copies, copiesAfter, wantedCopies } }: { change: FolderChange }) {
  return (
    <tr>
      <th scope="row">{folder}</th>
      <td>{t('peers.copies', { count: copies })}</td>
      <td className={copiesAfter < wantedCopies ? 'bad' : ''}>
        {t('peers.copies', { count: copiesAfter })}
        {copiesAfter < wantedCopies ? ` (${t('peers.copies.wanted', { count: wantedCopies })})` : ''}
      </td>
      <td>{percent(newHolders, places)}</td>
    </tr>
  )
}
