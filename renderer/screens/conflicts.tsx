import { useEffect } from 'react'
import { Link, useSearchParams } from 'wouter'
import { ConflictView } from '../conflicts/conflict-view.tsx'
import { takeReturned } from '../conflicts/decided.ts'
import { disputes, type Disputed } from '../conflicts/sides.ts'
import type { Snapshot } from '../live/state.ts'
import { tell } from '../live/toasts.ts'
import { Icon } from '../parts/icon.tsx'
import { Section } from '../parts/section.tsx'
import { quoted, visible } from '../parts/shown-name.ts'
import { conflictsAt } from '../places.ts'
import { t } from '../text/text.ts'

/** Every path that devices changed without knowing of each other, by folder; one of them open. */
export default function ConflictsScreen({ snapshot }: { snapshot: Snapshot }) {
  const [query] = useSearchParams()
  const wanted = query.get('folder')
  const path = query.get('path')
  const inFolder = (name: string): boolean =>
    wanted === null || snapshot.folders.some((folder) => folder.name === name && (folder.id === wanted || name === wanted))
  const all = disputes(snapshot.conflicts)
  const isWanted = (each: Disputed): boolean => inFolder(each.folder) && (path === null || each.path === path)
  const open = all.find(isWanted) ?? (path === null ? all[0] : undefined)
  const isSettled = path !== null && !all.some(isWanted)
  useEffect(() => {
    for (const returned of takeReturned(disputes(snapshot.conflicts))) tell(t('conflicts.again', { path: quoted(returned.path) }))
  }, [snapshot.conflicts])
  const folders = [...new Set(all.map(({ folder }) => folder))]
  return (
    <div className="conflicts">
      <Section title={t('conflicts.title')} isScreen>
        <p className="muted">{t('conflicts.why')}</p>
        {isSettled && all.length > 0 ? <p role="status">{t('conflicts.settled', { path: quoted(path) })}</p> : null}
        {all.length === 0 ? (
          <div className="conflicts-none card">
            <p className="state good" role="status">
              <Icon name="check" /> {t('conflicts.none')}
            </p>
            <p className="muted">{t('conflicts.none.how')}</p>
          </div>
        ) : null}
        {folders.map((folder) => (
          <div key={folder} className="conflict-folder">
            <h3>
              <Icon name="folder" /> <bdi>{visible(folder)}</bdi>
            </h3>
            <ul className="cards">
              {all
                .filter((each) => each.folder === folder)
                .map((each) => (
                  <One key={each.path} snapshot={snapshot} disputed={each} isOpen={each === open} />
                ))}
            </ul>
          </div>
        ))}
      </Section>
    </div>
  )
}

function One({ snapshot, disputed, isOpen }: { snapshot: Snapshot; disputed: Disputed; isOpen: boolean }) {
  const { folder: name, path, conflicts } = disputed
  const folder = snapshot.folders.find((each) => each.name === name)
  return (
    <li className="card" data-conflict={path}>
      <div className="card-head">
        <h4 className="conflict-path">
          <Icon name="fork" />{' '}
          {isOpen || folder === undefined ? (
            <bdi>{visible(path)}</bdi>
          ) : (
            <Link href={conflictsAt(folder.id, path)}>
              <bdi>{visible(path)}</bdi>
            </Link>
          )}
        </h4>
        <span className="muted">{t('conflicts.versions', { count: conflicts.length + 1 })}</span>
      </div>
      {isOpen && folder !== undefined ? <ConflictView snapshot={snapshot} folder={folder} disputed={disputed} /> : null}
    </li>
  )
}
