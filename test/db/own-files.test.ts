import { describe, expect, test } from 'vitest'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, exchange, file, follow, gone, heads, NOW, open, row, send, stat, todoPaths } from './fixtures.ts'

/** A's index, lost after `edits` of `a` that B knows the records of, and built again from B's. */
function lost(...texts: string[]): { index: SqliteFolderIndex; other: SqliteFolderIndex } {
  const [first, other] = [open(A), open(B)]
  for (const text of texts) author(first, file('a', text))
  exchange(first, other)
  const index = open(A)
  send(other, index)
  return { index, other }
}

function giveUp(index: SqliteFolderIndex, instead: string | null = null): string[] {
  const [own] = index.ownFiles('a')
  const version = own!.before.find(({ size }) => size === instead?.length)?.id ?? null
  return index.giveUp('a', own!.head.id, version, NOW + 10 ** 8).paths.map(({ kind }) => kind)
}

describe('a head whose content is nowhere', () => {
  test('is told with what would show without it, the newest first', () => {
    const { index, other } = lost('1', '22', '1', '333')
    expect(index.ownFiles('a').map(({ head, before }) => [head.size, before.map(({ size }) => size)])).toEqual([[3, [1, 2]]])
    expect(other.ownFiles('a')).toEqual([])
  })

  test('gives way to a version before it, everywhere', () => {
    const { index, other } = lost('1', '22', '333')
    expect(giveUp(index, '22')).toEqual(['changed'])
    expect(todoPaths(index)).toEqual(['a'])
    send(index, other)
    expect(heads(other, 'a')).toEqual(['file 2'])
    expect(row(other, 'a').heads).toEqual(row(index, 'a').heads)
  })

  test('gives way to a deletion where nothing of the path can be had', () => {
    const { index, other } = lost('1')
    expect(giveUp(index)).toEqual(['deleted'])
    send(index, other)
    expect(heads(other, 'a')).toEqual(['tombstone'])
  })

  test('gives way to the edit that its user has made in its place', () => {
    const { index, other } = lost('1', '22')
    author(index, file('a', 'edited'))
    expect(heads(index, 'a')).toEqual(['file 6', 'file 2'])
    const [own] = index.ownFiles('a').filter(({ head }) => head.size === 2)
    index.giveUp('a', own!.head.id, null, NOW + 10 ** 8)
    expect(heads(index, 'a')).toEqual(['file 6'])
    send(index, other)
    expect(heads(other, 'a')).toEqual(['file 6'])
  })

  test('does not bring back what another device has deleted since', () => {
    const { index, other } = lost('1', '22')
    author(other, file('a', '1'), gone('a'))
    author(index, file('a', '333'))
    exchange(index, other)
    const own = index.ownFiles('a').find(({ head }) => head.size === 3)
    expect(own?.before.map(({ size }) => size)).not.toContain(22)
  })

  test('is left alone once it is no head any more', () => {
    const { index, other } = lost('1')
    const [own] = index.ownFiles('a')
    author(other, file('a', '1'), file('a', 'edited'))
    send(other, index)
    expect(index.giveUp('a', own!.head.id, null, NOW + 10 ** 8).records).toBe(0)
    expect(heads(index, 'a')).toEqual(['file 6'])
  })
})

describe('what this device deleted', () => {
  test('is brought back as it was, everywhere, and not a second time', () => {
    const [index, other] = [open(A), open(B)]
    author(index, file('a', '1'))
    author(index, file('a', '22'), file('b', 'b'))
    author(index, gone('a'), gone('b'))
    exchange(index, other)
    expect(index.bringBack(['a', 'b', 'unknown'], NOW + 10 ** 8)).toMatchObject({
      records: 2,
      paths: [
        { path: 'a', kind: 'added' },
        { path: 'b', kind: 'added' },
      ],
    })
    expect(todoPaths(index)).toEqual(['a', 'b'])
    send(index, other)
    for (const device of [index, other]) expect([heads(device, 'a'), heads(device, 'b')]).toEqual([['file 2'], ['file 1']])
    expect(index.bringBack(['a'], NOW + 10 ** 8).records).toBe(0)
  })

  test('is brought back as it was also where an older version has a later time', () => {
    const [index, other] = [open(A), open(B)]
    other.author([file('a', '1')], { now: NOW + 3 * 3_600_000 })
    send(other, index)
    follow(index)
    author(index, file('a', '22'))
    author(index, gone('a'))
    expect(heads(index, 'a')).toEqual(['tombstone'])
    index.bringBack(['a'], NOW + 10 ** 7)
    expect(heads(index, 'a')).toEqual(['file 2'])
  })

  test('is brought back also where another device has deleted it', () => {
    const [index, other] = [open(A), open(B)]
    author(index, file('theirs', '1'), file('both', '1'))
    exchange(index, other)
    author(other, file('theirs', '1'), gone('theirs'), file('both', '1'), gone('both'))
    author(index, gone('both'))
    exchange(index, other)
    expect([heads(index, 'theirs'), heads(index, 'both')].flat()).not.toContain('file 1')
    expect(index.bringBack(['theirs', 'both'], NOW + 10 ** 8).records).toBe(2)
    expect([heads(index, 'theirs'), heads(index, 'both')]).toEqual([['file 1'], ['file 1']])
  })

  test('is left as it is where a file is above it now, or something below it', () => {
    const index = open(A)
    author(index, { path: 'd', kind: 'directory', stat: stat() }, file('d/a', '1'), file('f', '1'))
    author(index, gone('d/a'), gone('d'), gone('f'))
    author(index, file('d', 'in its place'), file('f/deep/a', '1'))
    expect(index.bringBack(['d', 'd/a', 'f'], NOW + 10 ** 8).records).toBe(0)
  })

  test('is left as it is where there is something new', () => {
    const [index, other] = [open(A), open(B)]
    author(index, file('edited', '1'))
    exchange(index, other)
    author(index, gone('edited'))
    author(other, file('edited', 'more'))
    exchange(index, other)
    expect(index.bringBack(['edited'], NOW + 10 ** 8).records).toBe(0)
    expect(heads(index, 'edited')).toContain('file 4')
  })
})
