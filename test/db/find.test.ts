import { describe, expect, test } from 'vitest'
import { RANKS } from '#db'
import type { FindQuery } from '../../src/db/folder-lookups.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, directory, exchange, file, follow, gone, open } from './fixtures.ts'

const NAMES = ['equal', 'begins', 'name', 'path']

/** Page by page. */
function find(index: SqliteFolderIndex, query: string, of: Partial<FindQuery> = {}): string[] {
  const all: string[] = []
  for (let after: string | null = ''; after !== null;) {
    const page: ReturnType<SqliteFolderIndex['find']> = index.find({
      ...{ query, deleted: false, maxRank: RANKS.path, paths: 2, fitting: 100, after },
      ...of,
    })
    all.push(...page.found.map(({ path, rank }) => `${path} ${NAMES[rank]}`))
    after = page.next
  }
  return all
}

describe('paths are found by words', () => {
  test('by how near their names are', () => {
    const index = open(A)
    const paths = ['Tax', 'a/tax-2025', 'a/my-tax', 'tax/letter', 'other', 'taxi']
    author(index, ...paths.map((path) => file(path, '1')))
    const all = ['Tax equal', 'a/my-tax name', 'a/tax-2025 begins', 'tax/letter path', 'taxi begins']
    expect(find(index, 'tax')).toEqual(all)
    expect(find(index, 'tax', { paths: 100 })).toEqual(all)
    expect(find(index, ' TAX ', { maxRank: RANKS.begins })).toEqual(['Tax equal', 'a/tax-2025 begins', 'taxi begins'])
    expect(find(index, 'tax', { maxRank: RANKS.equal })).toEqual(['Tax equal'])
    expect(find(index, '2025 tax')).toEqual(['a/tax-2025 name'])
    expect(find(index, 'letter tax')).toEqual(['tax/letter path'])
    expect(find(index, ' ')).toEqual([])
  })

  test('whatever their case, and accents of Latin letters', () => {
    const index = open(A)
    author(index, ...['Übersicht', 'ubersicht', 'Cafe\u0301', 'Журнал', 'Й', '日本語'].map((path) => file(path, '1')))
    expect(find(index, 'übersicht')).toEqual(['ubersicht equal', 'Übersicht equal'])
    expect(find(index, 'UBER')).toEqual(['ubersicht begins', 'Übersicht begins'])
    expect(find(index, 'café')).toEqual(['Café equal'])
    expect(find(index, 'cafe\u0301')).toEqual(['Café equal'])
    expect(find(index, 'журн')).toEqual(['Журнал begins'])
    // Another letter, not one with an accent.
    expect(find(index, 'и')).toEqual([])
    expect(find(index, '本')).toEqual(['日本語 name'])
  })

  test('and what stands for other things in a pattern stands for itself', () => {
    const index = open(A)
    author(index, ...['100%', '1000', 'a_b', 'aXb', 'c\\d', '[e]'].map((path) => file(path, '1')))
    for (const path of ['100%', 'a_b', 'c\\d', '[e]']) {
      expect(find(index, path)).toEqual([`${path} equal`])
      expect(find(index, path, { maxRank: RANKS.begins })).toEqual([`${path} equal`])
    }
    expect(find(index, '%')).toEqual(['100% name'])
  })

  test('and of what is not there any more only what is there for something below it, unless more is wanted', () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('old'), file('old/old-a', '1'), file('old-b', '1'))
    exchange(one, two)
    follow(two)
    author(one, gone('old/old-a'), gone('old'), gone('old-b'))
    author(two, file('old/old-a', '22'))
    exchange(one, two)
    expect(find(one, 'old')).toEqual(['old equal', 'old/old-a begins'])
    expect(find(one, 'old', { deleted: true })).toEqual(['old equal', 'old-b begins', 'old/old-a begins'])
    expect(one.entriesAt(['old', 'old/old-a', 'old-b', 'never'])).toMatchObject([
      { entry: { path: 'old', kind: 'directory' }, isDeleted: false },
      { entry: { path: 'old/old-a', kind: 'file', size: 2, state: 'pending' }, isDeleted: false },
      { entry: { path: 'old-b', kind: 'file' }, isDeleted: true },
      null,
    ])
  })

  test('a few of what was deleted at a time, however much of it there is', () => {
    const index = open(A)
    const paths = Array.from({ length: 40 }, (_, at) => `old-${String(at).padStart(2, '0')}`)
    author(index, ...paths.map((path) => file(path, '1')))
    author(index, ...paths.map((path) => gone(path)))
    author(index, file('zone/old', '1'))
    const all = { paths: 1_000, fitting: 10 }
    const first = index.find({ query: 'old', deleted: true, maxRank: RANKS.path, after: '', ...all })
    expect(first).toMatchObject({ found: { length: 10 }, next: 'old-09' })
    expect(index.find({ query: 'old', deleted: false, maxRank: RANKS.path, after: '', ...all })).toEqual({
      found: [],
      next: 'old-09',
    })
    expect(find(index, 'old', { deleted: true, ...all })).toEqual([...paths.map((path) => `${path} begins`), 'zone/old equal'])
    expect(find(index, 'old', all)).toEqual(['zone/old equal'])
  })

  test('so are local edits that go nowhere', () => {
    const index = open(A)
    index.author([file('draft', '1')], { now: 1, local: true })
    expect(find(index, 'dra')).toEqual(['draft begins'])
    expect(index.entriesAt(['draft'])).toMatchObject([{ entry: { path: 'draft', state: 'local' }, isDeleted: false }])
  })
})
