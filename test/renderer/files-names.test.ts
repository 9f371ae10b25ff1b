import { describe, expect, it } from 'vitest'
import type { ListItem } from '#api/contract'
import { comparing, kept, merged, rowOf, type FileRow } from '../../renderer/files/rows.ts'
import { halves, quoted, visible } from '../../renderer/parts/shown-name.ts'

const item = (path: string, more: Partial<ListItem> = {}): ListItem => ({
  ...{ folder: 'photos', path, kind: 'file', size: 1, modified: null, version: '1', state: 'here' },
  ...more,
})
const names = (rows: readonly FileRow[]): string[] => rows.map(({ name }) => name)

describe('a name that anybody may have chosen', () => {
  it('hides nothing: what turns text around, breaks lines or draws nothing is seen', () => {
    expect(visible('evil\u202Egpj.exe')).toBe('evil⟨U+202E⟩gpj.exe')
    expect(visible('a\nb\u0000c\u007F')).toBe('a␊b␀c␡')
    expect(visible(' a b  ')).toBe('␣a b␣␣')
    expect(visible('x\u200Bx\uD800')).toBe('x⟨U+200B⟩x⟨U+D800⟩')
  })

  it('leaves words and pictures of all scripts as they are', () => {
    for (const name of ['مرحبا.txt', 'Übung.md', '👨\u200D👩\u200D👧.png', 'می\u200Cخواهم']) expect(visible(name)).toBe(name)
  })

  it('turns nothing of the sentence that it is in', () => {
    expect(quoted('\u202Ea')).toBe('\u2068⟨U+202E⟩a\u2069')
  })

  it('is cut in its middle, so that its ending is always seen, and no letter is halved', () => {
    const [head, tail] = halves(`${'🌊'.repeat(40)}-2024-final.pdf`)
    expect([head.endsWith('🌊'), tail]).toEqual([false, '24-final.pdf'])
    expect(halves('short.txt')).toEqual(['short.txt', ''])
  })
})

describe('entries in order', () => {
  it('have directories first, numbers by their value, and neither case nor accents count', () => {
    const rows = ['b10', 'B9', 'ä', 'a', 'Z/', 'c/'].map((name) =>
      rowOf(name.endsWith('/') ? item(name.slice(0, -1), { kind: 'directory' }) : item(name)),
    )
    expect(names(rows.toSorted(comparing({ by: 'name', descending: false })))).toEqual(['c', 'Z', 'a', 'ä', 'B9', 'b10'])
    expect(names(rows.toSorted(comparing({ by: 'name', descending: true })))).toEqual(['Z', 'c', 'b10', 'B9', 'ä', 'a'])
  })

  it('are in order by size and time, and page by page as all at once', () => {
    const rows = [5, 3, 9, 1, 7].map((bytes) =>
      rowOf(item(`f${bytes}`, { size: bytes, modified: `2030-01-0${bytes}T00:00:00.000Z` })),
    )
    for (const by of ['size', 'modified', 'name']) {
      const compare = comparing({ by, descending: true })
      const pages = [rows.slice(0, 2), rows.slice(2)].map((page) => page.toSorted(compare))
      expect(names(merged(pages[0]!, pages[1]!, compare))).toEqual(['f9', 'f7', 'f5', 'f3', 'f1'])
    }
  })

  it('are the same objects as before where nothing changed', () => {
    const before = ['a', 'b'].map((name) => rowOf(item(name)))
    expect(
      kept(
        before,
        ['a', 'b'].map((name) => rowOf(item(name))),
      ),
    ).toBe(before)
    const now = kept(before, [rowOf(item('a')), rowOf(item('b', { version: '2' }))])
    expect([now[0] === before[0], now[1] === before[1]]).toEqual([true, false])
  })
})
