import IntlMessageFormat from 'intl-messageformat'
import { shell as de } from '../text/de/shell.ts'
import { shell as en } from '../text/en/shell.ts'

export type Texts = (key: keyof typeof en, values?: Record<string, string | number>) => string

/** What the shell says itself, in the first of the user's languages that there is. */
export function textsFor(languages: readonly string[]): Texts {
  const locale = languages.map((name) => name.slice(0, 2).toLowerCase()).find((name) => name === 'en' || name === 'de') ?? 'en'
  const catalogue = locale === 'de' ? de : en
  return (key, values) => String(new IntlMessageFormat(catalogue[key], locale).format(values))
}
