import IntlMessageFormat from 'intl-messageformat'
import { expect, test } from 'vitest'
import { textsFor } from '../../renderer/shell/texts.ts'
import { shell as de } from '../../renderer/text/de/shell.ts'
import { shell as en } from '../../renderer/text/en/shell.ts'

const names = (message: string): string[] => [...message.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name!).toSorted()

test('what the shell says is there in both languages, can be read, and is filled with the same', () => {
  const keys = Object.keys(en) as (keyof typeof en)[]
  expect(Object.keys(de)).toEqual(keys)
  for (const key of keys) {
    expect(new Set(names(de[key])), key).toEqual(new Set(names(en[key])))
    for (const message of [en[key], de[key]]) expect(() => new IntlMessageFormat(message, 'en')).not.toThrow()
  }
})

test.each([
  [['fr-FR', 'de-CH', 'en'], 'Ordner'],
  [['en-US', 'de'], 'Folders'],
  [['fr'], 'Folders'],
  [[], 'Folders'],
])('of %j', (languages, text) => {
  expect(textsFor(languages)('shell.folders')).toBe(text)
})
