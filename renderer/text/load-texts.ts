import { en } from './en.ts'
import { localeOf, setTexts, type Locale } from './text.ts'

const KEY = 'holdfast.locale'

/** To be called before anything is drawn: another language is another start of the page. */
export async function loadTexts(): Promise<void> {
  const locale = localeOf(localStorage.getItem(KEY), navigator.languages)
  document.documentElement.lang = locale === 'de' ? 'de' : 'en'
  document.documentElement.dir = locale === 'ar-XB' ? 'rtl' : 'ltr'
  if (locale === 'en') return
  if (locale === 'de') return setTexts(locale, (await import('./de.ts')).de)
  const { accented, mirrored, pseudo } = await import('./pseudo.ts')
  setTexts(locale, en, (message) => pseudo(message, locale === 'en-XA' ? accented : mirrored))
}

export function chooseLocale(chosen: Locale): void {
  localStorage.setItem(KEY, chosen)
  location.reload()
}
