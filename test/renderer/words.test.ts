import { afterEach, describe, expect, test } from 'vitest'
import type { EntryDetails } from '#api/contract'
import type { Problem } from '#db'
import { ACTIVITY_EVENTS } from '../../src/db/activity-events.ts'
import { NOTES, type NoteCode } from '../../src/daemon/notes.ts'
import { REMARKS, type RemarkCode } from '../../src/daemon/remarks.ts'
import { REASONS, type ReasonCode, type ValuesOf } from '../../src/sync/reasons.ts'
import { hintParts } from '../../renderer/parts/hint-parts.ts'
import { kindOf } from '../../renderer/live/activity-filter.ts'
import { noteDo, noteWords } from '../../renderer/parts/note-words.ts'
import { failureWords } from '../../renderer/parts/failure-words.ts'
import {
  entryWords,
  eventWords,
  problemDo,
  problemWords,
  reasonWords,
  remarkDo,
  remarkWords,
} from '../../renderer/parts/words.ts'
import { de } from '../../renderer/text/de.ts'
import { en } from '../../renderer/text/en.ts'
import { isMessageKey, setTexts } from '../../renderer/text/text.ts'

afterEach(() => setTexts('en', en))

const UNTOLD = 'nothing of this in the catalogue'
const there = { device: 'attic', hindrance: 'paused', others: 47 } as const
const unkept = { versions: 68, own: 'no', device: 'attic' } as const
const away = { devices: 'attic, cellar', number: 2, said: 'yes' } as const

const OF_REASONS: { [Code in ReasonCode]: ValuesOf<Code> } = {
  paused: { until: '2030-01-02T03:04:05.000Z' },
  'deletions-held': { entries: 41, before: 42 },
  scanning: {},
  'no-role': { edits: 43 },
  'receiving-index': { records: 44 },
  'waiting-for-device': {},
  'no-device': { entries: 45 },
  'put-off': { entries: 46 },
  fetching: { entries: 48 },
  vanishing: { entries: 49 },
  problems: { entries: 51, ...there },
  'local-edits': { edits: 52, ...there },
  'send-only': { changes: 53, ...there },
  alone: { online: 'yes' },
  'waits-elsewhere': there,
  'to-come-elsewhere': { device: 'attic', entries: 54 },
  'online-only': {},
  'up-to-date': {},
}

const OF_REMARKS: { [Code in RemarkCode]: Parameters<(typeof REMARKS)[Code]>[0] } = {
  lost: { versions: 61, alone: 'no' },
  degraded: { copies: 62, wanted: 63 },
  unheld: undefined,
  full: { device: 'attic' },
  refused: { device: 'attic' },
  lies: { device: 'attic' },
  'out-of-reach': { ...away, files: 64, versions: 129 },
  'deleted-apart': { entries: 66, devices: 'attic' },
  away: unkept,
  silent: unkept,
  nowhere: unkept,
  'only-copy': { ...unkept, most: 'yes', removal: 'no', paths: 'a.jpg', more: 71 },
  alone: undefined,
  damaged: { pieces: 72, held: 'no' },
  closed: undefined,
  paused: undefined,
  'no-history': undefined,
}

const OF_NOTES: { [Code in NoteCode]: Parameters<(typeof NOTES)[Code]>[0] } = {
  'kit-closed': { folder: 'attic' },
  'kit-no-history': { folder: 'attic' },
  'kit-alone': undefined,
  'kit-no-blocks': { devices: 'kitchen' },
  'kit-unheard': undefined,
  'kit-away': { devices: 'attic, cellar' },
  'kit-all-left': { folder: 'attic' },
  grace: { ms: 41_000 },
  'pledge-room': { bytes: 51 * 2 ** 20 },
  'pledge-held': { bytes: 51 * 2 ** 20 },
  'space-unknown': undefined,
  'space-free': { bytes: 51 },
  listens: { addresses: 'attic' },
  'listens-nowhere': undefined,
  answers: undefined,
  'store-well': undefined,
  'store-damaged': { blocks: 52 },
}

