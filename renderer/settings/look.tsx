import { useState } from 'react'
import { chooseLocale } from '../text/load-texts.ts'
import { isLocale, LOCALES, t, theLocale } from '../text/text.ts'
import { APPEARANCES, chooseAppearance, theAppearance } from './appearance.ts'
import { Choices } from './choices.tsx'

/** How the page looks in this browser: nothing of it is the daemon's. */
export function Look() {
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
          {Object.entries(LOCALES).map(([locale, name]) => (
            <option key={locale} value={locale}>
              {name}
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
