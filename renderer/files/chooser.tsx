import { Link } from 'wouter'
import { size } from '../format.ts'
import type { Snapshot } from '../live/state.ts'
import { FileName } from '../parts/file-name.tsx'
import { Icon } from '../parts/icon.tsx'
import { Empty, Section } from '../parts/section.tsx'
import { quoted } from '../parts/shown-name.ts'
import { filesAt, folderAt } from '../places.ts'
import { t } from '../text/text.ts'

/** The folders of this device; `missing`: the one that was asked for, and is not there. */
export function Chooser({ snapshot, missing }: { snapshot: Snapshot; missing: string | null }) {
  return (
    <Section title={t('files.choose')} isScreen>
      {missing === null ? null : (
        <p className="failure" role="alert">
          {t('files.no-folder', { name: quoted(missing) })}
        </p>
      )}
      {snapshot.folders.length === 0 ? (
        <>
          <Empty>{t('files.none')}</Empty>
          <Link href="/">{t('files.none.how')}</Link>
        </>
      ) : (
        <ul className="files-folders">
          {snapshot.folders.map(({ id, name, state, entries, bytes, path }) => {
            const isOffered = state === 'offered'
            return (
              <li key={id}>
                <Link href={isOffered ? folderAt(id) : filesAt(id)}>
                  <Icon name={path === null ? 'elsewhere' : 'folder'} />
                  <span>
                    <strong>
                      <FileName name={name} />
                    </strong>
                    <span className="muted">
                      {isOffered ? t('files.offered') : t('folder.size', { count: entries, bytes: size(bytes) })}
                    </span>
                  </span>
                  <Icon name="next" />
                </Link>
              </li>
            )
          })}
        </ul>
      )}
    </Section>
  )
}
