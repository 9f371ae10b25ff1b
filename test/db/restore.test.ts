import { describe, expect, test } from 'vitest'
import type { VersionId } from '#model'
import { A, author, B, directory, exchange, file, follow, gone, heads, NOW, open, send, todoPaths } from './fixtures.ts'

const LATER = NOW + 10 ** 8

describe('paths are made again what they were', () => {
  test('all in one step: an edit, a deletion and what was not there', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'), file('b', '1'))
    author(one, file('a', '22'), gone('b'), file('c', '333'), directory('d'), file('d/e', '4'))
    send(one, two)
    follow(two)
    const first = (path: string) => ({ path, id: two.versions(path).at(-1)!.version.id })
    const deleted = ['c', 'd', 'd/e'].map((path) => ({ path, id: null }))
    expect(two.restore([first('a'), first('b'), ...deleted], LATER)).toMatchObject({
      records: 5,
      paths: [
        { path: 'a', kind: 'changed' },
        { path: 'b', kind: 'added' },
        { path: 'c', kind: 'deleted' },
        { path: 'd', kind: 'deleted' },
        { path: 'd/e', kind: 'deleted' },
      ],
    })
    expect(todoPaths(two, LATER)).toEqual(['a', 'b', 'd/e', 'c', 'd'])
    send(two, one)
    const all = ['a', 'b', 'c', 'd', 'd/e']
    expect(all.flatMap((path) => heads(one, path))).toEqual(['file 1', 'file 1', 'tombstone', 'tombstone', 'tombstone'])
  })

  test('in place of all that is in conflict there', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'))
    author(two, file('a', '22'))
    exchange(one, two)
    expect(heads(one, 'a')).toHaveLength(2)
    one.restore([{ path: 'a', id: null }], LATER)
    send(one, two)
    expect(heads(two, 'a')).toEqual(['tombstone'])
  })

  test('but nothing is written where they are that already, or never were', () => {
    const index = open(A)
    author(index, file('a', '1'), file('b', '1'))
    author(index, gone('b'))
    const [a] = index.versions('a')
    const changes = [
      { path: 'a', id: a!.version.id },
      { path: 'b', id: null },
      { path: 'b', id: a!.version.id },
      { path: 'never', id: null },
    ]
    expect(index.restore(changes, LATER)).toMatchObject({ records: 0, paths: [] })
  })

  test('and only in place of what was expected there, where something was', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'), file('b', '1'))
    author(one, file('a', '22'))
    send(one, two)
    const [second, first] = one.versions('a').map(({ version }) => version.id)
    const [b] = one.versions('b').map(({ version }) => version.id)
    author(two, file('a', '333'))
    send(two, one)
    const back = (expected: VersionId[]) => ({ path: 'a', id: first!, expected })
    const all = one.versions('a').flatMap(({ version }) => (version.id === first ? [] : [version.id]))
    expect(one.restore([back([second!]), { path: 'b', id: null, expected: [b!] }], LATER)).toMatchObject({
      records: 1,
      paths: [{ path: 'b', kind: 'deleted' }],
      heads: [null, one.versions('b')[0]!.version.id],
    })
    expect(heads(one, 'a')).toEqual(['file 3', 'file 2'])
    expect(one.restore([back(all)], LATER).heads).toEqual([one.versions('a')[0]!.version.id])
    expect(heads(one, 'a')).toEqual(['file 1'])
  })
})
