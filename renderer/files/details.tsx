import { Link } from 'wouter'
import type { FolderStatus, ListItem } from '#api/contract'
import { exactly, size } from '../format.ts'
import { theShell } from '../live/shell.ts'
import { ActionButton } from '../parts/action.tsx'
import { FileName } from '../parts/file-name.tsx'
import { Icon } from '../parts/icon.tsx'
import { visible } from '../parts/shown-name.ts'
import { historyAt } from '../places.ts'
import { t, type MessageKey } from '../text/text.ts'
import { restoreDeleted } from './actions.ts'
import { contentAt } from './content.ts'
import { pathOnDisk } from './drag-out.ts'
import { Known } from './known.tsx'
import { nameOf } from './rows.ts'

interface DetailsProps {
  folder: FolderStatus
  chosen: readonly ListItem[]
  at: string | undefined
  refusal: MessageKey | null
  openAt: (path: string) => void
  askDelete: () => void
}

/** What is known of what is chosen, and what can be done with it. */
export function Details(props: DetailsProps) {
  const { chosen } = props
  const [only] = chosen
  if (only === undefined) return null
  return (
    <aside className="files-details" aria-label={t('files.details')} tabIndex={-1}>
      {chosen.length === 1 ? <One {...props} item={only} /> : <Several {...props} />}
    </aside>
  )
}

function One({ item, folder, at, refusal, openAt, askDelete }: DetailsProps & { item: ListItem }) {
  const name = nameOf(item.path)
  const isFile = item.kind === 'file' && item.state !== 'deleted'
  const onDisk = at === undefined ? pathOnDisk(item, folder) : null
  const shell = theShell()
  return (
    <>
      <h3>
        <Icon name={item.kind === 'directory' ? 'folder' : item.kind === 'symlink' ? 'link' : 'file'} /> <FileName name={name} />
      </h3>
      <dl className="files-facts">
        {item.kind === 'directory' || item.state === 'deleted' ? null : <Fact name="files.size" text={size(item.size)} />}
        {item.modified === null ? null : <Fact name="files.modified" text={exactly(item.modified)} />}
        <Fact name="files.where" text={visible(`${folder.name}/${item.path}`)} />
      </dl>
      <p className="actions">
        {item.kind === 'directory' ? (
          <button type="button" onClick={() => openAt(item.path)}>
            {t('action.open')}
          </button>
        ) : null}
        {isFile ? (
          <a
            className="files-button"
            download={visible(name)}
            href={contentAt({ folder: folder.id, path: item.path, version: item.version ?? undefined })}
          >
            <Icon name="download" /> {t(item.state === 'elsewhere' || item.state === 'waiting' ? 'files.get' : 'files.download')}
          </a>
        ) : null}
        {onDisk !== null && shell !== undefined ? (
          <button type="button" onClick={() => shell.reveal(onDisk)}>
            {t('files.reveal')}
          </button>
        ) : null}
        {item.state === 'deleted' && at === undefined && refusal === null ? (
          <ActionButton primary run={() => restoreDeleted(folder.id, [item])}>
            <Icon name="restore" /> {t('files.restore')}
          </ActionButton>
        ) : null}
        {item.state !== 'deleted' && refusal === null ? (
          <button type="button" onClick={askDelete}>
            <Icon name="trash" /> {t('files.delete')}
          </button>
        ) : null}
      </p>
      {at === undefined ? (
        <Known key={item.path} folder={folder} item={item} />
      ) : (
        <Link href={historyAt(folder.id, item.path)}>{t('files.history')}</Link>
      )}
    </>
  )
}

function Several({ folder, chosen, at, refusal, askDelete }: DetailsProps) {
  const bytes = chosen.reduce((sum, item) => sum + (item.kind === 'directory' ? 0 : item.size), 0)
  const deleted = chosen.filter(({ state }) => state === 'deleted')
  return (
    <>
      <h3>{t('files.several', { count: chosen.length })}</h3>
      <dl className="files-facts">
        <Fact name="files.size" text={size(bytes)} />
      </dl>
      <p className="actions">
        {deleted.length > 0 && at === undefined && refusal === null ? (
          <ActionButton primary run={() => restoreDeleted(folder.id, deleted)}>
            <Icon name="restore" /> {t('files.restore.count', { count: deleted.length })}
          </ActionButton>
        ) : null}
        {deleted.length < chosen.length && refusal === null ? (
          <button type="button" onClick={askDelete}>
            <Icon name="trash" /> {t('files.delete')}
          </button>
        ) : null}
      </p>
    </>
  )
}

function Fact({ name, text }: { name: MessageKey; text: string }) {
  return (
    <>
      <dt>{t(name)}</dt>
      <dd>{text}</dd>
    </>
  )
}
