import { Link } from 'wouter'
import { disputes } from '../conflicts/sides.ts'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { conflictsAt } from '../places.ts'
import { visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'

const SHOWN = 3

/** Shown only while there are some: both versions are on disk, and somebody has to choose. */
export function Conflicts({ snapshot }: { snapshot: Snapshot }) {
  const all = disputes(snapshot.conflicts)
  if (all.length === 0) return null
  const more = all.length - SHOWN
  return (
    <section className="notice conflicts-notice" aria-labelledby="conflicts-notice">
      <h2 id="conflicts-notice">
        <Icon name="fork" /> {t('conflicts.notice', { count: all.length })}
      </h2>
      <ul>
        {all.slice(0, SHOWN).map(({ folder, path }) => (
          <li key={`${folder}/${path}`}>
            <bdi className="path">{visible(`${folder}/${path}`)}</bdi>
          </li>
        ))}
        {more > 0 ? <li className="muted">{t('count.more', { count: more })}</li> : null}
      </ul>
      <p className="actions">
        <Link href={conflictsAt()}>{t('conflicts.look')}</Link>
      </p>
    </section>
  )
}
