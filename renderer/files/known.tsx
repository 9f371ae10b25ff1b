import { Link } from 'wouter'
import type { EntryDetails, FolderStatus, ListItem } from '#api/contract'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import { FailureNote } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { entryWords } from '../parts/words.ts'
import { EntryDo } from '../parts/what-to-do.tsx'
import { conflictsAt, historyAt } from '../places.ts'
import { t, type MessageKey } from '../text/text.ts'

const HAS: Record<EntryDetails['devices'][number]['has'], MessageKey> = {
  yes: 'files.has.yes',
  no: 'files.has.no',
  unknown: 'files.has.unknown',
}

/** Why an entry is not the same everywhere, who has it, and how many versions of it there are. */
export function Known({ folder, item }: { folder: FolderStatus; item: ListItem }) {
  const { path } = item
  const { value, failure } = useLoaded(
    JSON.stringify([folder.id, path, item.version, item.state]),
    (signal) =>
      Promise.all([
        api.entryDetails({ folder: folder.id, path }, { signal }),
        // A directory's own versions say little: what is in it has them.
        item.kind === 'directory' ? null : api.versions({ folder: folder.id, path }, { signal }),
      ]),
    ({ event, data }) => (event === 'folder' && data.id === folder.id) || event === 'peer',
  )
  if (value === null) return <FailureNote failure={failure} />
  const [details, versions] = value
  const { reasonCode, devices } = details
  const isGood = reasonCode === 'synced'
  return (
    <>
      <p className={isGood ? 'files-why' : 'files-why problems'}>
        {entryWords(details)} <EntryDo details={details} folder={folder} />
      </p>
      {reasonCode === 'conflict' ? <Link href={conflictsAt(folder.id, path)}>{t('files.to-conflict')}</Link> : null}
      {devices.length === 0 ? null : (
        <>
          <h4>{t('files.who')}</h4>
          <ul className="files-who">
            {devices.map(({ device, name, has, connected }) => (
              <li key={device}>
                <Icon name={has === 'yes' ? 'check' : has === 'no' ? 'close' : 'hand'} />
                <span>{name}</span>
                <span className="muted">
                  {t(HAS[has])}
                  {connected ? '' : ` · ${t('files.away')}`}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <Link href={historyAt(folder.id, path)}>
        <Icon name="history" /> {versions === null ? t('files.history') : t('files.versions', { count: versions.length })}
      </Link>
    </>
  )
}
