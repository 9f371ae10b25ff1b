import { Section } from '../parts/section.tsx'
import { chooseLocale } from '../text/load-texts.ts'
import { isLocale, LOCALES, t, theLocale } from '../text/text.ts'

export default function SettingsScreen() {
  return (
    <Section title={t('nav.settings')}>
      <label className="field">
        <span>{t('settings.language')}</span>
        <select
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
      </label>
    </Section>
  )
}
