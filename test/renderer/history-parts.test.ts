import { describe, expect, it } from 'vitest'
import type { Change } from '#api/contract'
import { compareTexts } from '../../renderer/diff/diff-rows.ts'
import { passagesOf } from '../../renderer/diff/passages.ts'
import { copyName } from '../../renderer/history/copy-name.ts'
import { daysOf, mergedChanges } from '../../renderer/history/days.ts'
import { namesFor, onDisk } from '../../renderer/history/on-disk.ts'
import { fromLocal, toLocal } from '../../renderer/parts/local-time.ts'
import { sniff, textOf } from '../../renderer/preview/sniff.ts'

function change(path: string, version: number, time: string, more: Partial<Change> = {}): Change {
  return {
    ...{ path, version: String(version), time, device: 'd', by: 'kitchen', kind: 'file', size: 1, sizeBefore: null },
    ...{ cause: 'edited', forgotten: false, pinned: false, current: false, ...more },
  }
}

describe('the parts of the past', () => {
  it('groups changes by the days of this computer', () => {
    const days = daysOf(
      ['2030-01-03T12:00:00', '2030-01-03T08:00:00', '2030-01-01T23:59:59'].map((time, n) => change('a', n, time)),
    )
    expect(days.map(({ changes }) => changes.length)).toEqual([2, 1])
    expect(days.map(({ time }) => time)).toEqual(['2030-01-03T12:00:00', '2030-01-01T23:59:59'])
  })

  it('puts what is new before what is known, once, and lets what was followed be current no more', () => {
    const known = [change('a', 3, '3', { current: true }), change('b', 2, '2', { current: true }), change('a', 1, '1')]
    const newest = [change('b', 4, '4', { current: true }), change('a', 3, '3', { current: true })]
    const { changes, connected } = mergedChanges(known, newest)
    expect(connected).toBe(true)
    expect(changes.map(({ version, current }) => [version, current])).toEqual([
      ['4', true],
      ['3', true],
      ['2', false],
      ['1', false],
    ])
    expect(mergedChanges(known, [change('c', 9, '9')])).toMatchObject({ connected: false, changes: [{ version: '9' }] })
  })

  it('names a copy after its author and time, with no character that a system refuses', () => {
    const of = { by: 'my "phone"/2', time: '2030-01-02T03:04:05' }
    expect(copyName('a.b/notes.old.txt', of)).toBe('a.b/notes.old (my  phone  2, 2030-01-02 03.04.05).txt')
    expect(copyName('.profile', of, 1)).toBe('.profile (my  phone  2, 2030-01-02 03.04.05) 2')
    expect(onDisk('/home/me/', 'a/b')).toBe('/home/me/a/b')
    expect(onDisk('C:\\Users\\me', 'a/b')).toBe('C:\\Users\\me\\a\\b')
  })

  it('writes no name of another system on Windows that would lead elsewhere', () => {
    const at = 'C:\\Users\\me'
    expect(onDisk(at, '..\\..\\x.exe')).toBe(`${at}\\.._.._x.exe`)
    expect(onDisk('D:', 'a:b/nul.txt/end. ')).toBe('D:\\a_b\\_nul.txt\\end__')
    expect(namesFor('\\\\server\\share', 'what?\n')).toBe('what__')
    expect(onDisk('/home/me', 'a\\b:c')).toBe('/home/me/a\\b:c')
    for (const root of ['/home/me', at]) expect(() => onDisk(root, 'a//b')).toThrow('no path in a folder')
    expect(() => onDisk('/home/me', '../x')).toThrow('no path in a folder')
  })

  it('takes of a chosen second its end', () => {
    expect(fromLocal(toLocal('2030-01-02T03:04:05.250Z'))).toBe('2030-01-02T03:04:05.999Z')
    expect(fromLocal('')).toBe(null)
  })
})

describe('a comparison of texts', () => {
  it('numbers the lines of each, and marks the words that changed', () => {
    const compared = compareTexts('one\ntwo three\nfour\n', 'one\ntwo 3\nfour\nfive')
    if (compared.kind !== 'rows') throw new Error('not compared')
    expect(compared).toMatchObject({ added: 2, removed: 1 })
    expect(compared.rows.map(({ before, after }) => [before?.number, after?.number])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [undefined, 4],
    ])
    expect(compared.rows[1]!.before!.parts.filter(({ changed }) => changed)).toEqual([{ text: 'three', changed: true }])
    expect(compared.rows[1]!.after!.parts.map(({ text }) => text).join('')).toBe('two 3')
  })

  it('gives up on what differs too much', () => {
    const text = (word: string): string => Array.from({ length: 60 }, (_, n) => `${word} ${n}\n`).join('')
    expect(compareTexts(text('a'), text('b'), 100)).toEqual({ kind: 'too-different' })
    expect(compareTexts(text('a'), text('b'), 120)).toMatchObject({ added: 60, removed: 60 })
  })

  it('leaves out what is the same, but for some lines around what changed, until it is asked for', () => {
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`)
    const compared = compareTexts(lines.join('\n'), lines.with(15, 'another').join('\n'))
    if (compared.kind !== 'rows') throw new Error('not compared')
    const short = passagesOf(compared.rows, new Set())
    expect(short).toMatchObject([{ kind: 'gap', first: 0, lines: 12 }, { kind: 'rows' }, { kind: 'gap', lines: 11 }])
    const close = compareTexts(lines.join('\n'), lines.with(11, 'one').with(19, 'another').join('\n'))
    if (close.kind !== 'rows') throw new Error('not compared')
    // For a single line there is no gap.
    expect(passagesOf(close.rows, new Set()).map(({ kind }) => kind)).toEqual(['gap', 'rows', 'gap'])
    // More than can be handed over as arguments.
    const many = Array.from({ length: 300_000 }, () => compared.rows[0]!)
    expect(passagesOf([...many, ...compared.rows], new Set([0]))[0]).toMatchObject({ kind: 'rows' })
    expect(passagesOf(compared.rows, new Set([0, 19]))).toMatchObject([{ kind: 'rows', rows: { length: 30 } }])
  })
})

describe('what a file is by its bytes', () => {
  const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

  it('is a picture only where it begins as one of dots', () => {
    expect(sniff(bytes('\x89PNG\r\n\x1a\n\0\0'), true)).toEqual({ kind: 'image', type: 'image/png' })
    expect(sniff(bytes('RIFF\0\0\0\0WEBP'), true)).toEqual({ kind: 'image', type: 'image/webp' })
    expect(sniff(bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'), true)).toEqual({ kind: 'text' })
    expect(sniff(bytes('BMW is a car'), true)).toEqual({ kind: 'text' })
    expect(sniff(bytes('%PDF-1.7\n\0'), true)).toEqual({ kind: 'other' })
  })

  it('is text where it is UTF-8, of which a beginning may end within a letter', () => {
    const text = new TextEncoder().encode('Möwe')
    expect(sniff(text, true)).toEqual({ kind: 'text' })
    expect(textOf(text.subarray(0, 2), false)).toBe('M')
    expect(textOf(text.subarray(0, 2), true)).toBe(null)
    expect(sniff(bytes('\xff\xfea'), true)).toEqual({ kind: 'other' })
  })
})
