import { Link } from 'wouter'
import { FileName } from '../parts/file-name.tsx'
import { Icon } from '../parts/icon.tsx'
import { filesOfAll } from '../places.ts'
import { t } from '../text/text.ts'

/** The way from all folders to a directory; each step leads there. */
export function Breadcrumb({ name, path, hrefOf }: { name: string; path: string; hrefOf: (path: string) => string }) {
  const parts = path === '' ? [] : path.split('/')
  const steps = [name, ...parts].map((part, at) => ({ part, to: parts.slice(0, at).join('/') }))
  return (
    <nav className="files-way" aria-label={t('files.way')}>
      <ol>
        <li>
          <Link href={filesOfAll()}>
            <Icon name="home" />
            <span className="visually-hidden">{t('files.choose')}</span>
          </Link>
        </li>
        {steps.map(({ part, to }) => (
          <li key={to}>
            <Icon name="next" />
            {to === path ? (
              <h2 aria-current="page">
                <FileName name={part} />
              </h2>
            ) : (
              <Link href={hrefOf(to)}>
                <FileName name={part} />
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
