import IntlMessageFormat from 'intl-messageformat'
import { createElement, Fragment, type ReactNode } from 'react'
import { en, type MessageKey, type Messages } from './en.ts'

export type { MessageKey }

/** What a message is filled with; a function draws what stands between its name's tags. */
export type Values = Record<string, string | number | Date | ((chunks: ReactNode[]) => ReactNode)>

/** In their own words. The last two are for trying: all that is in no catalogue, or has no room, shows. */
export const LOCALES = { en: 'English', de: 'Deutsch', 'en-XA': '[Áççéñtš]', 'ar-XB': '[Right to left]' } as const
export type Locale = keyof typeof LOCALES

let locale: Locale = 'en'
let messages: Messages = en
let change: ((message: string) => ConstructorParameters<typeof IntlMessageFormat>[0]) | null = null
const formats = new Map<MessageKey, IntlMessageFormat>()

/** The language that was chosen, else the first of the browser's that there is. */
export function localeOf(chosen: string | null, wanted: readonly string[]): Locale {
  if (chosen !== null && isLocale(chosen)) return chosen
  return wanted.map((name) => name.slice(0, 2).toLowerCase()).find(isLocale) ?? 'en'
}

export function isLocale(name: string): name is Locale {
  return Object.hasOwn(LOCALES, name)
}

/** The one that is in use. */
export function theLocale(): Locale {
  return locale
}

/** From now on texts are of this language; `changed` makes the messages of a locale for trying. */
export function setTexts(of: Locale, catalogue: Messages, changed: typeof change = null): void {
  locale = of
  messages = catalogue
  change = changed
  formats.clear()
}

/** For the formats of numbers and times. */
export function currentLocale(): string {
  return locale === 'de' ? 'de' : 'en'
}

/** Of what the daemon names by its codes there may be a text, or not. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(en, key)
}

/** A text of the catalogue. */
export function t(key: MessageKey, values?: Record<string, string | number | Date>): string {
  return String(formatOf(key).format(values))
}

const tag = (name: string, className?: string) => (chunks: ReactNode[]) =>
  createElement(name, className === undefined ? null : { className }, ...chunks)
const TAGS: Values = { em: tag('em'), code: tag('code'), muted: tag('span', 'muted') }

/** The same with elements in it. */
export function Text({ id, values = {} }: { id: MessageKey; values?: Values }): ReactNode {
  const parts = formatOf(id).format<ReactNode>({ ...TAGS, ...values })
  return createElement(Fragment, null, ...[parts].flat())
}

function formatOf(key: MessageKey): IntlMessageFormat {
  const known = formats.get(key)
  if (known !== undefined) return known
  const message = messages[key]
  const made = new IntlMessageFormat(change === null ? message : change(message), currentLocale())
  formats.set(key, made)
  return made
}
