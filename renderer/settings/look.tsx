import { useState } from 'react'
import { useSearchParams } from 'wouter'
import { chooseLocale } from '../text/load-texts.ts'
import { isLocale, LOCALES, t, theLocale, type Locale } from '../text/text.ts'
import { APPEARANCES, chooseAppearance, theAppearance } from './appearance.ts'
import { Choices } from './choices.tsx'

const FOR_TRYING: ReadonlySet<Locale> = new Set(['en-XA', 'ar-XB'])

/** How the page looks in this browser: nothing of it is the daemon's. */
export function Look() {
  const [query] = useSearchParams()
  const [appearance, setAppearance] = useState(theAppearance)
  return (
    <>
      <div className="settings-row">
        <label htmlFor="language">{t('settings.language')}</label>
        <select
          id="language"
          value={theLocale()}
          onChange={({ target: { value } }) => {
            if (isLocale(value)) chooseLocale(value)
          }}
        >
          {localesOffered(query.get('languages') === 'all').map((locale) => (
            <option key={locale} value={locale}>
              {LOCALES[locale]}
            </option>
          ))}
        </select>
      </div>
      <Choices
        title={t('settings.appearance')}
        choices={APPEARANCES.map((name) => ({ name, title: t(`settings.appearance.${name}`) }))}
        chosen={appearance}
        choose={(name) => {
          chooseAppearance(name)
          setAppearance(name)
        }}
      />
    </>
  )
}

/** Those for trying only where somebody asks for them, or has to find back from one. */
function localesOffered(all: boolean): Locale[] {
  const locales = Object.keys(LOCALES).filter(isLocale)
  const isForTrying = (locale: Locale): boolean => FOR_TRYING.has(locale)
  return all || isForTrying(theLocale()) ? locales : locales.filter((locale) => !isForTrying(locale))
}
