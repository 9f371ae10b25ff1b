import { Link } from 'wouter'
import { size, when } from '../format.ts'
import { FileName } from '../parts/file-name.tsx'
import type { Column } from '../parts/grid-row.tsx'
import { Icon } from '../parts/icon.tsx'
import { t } from '../text/text.ts'
import type { FileRow } from './rows.ts'
import { stateOf } from './state.ts'

/** What is shown of each entry. `hrefOf`: where a directory is opened. */
export function columnsOf(
  hrefOf: (path: string) => string,
  troubled: ReadonlySet<string>,
  disputed: ReadonlySet<string>,
): Column<FileRow>[] {
  return [
    {
      name: 'name',
      title: t('files.name'),
      sorts: true,
      show: ({ item, name }) => (
        <span className={item.state === 'deleted' ? 'files-name files-gone' : `files-name files-${item.kind}`}>
          <Icon name={item.kind === 'directory' ? 'folder' : item.kind === 'symlink' ? 'link' : 'file'} />
          {item.kind === 'directory' ? (
            <Link href={hrefOf(item.path)} tabIndex={-1} draggable={false}>
              <FileName name={name} />
            </Link>
          ) : (
            <FileName name={name} />
          )}
        </span>
      ),
    },
    {
      name: 'size',
      title: t('files.size'),
      sorts: true,
      show: ({ item }) => (item.kind === 'directory' || item.state === 'deleted' ? null : size(item.size)),
    },
    {
      name: 'modified',
      title: t('files.modified'),
      sorts: true,
      show: ({ item }) => (item.modified === null ? null : <time dateTime={item.modified}>{when(item.modified)}</time>),
    },
    {
      name: 'state',
      title: t('files.state'),
      sorts: true,
      show: ({ item }) => <State {...stateOf(item, troubled, disputed)} />,
    },
  ]
}

export function State({ icon, word, tone }: ReturnType<typeof stateOf>) {
  return (
    <span className={`state ${tone} files-state`} title={t(word)}>
      <Icon name={icon} /> <span>{t(word)}</span>
    </span>
  )
}
