import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { DEEDS } from '#base'
import { DETAILS, detailOf } from '../../src/daemon/details.ts'
import { detailWords } from '../../renderer/parts/told.ts'
import { problemWords } from '../../renderer/parts/words.ts'
import { de } from '../../renderer/text/de.ts'
import { en } from '../../renderer/text/en.ts'
import { isMessageKey, setTexts } from '../../renderer/text/text.ts'

afterEach(() => setTexts('en', en))

const SRC = join(import.meta.dirname, '../../src')
const SENTENCE = /(`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/.source

/** Where sentences are made that databases keep of problems and of what happened: what stands before each in these files. */
const MADE: readonly [file: string, before: string][] = [
  ['folder/hash.ts', 'message: '],
  ['folder/scan.ts', String.raw`#problem\([^,]+, '[\w-]+', `],
  ['folder/step-fault.ts', "(?:message: |ENAMETOOLONG' \\? |: (?='this)|'changed', )"],
  ['folder/transition.ts', String.raw`StepFault\('\w+', `],
  ['folder/steps.ts', String.raw`StepFault\('\w+', `],
  ['folder/tree.ts', String.raw`super\('denied', `],
  ['folder/marker.ts', String.raw`bad\('[\w-]+', `],
  ['folder/stage.ts', '(?:message: |message = |message: isFull \\? |: (?=`it cannot))'],
  ['folder/scan.ts', String.raw`'blocked',\s+`],
  ['folder/ignore-rules.ts', '(?:message = |fault: |text: |=> (?=`line))'],
  ['sync/putting-off.ts', 'message: '],
  ['sync/disk-room.ts', String.raw`'full',\s+`],
  ['sync/row-bringer.ts', String.raw`'exists', `],
  ['sync/manifests.ts', String.raw`'corrupt', `],
  ['sync/folder-problems.ts', 'message: '],
  ['sync/folder-notes.ts', 'detail: '],
  ['sync/applied-change.ts', 'KEPT_THERE = '],
  ['db/author.ts', String.raw`RefusedRecord\(`],
  ['daemon/membership.ts', String.raw`(?:detail: |'left', |#note\(departure, )`],
  ['daemon/backend-recovery.ts', String.raw`note\('\w+', `],
  ['daemon/folder-lies.ts', 'detail = '],
  ['daemon/folder-gone.ts', 'detail = '],
  ['model/path.ts', 'return (?!joinPath)(?=.*(?:it |a name|OWN))'],
  ['base/windows-names.ts', 'return '],
]

/** As it may be told: with something in each place. */
function filledIn(literal: string): string {
  const text = literal.slice(1, -1).replaceAll(String.raw`\'`, "'")
  return text.replaceAll(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, (place) => {
    if (place.includes('systemWords')) return 'the disk is full'
    if (/\bfault\b/.test(place)) return 'it is empty'
    if (place.includes('inMib')) return '1.5 MiB'
    if (place.includes('count(')) return '3 entries'
    return place.includes('and}') ? 'and 3 more ' : '3'
  })
}

const SENTENCES = MADE.flatMap(([file, before]) => {
  const found = [...readFileSync(join(SRC, file), 'utf8').matchAll(new RegExp(`${before}${SENTENCE}`, 'g'))]
  return [...new Set(found.map((match) => filledIn(match.at(-1) ?? '')))]
    .filter((made) => made !== '')
    .map((sentence) => ({ file, sentence }))
})

test('sentences are found in each of the files that make them', () => {
  expect([...new Set(SENTENCES.map(({ file }) => file))].toSorted()).toEqual([...new Set(MADE.map(([file]) => file))].toSorted())
})

describe.each([
  ['en', en],
  ['de', de],
] as const)('in the language %s', (locale, texts) => {
  test.each(SENTENCES)('what $file says has words: $sentence', ({ sentence }) => {
    setTexts(locale, texts)
    const values = detailOf(sentence)
    expect(values, sentence).toBeDefined()
    expect(detailWords(values!), JSON.stringify(values)).not.toBeNull()
  })

  test('each detail has words, and no words are of none', () => {
    const known = Object.keys(texts).filter((key) => key.startsWith('detail.'))
    expect(known.toSorted()).toEqual(
      Object.keys(DETAILS)
        .map((detail) => `detail.${detail}`)
        .toSorted(),
    )
  })
})

test('what is done to a path has a word', () => {
  for (const deed of [...Object.values(DEEDS), 'used']) expect(isMessageKey(`deed.${deed.replaceAll(' ', '-')}`), deed).toBe(true)
})

test.each([
  ['it cannot be read: permission is denied', 'es lässt sich nicht lesen: die Berechtigung fehlt'],
  ['it cannot be read: the system says EWHAT', 'es lässt sich nicht lesen: das System meldet EWHAT'],
  [
    'it cannot be carried: a name in it is longer than 255 bytes',
    'es kann nicht übertragen werden: ein Name darin ist länger als 255 Bytes',
  ],
  [
    'it needs 1,024.5 MiB; 2 MiB are free on the disk, 1 MiB of them kept for other files',
    'es braucht 1,1 GB; auf der Festplatte sind 2,1 MB frei, davon 1 MB für andere Dateien',
  ],
  ['1,200 entries vanished at once', '1.200 Einträge auf einmal verschwunden'],
  ['1 entry vanished at once', '1 Eintrag auf einmal verschwunden'],
])('"%s" is told in German with what goes with it', (sentence, words) => {
  setTexts('de', de)
  expect(detailWords(detailOf(sentence)!)?.replaceAll('\u00A0', ' ')).toBe(words)
})

test('a sentence that is none of these is told as it is', () => {
  expect(detailOf('so it is')).toBeUndefined()
  expect(detailOf('it cannot be read: nobody knows why')).toBeUndefined()
  setTexts('de', de)
  expect(problemWords({ code: 'io', message: 'so it is', values: { detail: 'of-tomorrow' } })).not.toContain('of-tomorrow')
})
