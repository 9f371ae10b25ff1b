import { Link } from 'wouter'
import type { FolderStatus } from '#api/contract'
import { percentOf } from '../format.ts'
import type { Snapshot } from '../live/state.ts'
import { Empty, Section } from '../parts/section.tsx'
import { remarkWords } from '../parts/words.ts'
import { folderAt } from '../places.ts'
import { RemarkAction } from '../sections/safety.tsx'
import { t } from '../text/text.ts'

/** Of each folder, how much is on as many devices as it is to be, and what keeps the rest from it. */
export function SafetySection({ snapshot: { folders } }: { snapshot: Snapshot }) {
  const mine = folders.filter(({ state }) => state !== 'offered')
  return (
    <Section title={t('health.protection')}>
      {mine.length === 0 ? <Empty>{t('health.space.empty')}</Empty> : null}
      <ul className="rows health-rows">
        {mine.map((folder) => (
          <Row key={folder.id} folder={folder} />
        ))}
      </ul>
    </Section>
  )
}

function Row({ folder: { id, name, protectedPercent, copies, wantedCopies, notes } }: { folder: FolderStatus }) {
  return (
    <li>
      <p className="health-line">
        <Link href={folderAt(id)}>{name}</Link>
        {protectedPercent === null ? (
          <span className="muted">{t('health.protected.unknown')}</span>
        ) : (
          <>
            <progress max={100} value={protectedPercent} aria-label={t('health.protected.of', { folder: name })} />
            <span>{t('health.protected.part', { percent: percentOf(protectedPercent) })}</span>
          </>
        )}
        {copies === null || wantedCopies === null ? null : (
          <span className={copies < wantedCopies ? 'bad' : 'muted'}>{t('health.copies', { copies, wanted: wantedCopies })}</span>
        )}
      </p>
      {notes.map((note) => (
        <p key={note.message} className="facts">
          <span>
            {remarkWords(note)} <RemarkAction note={note} folder={id} />
          </span>
        </p>
      ))}
    </li>
  )
}
