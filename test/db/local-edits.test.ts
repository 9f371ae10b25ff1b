import { describe, expect, test } from 'vitest'
import { NO_VERSION } from '../../src/db/folder-index.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import type { LocalChange } from '../../src/db/folder-index.ts'
import { A, author, B, content, file, follow, gone, heads, NOW, open, row, send, todoPaths } from './fixtures.ts'

/** A receive-only device that has what A has. */
function receiver(...changes: LocalChange[]): { source: SqliteFolderIndex; index: SqliteFolderIndex } {
  const [source, index] = [open(A), open(B)]
  author(source, ...changes)
  send(source, index)
  follow(index)
  return { source, index }
}

function local(index: SqliteFolderIndex, ...changes: LocalChange[]): number {
  return index.author(changes, { now: NOW, local: true }).records
}

describe('local edits of a receive-only folder', () => {
  test('are kept and listed, and no record is written', () => {
    const { index } = receiver(file('a', 'one'), file('b', 'two'))
    expect(local(index, file('a', 'mine'), gone('b'), file('new', 'added'))).toBe(0)
    expect(index.localEdits()).toEqual(['a', 'b', 'new'])
    expect(index.totals()).toMatchObject({ localEdits: 3, needEntries: 0, entries: 2, bytes: 4 + 5 })
    expect(row(index, 'a').shown).toMatchObject([{ version: null, size: 4, chunks: content('mine').chunks }])
    expect(index.snapshot(null).paths.split('\0')).toEqual(['a', 'new'])
    expect(heads(index, 'a')).toEqual(['file 3'])
    expect(index.have().map(({ author: writer }) => writer)).toEqual([A.id])
    expect(index.list('', '', 10).map(({ path, state }) => [path, state])).toEqual([
      ['a', 'local'],
      ['b', 'local'],
      ['new', 'local'],
    ])
  })

  test('are not touched by changes that come, and not counted as needed', () => {
    const { source, index } = receiver(file('a', 'one'), file('c', 'x'))
    local(index, file('a', 'mine'))
    author(source, file('a', 'newer'), file('c', 'yy'))
    send(source, index)
    expect(todoPaths(index)).toEqual(['c'])
    index.retry(null)
    expect(todoPaths(index)).toEqual(['c'])
    expect(index.totals()).toMatchObject({ needEntries: 1, needBytes: 2 })
  })

  test('taken back by hand, they are no edits any more', () => {
    const { source, index } = receiver(file('a', 'one'), file('b', 'two'))
    local(index, file('a', 'mine'), gone('b'), file('new', 'added'))
    author(source, file('a', 'newer'))
    send(source, index)
    local(index, file('a', 'newer'), file('b', 'two'), gone('new'))
    expect(index.localEdits()).toEqual([])
    expect(index.totals()).toMatchObject({ localEdits: 0, entries: 2 })
    expect(todoPaths(index)).toEqual(['a', 'b'])
    follow(index)
    expect(index.totals().needEntries).toBe(0)
  })

  test('reverted, their paths are to-do and what is shown is of no known version', () => {
    const { index } = receiver(file('a', 'one'), file('b', 'two'))
    local(index, file('a', 'mine'), gone('b'), file('new', 'added'))
    expect(index.revertLocal()).toBe(3)
    expect(index.totals()).toMatchObject({ localEdits: 0, needEntries: 3 })
    expect(todoPaths(index)).toEqual(['a', 'b', 'new'])
    expect(row(index, 'a').shown[0]?.version?.id).toBe(NO_VERSION)
    expect(row(index, 'b').shown).toEqual([])
    expect(row(index, 'new')).toMatchObject({ heads: [], shown: [{ path: 'new', version: { id: NO_VERSION } }] })
    follow(index)
    expect(index.totals()).toMatchObject({ entries: 2, bytes: 6, needEntries: 0 })
    expect(index.locate(content('mine').chunks.subarray(0, 32))).toEqual([[]])
  })

  test('published, the next scan finds them as edits of what they were made of', () => {
    const { source, index } = receiver(file('a', 'one'), file('b', 'two'))
    local(index, file('a', 'mine'), gone('b'), file('new', 'added'))
    author(source, file('a', 'newer'))
    send(source, index)
    expect(index.publishLocal()).toBe(3)
    const { paths, stats } = index.snapshot(null)
    expect(paths.split('\0')).toEqual(['a', 'b'])
    expect(stats[1]).toBe(-1)
    expect(author(index, file('a', 'mine'), gone('b'), file('new', 'added')).records).toBe(3)
    expect(heads(index, 'a')).toEqual(['file 4', 'file 5'])
    expect(heads(index, 'b')).toEqual(['tombstone'])
    expect(index.totals().localEdits).toBe(0)
  })
})
