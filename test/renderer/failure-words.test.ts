import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import IntlMessageFormat from 'intl-messageformat'
import { afterEach, describe, expect, test } from 'vitest'
import { HoldfastError, SYSTEM_WORDS, toErrorShape, type Told } from '#base'
import { failureWords } from '../../renderer/parts/failure-words.ts'
import { systemWords } from '../../renderer/parts/told.ts'
import { de } from '../../renderer/text/de.ts'
import { en, type MessageKey } from '../../renderer/text/en.ts'
import { setTexts } from '../../renderer/text/text.ts'
import { THROWN, type Thrown } from './thrown.ts'

afterEach(() => setTexts('en', en))

const SRC = join(import.meta.dirname, '../../src')
const TOLD = THROWN.filter((thrown): thrown is Thrown & { reason: string } => thrown.reason !== null)
const REASONS = [...new Set(TOLD.map(({ reason }) => reason)), 'system'].toSorted()

type Element = ReturnType<IntlMessageFormat['getAst']>[number]

/** Of a piece of text between what is filled in. */
const LITERAL = 0

/** The names of what a text is filled with. */
function filledWith(text: string): string[] {
  const namesIn = (elements: readonly Element[]): string[] =>
    elements.flatMap((element) => {
      if (!('value' in element) || Number(element.type) === LITERAL) return []
      const inside = 'options' in element ? Object.values(element.options).flatMap(({ value }) => namesIn(value)) : []
      return [element.value, ...inside]
    })
  return [...new Set(namesIn(new IntlMessageFormat(text).getAst()))].toSorted()
}

describe.each([
  ['en', en],
  ['de', de],
] as const)('in the language %s', (locale, texts) => {
  const textOf = (key: string): string | undefined => (texts as Record<string, string>)[key]

  test('each failure that the daemon gives a reason has words, and what to do', () => {
    for (const reason of REASONS) {
      expect(textOf(`failure.${reason}`), reason).toBeDefined()
      expect(textOf(`failure.${reason}.do`), reason).toBeDefined()
    }
  })

  test('its words are filled with what goes with the reason, wherever it is made', () => {
    for (const { file, reason, values } of TOLD) {
      const given = [...values, ...(values.includes('system') ? ['why', 'todo'] : [])]
      for (const key of [`failure.${reason}`, `failure.${reason}.do`])
        for (const name of filledWith(textOf(key) ?? '')) expect(given, `${file}: ${key}`).toContain(name)
    }
  })

  test('why a blocked folder is blocked has words', () => {
    const marker = readFileSync(join(SRC, 'folder/marker.ts'), 'utf8')
    const codes = [...marker.matchAll(/\bbad\(\s*'([^']+)'/g)].map(([, code]) => code)
    expect(codes.length).toBeGreaterThan(5)
    for (const code of codes) expect(textOf(`reason.${code}`), code).toBeDefined()
  })

  test('each error of the system that there are words for has them here, too, and what to do', () => {
    setTexts(locale, texts)
    const other = systemWords('EUNHEARDOF')
    expect(other.why).toContain('EUNHEARDOF')
    for (const code of Object.keys(SYSTEM_WORDS)) {
      expect(systemWords(code).why, code).not.toContain(code)
      expect(systemWords(code).todo, code).not.toBe(other.todo)
    }
  })
})

test('no words are left of failures that nobody meets any more', () => {
  const OWN = new Set(['failure.offline', 'failure.offline.how', 'failure.blocked.do'])
  const known = new Set(REASONS.flatMap((reason) => [`failure.${reason}`, `failure.${reason}.do`]))
  const left = (Object.keys(en) as MessageKey[]).filter((key) => key.startsWith('failure.') && !OWN.has(key) && !known.has(key))
  expect(left).toEqual([])
})

test.each<[string, Told & { message: string }, string]>([
  [
    'a full disk',
    told(systemError('ENOSPC', 'write', '/data/a')),
    '/data/a kann nicht geschrieben werden: die Festplatte ist voll',
  ],
  ['an error without a path', told(systemError('EROFS', 'fsync')), 'die Festplatte ist schreibgeschützt'],
  ['a reason', { message: 'it', reason: 'name-taken', values: { folder: 'Bilder' } }, 'namens „Bilder“'],
  ['a blocked folder', { message: 'it', reason: 'root-missing' }, 'Sein Verzeichnis ist nicht da'],
  [
    'input',
    { message: 'it', reason: 'bad-input', values: { field: 'name', fault: 'long', limit: '64' } },
    '(name): sie hat mehr als 64 Zeichen',
  ],
  ['what is left', { message: 'it', reason: 'not-handed-over', values: { folders: 'Bilder' } }, 'es fehlt noch: Bilder'],
  ['a reason of a newer daemon', { message: 'so it is', reason: 'of-tomorrow', values: {} }, 'so it is'],
  ['one that lacks what goes with it', { message: 'it is taken', reason: 'name-taken' }, 'it is taken'],
])('%s is told in the language of the page, as far as that knows it', (_, failure, words) => {
  setTexts('de', de)
  expect(failureWords(failure).message).toContain(words)
})

test('names that come with a failure show what is hidden in them', () => {
  setTexts('de', de)
  expect(failureWords({ message: 'it', reason: 'name-taken', values: { folder: 'a\u202Eb' } }).message).not.toContain('\u202E')
})

function told(error: unknown): Told & { message: string } {
  return toErrorShape(error)
}

function systemError(code: string, syscall: string, path?: string): Error {
  return Object.assign(new Error(code), { code, syscall, ...(path === undefined ? {} : { path }) })
}

test('a reason and its values are told wherever an error crosses a thread', () => {
  const error = new HoldfastError('exists', 'it is there', { reason: 'file-exists', values: { path: '/a' } })
  expect(toErrorShape(error)).toEqual({ code: 'exists', message: 'it is there', reason: 'file-exists', values: { path: '/a' } })
})
