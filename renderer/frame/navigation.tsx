import { Link, useLocation } from 'wouter'
import { Icon } from '../parts/icon.tsx'
import { open } from '../palette/opened.ts'
import { MODIFIER } from '../palette/shortcut-keys.ts'
import { SCREENS } from '../screens.ts'
import { t } from '../text/text.ts'

/** The places: on the left, or below where the window is narrow. */
export function Navigation({ name }: { name: string }) {
  const [here] = useLocation()
  return (
    <header className="navigation">
      <div className="brand">
        <Mark />
        <h1>{name}</h1>
      </div>
      <button type="button" className="palette-open" aria-haspopup="dialog" onClick={() => open('commands')}>
        <Icon name="search" /> <span>{t('palette.open')}</span> <kbd>{MODIFIER} K</kbd>
      </button>
      <nav aria-label={t('nav.label')}>
        <ul>
          {SCREENS.map(({ path, name: title, short = title, icon }) => (
            <li key={path}>
              <Link href={path} aria-current={here === path ? 'page' : undefined}>
                <Icon name={icon} /> <span className="navigation-name">{t(title)}</span>
                <span className="navigation-short">{t(short)}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  )
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M16 6v12m0 0c0 5-4 4-6 8m6-8c0 5 4 4 6 8m-6-8v8" />
    </svg>
  )
}
