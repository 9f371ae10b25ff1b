import { Link } from 'wouter'
import type { FolderStatus, Health } from '#api/contract'
import { DiskFullWords } from '../folders/disk-full.tsx'
import { isStuck } from '../folders/folder-words.ts'
import { sentence } from '../format.ts'
import { api } from '../live/api.ts'
import { isDiskFull } from '../live/on-the-way.ts'
import type { Snapshot } from '../live/state.ts'
import { FailureNote } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { noteWords } from '../parts/note-words.ts'
import { Section } from '../parts/section.tsx'
import { reasonWords } from '../parts/words.ts'
import { conflictsAt, folderAt } from '../places.ts'
import { t } from '../text/text.ts'
import { useFigures } from './figures.ts'

type Check = Health['checks'][number]

const NAMES = ['disk-space', 'network', 'database', 'store'] as const
const FOLDER = 'folder '

/** What is wrong first, each with the way to it; then that the rest is well. */
export function Checks({ snapshot }: { snapshot: Snapshot }) {
  const { value, failure } = useFigures('health', () => api.health())
  const checks = value?.checks ?? []
  // Of folders the live list below knows more, and at once.
  const own = checks.filter(({ name }) => !name.startsWith(FOLDER))
  const failed = own.filter(({ ok }) => !ok)
  const isFull = ({ name }: FolderStatus): boolean => isDiskFull(snapshot, name)
  const folders = snapshot.folders.filter((folder) => isFull(folder) || troubleOf(folder) !== null)
  const isWell = value !== null && failed.length === 0 && folders.length === 0
  return (
    <Section title={t('nav.health')} isScreen>
      <FailureNote failure={failure} />
      {isWell ? (
        <p className="health-well">
          <Icon name="check" /> {t('health.well')}
        </p>
      ) : null}
      {failed.length === 0 && folders.length === 0 ? null : (
        <ul className="rows health-rows">
          {failed.map((check) => (
            <li key={check.name} className="health-bad">
              <Icon name="stop" />
              <p>
                <strong>{checkName(check)}</strong> {sentence(noteWords(check.detail, check.values))}
              </p>
            </li>
          ))}
          {folders.map((folder) => (
            <li key={folder.id} className="health-bad">
              <Icon name="stop" />
              <p>
                <Link href={folderAt(folder.id, 'problems')}>{folder.name}</Link>{' '}
                {isFull(folder) ? (
                  <>
                    <DiskFullWords folder={folder} snapshot={snapshot} />.
                  </>
                ) : null}{' '}
                {troubleOf(folder)}{' '}
                {folder.conflicts > 0 ? <Link href={conflictsAt(folder.id)}>{t('nav.conflicts')}</Link> : null}
              </p>
            </li>
          ))}
        </ul>
      )}
      {own.length === 0 ? null : (
        <details className="health-all">
          <summary>{t('health.checks', { count: own.length })}</summary>
          <ul>
            {own.map((check) => (
              <li key={check.name}>
                <Icon name={check.ok ? 'check' : 'stop'} />
                <span className="visually-hidden">{t(check.ok ? 'health.ok' : 'health.not-ok')}</span> {checkName(check)}{' '}
                <span className="muted">{noteWords(check.detail, check.values)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  )
}

function checkName({ name }: Check): string {
  const known = NAMES.find((each) => each === name)
  return known === undefined ? name : t(`health.check.${known}`)
}

/** What is wrong with a folder, in one sentence; null: nothing. */
function troubleOf(folder: Snapshot['folders'][number]): string | null {
  const { problems, lost, damaged, conflicts } = folder
  if (isStuck(folder)) return reasonWords(folder)
  const parts = [
    ...(problems > 0 ? [t('state.problems', { count: problems })] : []),
    ...(lost > 0 ? [t('health.lost', { count: lost })] : []),
    ...(damaged > 0 ? [t('health.damaged', { count: damaged })] : []),
    ...(conflicts > 0 ? [t('folder.conflicts', { count: conflicts })] : []),
  ]
  return parts.length === 0 ? null : sentence(parts.join('; '))
}
