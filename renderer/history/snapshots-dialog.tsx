import type { FolderStatus, Snapshot } from '#api/contract'
import { size, when } from '../format.ts'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import { tell } from '../live/toasts.ts'
import { ActionForm, AskingButton, FailureNote, TextField } from '../parts/action.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Empty } from '../parts/section.tsx'
import { t } from '../text/text.ts'

/** The moments of a folder that have names: made, restored, given up. */
export function SnapshotsDialog({
  folder,
  restore,
  close,
}: {
  folder: FolderStatus
  restore: (name: string) => void
  close: () => void
}) {
  const { value, failure, reload } = useLoaded(folder.id, (signal) => api.snapshots({ folder: folder.id }, { signal }))
  const make = async (name: string): Promise<void> => {
    const made = await api.createSnapshot({ folder: folder.id, ...(name === '' ? {} : { name }) })
    tell(t('history.snapshot.made', { name: made.name }))
    reload()
  }
  const giveUp = async (name: string): Promise<void> => {
    await api.deleteSnapshot({ folder: folder.id, name })
    tell(t('history.snapshot.deleted', { name }))
    reload()
  }
  return (
    <Dialog title={t('history.snapshots.of', { folder: folder.name })} close={close}>
      <p className="muted">{t('history.snapshots.what')}</p>
      <ActionForm verb={t('history.snapshot.make')} doing={t('history.snapshot.making')} send={({ name = '' }) => make(name)}>
        <TextField name="name" label={t('history.snapshot.name')} />
      </ActionForm>
      <FailureNote failure={failure} />
      {value?.length === 0 ? <Empty>{t('history.snapshots.empty')}</Empty> : null}
      <ul className="history-snapshots">
        {value?.toReversed().map((snapshot) => (
          <li key={snapshot.name} data-snapshot={snapshot.name}>
            <One snapshot={snapshot} />
            <div className="actions">
              <button type="button" onClick={() => restore(snapshot.name)}>
                <Icon name="restore" /> {t('history.snapshot.restore')}
              </button>
              <AskingButton sure={t('history.snapshot.delete.sure', { name: snapshot.name })} run={() => giveUp(snapshot.name)}>
                {t('history.snapshot.delete')}
              </AskingButton>
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

function One({ snapshot: { name, time, by, entries, bytes, protected: isSafe, lost, complete } }: { snapshot: Snapshot }) {
  return (
    <>
      <h3>{name}</h3>
      <p className="facts">
        <span>{t('history.snapshot.by', { time: when(time), device: by })}</span>
        <span>{t('history.snapshot.size', { count: entries, bytes: size(bytes) })}</span>
      </p>
      <p className={`state ${lost > 0 ? 'bad' : isSafe ? 'good' : 'quiet'}`}>
        <Icon name={lost > 0 ? 'stop' : isSafe ? 'shield' : 'hand'} />{' '}
        {lost > 0
          ? t('history.snapshot.lost', { count: lost })
          : t(!complete ? 'history.snapshot.incomplete' : isSafe ? 'history.snapshot.protected' : 'history.snapshot.unprotected')}
      </p>
    </>
  )
}