const PROBLEMS: Record<Problem['code'], true> = {
  ...{ unreadable: true, changing: true, name: true, twin: true, full: true, 'missing-chunks': true, 'local-edit': true },
  ...{ 'not-empty': true, denied: true, 'too-large': true, io: true, 'device-boundary': true, special: true },
  'ignore-rules': true,
}

const CATALOGUES = { en, de }

/** The numbers and names that a sentence is filled with. */
function filledWith(sentence: string): string[] {
  return [...sentence.matchAll(/\d{2}|attic|cellar/g)].map(([found]) => found).toSorted()
}

describe.each(['en', 'de'] as const)('in the language %s', (locale) => {
  const speak = (): void => setTexts(locale, CATALOGUES[locale])

  test.each(Object.keys(REASONS) as ReasonCode[])(
    'the reason %s has words, with all that the daemon says of it',
    (reasonCode) => {
      speak()
      const values = OF_REASONS[reasonCode] as Record<string, string | number>
      const said = reasonWords({ reasonCode, reason: UNTOLD, values })
      expect(said).not.toContain(UNTOLD)
      const own = (REASONS[reasonCode] as (values: object) => string)(values)
      if (reasonCode === 'paused') expect(said).toMatch(/2030/)
      else expect(filledWith(said)).toEqual(filledWith(own))
    },
  )

  test.each(Object.keys(REMARKS) as RemarkCode[])(
    'the remark %s has words, with all that the daemon says of it',
    (reasonCode) => {
      speak()
      const values = OF_REMARKS[reasonCode] as Record<string, string | number> | undefined
      const said = remarkWords({ reasonCode, message: UNTOLD, values })
      expect(said).not.toContain(UNTOLD)
      expect(filledWith(said)).toEqual(filledWith((REMARKS[reasonCode] as (values?: object) => string)(values)))
    },
  )

  test.each(['full', 'refused', 'lies', 'away', 'silent', 'nowhere', 'only-copy', 'alone', 'damaged', 'closed'] as const)(
    'what a command leaves undone by the remark %s has words, and what to do',
    (reasonCode) => {
      speak()
      for (const own of ['yes', 'no'] as const) {
        const values = { ...unkept, own, most: 'no', removal: own, held: own, pieces: 68, paths: 'a', more: 0 } as const
        const said = remarkWords({ reasonCode, message: UNTOLD, values })
        expect(said).not.toContain(UNTOLD)
        if (!['alone', 'closed'].includes(reasonCode)) expect(said).toContain('68')
        expect(remarkDo({ reasonCode, values })?.length).toBeGreaterThan(10)
      }
    },
  )

  test.each(Object.keys(NOTES) as NoteCode[])('the note %s has words, with all that the daemon says of it', (code) => {
    speak()
    const values = { ...(OF_NOTES[code] as object | undefined), note: code }
    const said = noteWords(UNTOLD, values)
    expect(said).not.toContain(UNTOLD)
    const own = (NOTES[code] as (values?: object) => string)(OF_NOTES[code])
    if (/^grace|^pledge/.test(code)) expect(said).toMatch(/40|53/)
    else expect(filledWith(said)).toEqual(filledWith(own))
    if (code.startsWith('kit-')) expect(noteDo({ message: UNTOLD, values })?.length).toBeGreaterThan(10)
  })

  test('what failed is told by its reason in notes as well', () => {
    speak()
    const why = { reason: 'name-taken', values: { folder: 'attic' } }
    const { message } = failureWords({ message: UNTOLD, ...why })
    const values = { ...why.values, reason: why.reason }
    expect(remarkWords({ reasonCode: 'failed', message: UNTOLD, values })).toContain(message)
    for (const note of ['failed', 'kit-not-joined']) expect(noteWords(UNTOLD, { ...values, note })).toContain(message.slice(1))
    expect(remarkWords({ reasonCode: 'failed', message: UNTOLD })).toMatch(/nothing of this/)
  })

  test('every problem has a title, and what to do in words of the page', () => {
    for (const code of [...Object.keys(PROBLEMS), 'lost', 'lies', 'out-of-reach']) {
      expect(isMessageKey(`folders.problem.${code}`), code).toBe(true)
      expect(problemDo(code, { state: 'idle', role: 'sync' }), code).not.toBeNull()
    }
  })

  test('every event of the activity list has a word, and a kind to look for it by', () => {
    speak()
    for (const event of ACTIVITY_EVENTS) {
      expect(isMessageKey(`event.${event}`), event).toBe(true)
      expect(kindOf(event), event).not.toBeNull()
    }
    expect(eventWords('unheard-of')).toBe('unheard-of')
  })

  test('why an entry is not the same everywhere names the devices', () => {
    speak()
    const of = (reasonCode: EntryDetails['reasonCode'], values: EntryDetails['values']): string =>
      entryWords({ item: null, reasonCode, message: UNTOLD, hint: null, problem: null, devices: [], values })
    const all = [
      of('to-come', away),
      of('to-come-elsewhere', away),
      of('to-come-elsewhere', { devices: 'attic, cellar', number: 1, hindrance: 'paused' }).replace('attic, cellar', ''),
      of('to-come-elsewhere', { ...away, entries: 3 }),
      of('away', away),
      of('away', { ...away, here: 'yes' }),
    ]
    for (const said of all) expect(filledWith(said)).toEqual(['attic', 'cellar'])
    expect(of('deleted', { by: 'attic', time: '2030-01-02T03:04:05.000Z' })).toMatch(/attic.*2030/)
    expect(of('conflict', { by: 'attic', with: 'cellar' })).toMatch(/attic.*cellar/)
    for (const values of [{ online: 'yes' }, { others: 0, sure: 'yes' }, { others: 2, sure: 'no' }])
      expect(of('synced', values)).not.toContain(UNTOLD)
  })
})

