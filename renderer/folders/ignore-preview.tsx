import type { IgnorePreview as Preview } from '#api/contract'
import { sentence } from '../format.ts'
import { FailureNote, type Failure } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'

/** What rules would do, and which of their lines say nothing; `goTo` shows a line. */
export function IgnorePreview({
  preview,
  failure,
  goTo,
}: {
  preview: Preview | null
  failure: Failure | null
  goTo: (line: number) => void
}) {
  return (
    <section className="folders-block" aria-labelledby="folders-preview">
      <h3 id="folders-preview">{t('folders.preview')}</h3>
      <FailureNote failure={failure} />
      <div aria-live="polite">
        {preview === null ? null : (
          <>
            <p>{t('folders.preview.ignored', { count: preview.ignored })}</p>
            {preview.newlyIgnored.length + preview.noLonger.length === 0 ? (
              <p className="muted">{t('folders.preview.same')}</p>
            ) : null}
          </>
        )}
      </div>
      {preview === null ? null : (
        <>
          {preview.faults.length === 0 ? null : (
            <ul className="folders-faults">
              {preview.faults.map(({ line, message }) => (
                <li key={line}>
                  <button type="button" className="quiet" onClick={() => goTo(line)}>
                    {t('folders.preview.line', { line })}
                  </button>{' '}
                  {sentence(message)}
                </li>
              ))}
            </ul>
          )}
          <Paths title={t('folders.preview.out', { count: preview.newlyIgnored.length })} paths={preview.newlyIgnored} />
          <Paths title={t('folders.preview.in', { count: preview.noLonger.length })} paths={preview.noLonger} />
        </>
      )}
    </section>
  )
}

/** How many of them the daemon lists, if there are more. */
const LISTED = 100

function Paths({ title, paths }: { title: string; paths: readonly string[] }) {
  if (paths.length === 0) return null
  return (
    <>
      <h4>{title}</h4>
      <ul className="folders-paths">
        {paths.map((path) => (
          <li key={path}>
            <Icon name="file" /> <bdi className="path">{visible(path)}</bdi>
          </li>
        ))}
      </ul>
      {paths.length < LISTED ? null : <p className="muted">{t('folders.preview.more')}</p>}
    </>
  )
}
