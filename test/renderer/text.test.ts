import { afterEach, expect, test } from 'vitest'
import IntlMessageFormat from 'intl-messageformat'
import { de } from '../../renderer/text/de.ts'
import { en, type MessageKey } from '../../renderer/text/en.ts'
import { accented, mirrored, pseudo } from '../../renderer/text/pseudo.ts'
import { localeOf, setTexts, t } from '../../renderer/text/text.ts'

afterEach(() => setTexts('en', en))

/** The names of what a message is filled with, in its whole. */
function names(message: string): string[] {
  return [...message.matchAll(/\{(\w+)[,}]|<(\w+)>/g)].map(([, value, tag]) => value ?? tag!).toSorted()
}

test('each text is there in both languages, can be read, and is filled with the same', () => {
  const keys = Object.keys(en) as MessageKey[]
  expect(Object.keys(de)).toEqual(keys)
  for (const key of keys) {
    expect(new Set(names(de[key])), key).toEqual(new Set(names(en[key])))
    for (const message of [en[key], de[key]]) expect(() => new IntlMessageFormat(message, 'en')).not.toThrow()
  }
})

test.each([
  [null, ['fr', 'de-CH', 'en'], 'de'],
  [null, ['fr'], 'en'],
  ['en-XA', ['de'], 'en-XA'],
  ['gone', ['de'], 'de'],
])('chosen %j of %j is %s', (chosen, wanted, expected) => {
  expect(localeOf(chosen, wanted)).toBe(expected)
})

test('counts by the rules of the language', () => {
  expect([0, 1, 2_000].map((count) => t('state.peers', { count }))).toEqual([
    'no device connected',
    '1 device connected',
    '2,000 devices connected',
  ])
  setTexts('de', de)
  expect(t('state.peers', { count: 2_000 })).toBe('2.000 Geräte verbunden')
})

test('the locales for trying change what is in the catalogue, and nothing that it is filled with', () => {
  setTexts('en-XA', en, (message) => pseudo(message, accented))
  expect(t('state.syncing', { bytes: '5 GB' })).toBe('Šýñçííñg, 5 GB tóó çóóméé')
  setTexts('ar-XB', en, (message) => pseudo(message, mirrored))
  expect(t('state.stuck', { count: 2 })).toBe('2\u202E folders need you\u202C')
})