test('what a page does not know, or lacks the values of, is told as the daemon says it', () => {
  setTexts('de', de)
  expect(reasonWords({ reasonCode: 'of-tomorrow', reason: 'so it is' })).toBe('So it is.')
  expect(reasonWords({ reasonCode: 'put-off', reason: '3 entries are put off' })).toBe('3 entries are put off.')
  expect(remarkWords({ reasonCode: 'full', message: 'attic is full' })).toBe('Attic is full.')
  expect(problemWords({ code: 'of-tomorrow', message: 'so it is' })).toBe('So it is.')
  expect(problemWords({ code: 'unreadable', message: 'EACCES' })).toBe('Nicht lesbar.')
})

test('why a folder cannot go on is told by the reason of its fault', () => {
  setTexts('de', de)
  const values = { reason: 'database-failed', path: '/home/db', problem: 'full' }
  expect(reasonWords({ reasonCode: 'full', reason: UNTOLD, values })).toBe(
    'Die Datenbank /home/db kann nicht wachsen: die Festplatte ist voll.',
  )
})

test('who removed this device from its group is told', () => {
  const removed = { removedBy: 'attic' }
  expect(reasonWords({ reasonCode: 'alone', reason: UNTOLD, values: removed })).toBe(
    'Up to date, but synced with nobody: attic removed this device from its group.',
  )
  expect(reasonWords({ reasonCode: 'no-device', reason: UNTOLD, values: { entries: 2, ...removed } })).toContain(
    'attic removed it',
  )
})

test.each([
  ['holdfast folder archive "my photos" lists what is left', ['holdfast folder archive "my photos"']],
  [
    'on attic: holdfast folder join photos PATH, or holdfast config set pledge SIZE',
    ['holdfast folder join photos PATH', 'holdfast config set pledge SIZE'],
  ],
  ['connect the other devices (holdfast devices shows them): it comes by itself', ['holdfast devices']],
  ['to give it up for good: holdfast gc --lost', ['holdfast gc --lost']],
  ['make the directory first', []],
])('the commands of the hint "%s" are told apart from its words, and nothing is left out', (hint, commands) => {
  const parts = hintParts(hint)
  expect(parts.filter(({ isCommand }) => isCommand).map(({ text }) => text)).toEqual(commands)
  expect(
    parts
      .map(({ text }) => text)
      .join('')
      .toLowerCase(),
  ).toContain(hint.toLowerCase())
})
