import { Link } from 'wouter'
import type { Retention } from '#api/contract'
import { size, when } from '../format.ts'
import { historyAt } from '../places.ts'
import { t } from '../text/text.ts'

const EXAMPLES = 8

/** What a policy keeps and what not: how much, and some of what goes, with why. */
export function DryRun({ retention, isProposed, folder }: { retention: Retention | null; isProposed: boolean; folder: string }) {
  return (
    <section className="folders-block" aria-labelledby="folders-dry-run">
      <h3 id="folders-dry-run">{t(isProposed ? 'folders.dry-run' : 'folders.dry-run.now')}</h3>
      <div aria-live="polite">
        {retention === null ? null : (
          <p>
            {t('folders.dry-run.kept', { count: retention.kept })}{' '}
            <strong>{t('folders.dry-run.gone', { count: retention.forgotten })}</strong>
          </p>
        )}
      </div>
      {retention === null || retention.forget.length === 0 ? null : (
        <>
          <h4>{t('folders.dry-run.examples')}</h4>
          <ul className="folders-verdicts">
            {retention.forget.slice(0, EXAMPLES).map(({ path, version, time, size: bytes, reasons }) => (
              <li key={`${path} ${version}`}>
                <Link href={historyAt(folder, path)} className="path">
                  {path}
                </Link>
                <span className="muted">
                  {when(time)}, {size(bytes)}
                  {reasons.length === 0 ? null : <> · {reasons.join('; ')}</>}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
