import { describe, expect, test } from 'vitest'
import type { FileChange } from '../../src/db/local-change.ts'
import { recordTime, showsMetadata } from '#model'
import {
  A,
  author,
  B,
  C,
  content,
  directory,
  file,
  follow,
  gone,
  heads,
  NOTHING,
  NOW,
  open,
  row,
  send,
  stat,
  symlink,
  todoPaths,
} from './fixtures.ts'

describe('a device’s own edits', () => {
  test('become signed records, and the disk is known to show them', () => {
    const index = open(A)
    const result = author(index, directory('d'), file('d/a', 'one'), symlink('l', 'd/a'))
    expect(result.records).toBe(3)
    expect(result.paths).toEqual([
      { path: 'd', kind: 'added' },
      { path: 'd/a', kind: 'added' },
      { path: 'l', kind: 'added' },
    ])
    expect(result.have).toEqual([{ author: A.id, epoch: NOW * 1024, seq: 3 }])
    expect(heads(index, 'd/a')).toEqual(['file 3'])
    expect(row(index, 'd/a').shown[0]?.version?.id).toBe(row(index, 'd/a').heads[0]?.id)
    expect(todoPaths(index)).toEqual([])
    expect(index.totals()).toMatchObject({ entries: 3, bytes: 3, needEntries: 0, empty: false })
  })

  test('the same stat again, or another inode with the same content and time, is no edit', () => {
    const index = open(A)
    author(index, file('a', 'one', { mtimeMs: NOW + 0.5 }))
    expect(author(index, file('a', 'one', { mtimeMs: NOW + 0.5, ino: 77 })).records).toBe(0)
    expect(row(index, 'a').shown[0]?.stat.ino).toBe(77)
  })

  test('a change of mode or time is an edit', () => {
    const index = open(A)
    author(index, file('a', 'one', { mtimeMs: NOW + 123.456 }))
    expect(author(index, file('a', 'one', { mtimeMs: NOW + 123.4564 })).records).toBe(0)
    expect(author(index, file('a', 'one', { mtimeMs: NOW + 123.456, mode: 0o755 })).records).toBe(1)
    expect(row(index, 'a').heads[0]).toMatchObject({ mode: 0o755, mtime: NOW * 1000 + 123_456 })
    expect(author(index, file('a', 'one', { mtimeMs: NOW, mode: 0o755 })).records).toBe(1)
    expect(row(index, 'a').heads[0]?.mtime).toBe(NOW * 1000)
  })

  test('a time that is known better than by the stat is written, and is no edit where only the stat tells it', () => {
    const [index, mtimeMs] = [open(A), NOW + 7 + 0.001]
    author(index, { ...(file('a', 'one', { mtimeMs }) as FileChange), mtime: NOW * 1000 + 7_000 })
    expect(row(index, 'a').heads[0]).toMatchObject({ mtime: NOW * 1000 + 7_000 })
    expect(author(index, file('a', 'one', { mtimeMs, ino: 77 })).records).toBe(0)
    expect(showsMetadata('file', { mtimeMs, mode: 0o644 }, { mtime: NOW * 1000 + 7_000, mode: 0o644 })).toBe(true)
  })

  test.each([
    ['before 1970', -14_400_000.5],
    ['of the year 2286', 9_999_936_000_123.5],
    ['beyond what a date can say', 9e18],
    ['as far before', -9e18],
  ])('a time %s is written, and an edit saved with it is one', (_, mtimeMs) => {
    const [index, other] = [open(A), open(B)]
    expect(author(index, file('a', 'one', { mtimeMs }), symlink('l', 'a'))).toMatchObject({ records: 2, refused: [] })
    expect(author(index, file('a', 'one', { mtimeMs })).records).toBe(0)
    expect(author(index, file('a', 'other', { mtimeMs })).records).toBe(1)
    send(index, other)
    expect(row(other, 'a').heads[0]).toMatchObject({ size: 5, mtime: recordTime(mtimeMs) })
  })

  test('a disk that cannot hold a mode makes no edit of it, and a later edit keeps the record’s mode', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'one', { mode: 0o755, mtimeMs: NOW + 0.123 }))
    send(one, two)
    const {
      heads: [head],
      path,
      revision,
    } = row(two, 'a')
    const flat = stat({ size: 3, mode: 0o666, mtimeMs: NOW })
    two.commit({
      ...NOTHING,
      done: [{ path, revision }],
      shown: [{ path, kind: 'file', stat: flat, version: head!.id, source: path }],
    })
    expect(author(two, file('a', 'one', { mode: 0o666, mtimeMs: NOW })).records).toBe(0)
    expect(author(two, file('a', 'longer', { mode: 0o666, mtimeMs: NOW + 9000 })).records).toBe(1)
    expect(row(two, 'a').heads[0]).toMatchObject({ mode: 0o755, mtime: (NOW + 9000) * 1000 })
  })

  test('an edit supersedes what it was made of, and a deletion what was there', () => {
    const index = open(A)
    author(index, file('a', 'one'))
    author(index, file('a', 'other'))
    expect(heads(index, 'a')).toEqual(['file 5'])
    author(index, gone('a'))
    expect(heads(index, 'a')).toEqual(['tombstone'])
    expect(index.totals()).toMatchObject({ entries: 0, bytes: 0 })
    expect(index.snapshot(null).count).toBe(0)
  })

  test('a file becomes a directory and back, each superseding the other', () => {
    const index = open(A)
    author(index, file('a', 'one'))
    author(index, directory('a'), file('a/b', 'x'))
    expect(heads(index, 'a')).toEqual(['directory'])
    author(index, gone('a/b'), file('a', 'one'))
    expect(heads(index, 'a')).toEqual(['file 3'])
  })

  test('a deletion of what was never shown is nothing', () => {
    const index = open(A)
    expect(author(index, gone('never'))).toMatchObject({ records: 0, paths: [] })
    expect(index.totals().empty).toBe(true)
  })

  test('what the user deletes and brings back with the same content is authored anew', () => {
    const index = open(A)
    author(index, file('a', 'one'), directory('d'))
    author(index, gone('a'), gone('d'))
    expect(author(index, file('a', 'one'), directory('d')).records).toBe(2)
    expect(heads(index, 'a')).toEqual(['file 3'])
    expect(heads(index, 'd')).toEqual(['directory'])
  })

  test('the same on a device that only followed the deletion', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'one'))
    send(one, two)
    follow(two)
    author(one, gone('a'))
    send(one, two)
    follow(two)
    expect(author(two, file('a', 'one')).records).toBe(1)
  })

  test('records are split over batches of at most 1,024', () => {
    const index = open(A)
    const many = Array.from({ length: 2500 }, (_, at) => file(`f${at}`, `${at}`))
    expect(author(index, ...many).records).toBe(2500)
    const batches = index.batches(A.id, NOW * 1024, 1, Infinity)
    expect(batches).toHaveLength(3)
    expect(index.batches(A.id, NOW * 1024, 1500, 1)).toEqual([batches[1]])
    expect(index.batches(A.id, NOW * 1024, 1500, Infinity)).toEqual(batches.slice(1))
    expect(index.batches(A.id, NOW * 1024, 2501, Infinity)).toEqual([])
    expect(batches.every((batch) => batch.buffer.byteLength === batch.length)).toBe(true)
  })

  test('a call that fails has done nothing, and the next one goes on as if it had not been', () => {
    const index = open(A)
    const broken = { path: 'c', kind: 'file', stat: stat() } as never
    expect(() => author(index, file('a', 'one'), broken)).toThrow(TypeError)
    expect(index.totals().empty).toBe(true)
    author(index, file('a', 'one'))
    const before = [index.totals(), index.have(), index.rows(['a', 'b'])]
    expect(() => author(index, file('b', 'two'), broken)).toThrow(TypeError)
    expect([index.totals(), index.have(), index.rows(['a', 'b'])]).toEqual(before)
    author(index, file('d', 'three'))
    const other = open(B)
    expect(send(index, other)).toMatchObject({ records: 2 })
    expect(heads(other, 'd')).toEqual(['file 5'])
    expect(open(A, { copy: index.copy() }).have()).toEqual(index.have())
  })

  test('an entry that the others would refuse is refused here, and the rest is written', () => {
    const index = open(A)
    const result = author(index, file('x/.holdfast/y', 'one'), file('a\0b', 'two'), symlink('empty', ''), file('good', 'three'))
    expect(result.records).toBe(1)
    expect(result.refused.map(({ path, code }) => [path, code])).toEqual([
      ['x/.holdfast/y', 'name'],
      ['a\0b', 'name'],
      ['empty', 'name'],
    ])
    const other = open(B)
    expect(send(index, other)).toMatchObject({ records: 1 })
    expect(heads(other, 'good')).toEqual(['file 5'])
  })

  test('names that differ only in normalisation are one path, shown under the bytes of the disk', () => {
    const index = open(A)
    author(index, file('caf\u0065\u0301', 'one'))
    expect(author(index, file('caf\u0065\u0301', 'two!')).records).toBe(1)
    expect(heads(index, 'caf\u00e9')).toEqual(['file 4'])
    expect(row(index, 'caf\u00e9').path).toBe('caf\u0065\u0301')
    expect(index.snapshot(null).paths).toBe('caf\u0065\u0301')
  })
})

describe('what is no edit though the disk differs', () => {
  test('content of a head that supersedes what was shown is sync’s own work, not noted before a crash', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'one'))
    send(one, two)
    follow(two)
    author(one, file('a', 'other'))
    send(one, two)
    expect(author(two, file('a', 'other')).records).toBe(0)
    expect(row(two, 'a').shown[0]?.version?.id).toBe(row(two, 'a').heads[0]?.id)
    expect(todoPaths(two)).toEqual(['a'])
    follow(two)
    author(one, gone('a'))
    send(one, two)
    expect(author(two, gone('a')).records).toBe(0)
    expect(row(two, 'a')).toMatchObject({ shown: [] })
  })

  test('content that is there already when a device joins is the head’s', () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('d', { mode: 0o700 }), file('d/a', 'one'), symlink('l', 'x'))
    send(one, two)
    expect(author(two, directory('d'), file('d/a', 'one', { mode: 0o600 }), symlink('l', 'x')).records).toBe(0)
    expect(row(two, 'd/a').shown[0]?.version?.id).toBe(row(two, 'd/a').heads[0]?.id)
    expect(todoPaths(two)).toEqual(['d', 'l', 'd/a'])
  })

  test('content of an older version is that version where a database was lost', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'one'), file('b', 'gone'), file('c', 'c'))
    author(one, file('a', 'second'), gone('b'))
    send(one, two)
    expect(author(two, file('a', 'one'), file('b', 'gone'), file('c', 'mine'))).toMatchObject({
      records: 1,
      paths: [{ path: 'c', kind: 'added' }],
    })
    expect(heads(two, 'a')).toEqual(['file 6'])
    expect(heads(two, 'b')).toEqual(['tombstone'])
    expect(heads(two, 'c')).toHaveLength(2)
    expect(todoPaths(two)).toEqual(['a', 'c', 'b'])
  })

  test.each([
    [0, 'sync’s own work, not noted before a crash', 1],
    [9_000, 'the user’s, who wrote it there again', 2],
  ])('old content with a time %d ms later where the disk had nothing is %s', (later, _, count) => {
    const [one, two, three] = [open(A), open(B), open(C)]
    author(one, file('a', 'one'))
    send(one, two)
    send(one, three)
    follow(two)
    follow(three)
    author(two, gone('a'))
    author(one, file('a', 'second'))
    send(two, three)
    follow(three)
    author(one, file('a', 'third'))
    send(one, three)
    author(three, file('a', 'second', { mtimeMs: NOW + later }))
    expect(heads(three, 'a').filter((head) => head.startsWith('file'))).toHaveLength(count)
  })

  test('a change of mode alone brings nothing back that was deleted or edited elsewhere', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', 'one'), directory('d'))
    send(one, two)
    follow(two)
    author(one, gone('a'), gone('d'))
    send(one, two)
    expect(author(two, file('a', 'one', { mode: 0o600 }), directory('d', { mode: 0o700 })).records).toBe(0)
    expect(heads(two, 'a')).toEqual(['tombstone'])
    expect(todoPaths(two)).toEqual(['a', 'd'])
  })

  test('a directory that is kept only for what is below it is neither edited nor deleted by a record', () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('d'))
    author(one, gone('d'))
    send(one, two)
    const {
      heads: [tombstone],
    } = row(two, 'd')
    const kept = {
      path: 'd',
      kind: 'directory' as const,
      version: tombstone!.id,
      source: 'd',
    }
    two.commit({ ...NOTHING, shown: [{ ...kept, stat: stat({ mode: 0o755 }) }] })
    expect(author(two, directory('d', { mode: 0o700 })).records).toBe(0)
    expect(author(two, gone('d')).records).toBe(0)
    expect(heads(two, 'd')).toEqual(['tombstone'])
    expect(author(two, directory('d')).records).toBe(0)
  })
})

describe('a device whose database was lost', () => {
  test('does not bring back what was deleted long ago, even where its deletion has been dealt with before the disk was looked at', () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('d'), file('d/a', 'old'))
    author(one, gone('d/a'), gone('d'))
    send(one, two)
    follow(two)
    expect(todoPaths(two)).toEqual([])
    expect(author(two, directory('d'), file('d/a', 'old'), file('d/b', 'new')).paths).toEqual([{ path: 'd/b', kind: 'added' }])
    expect(todoPaths(two)).toEqual(['d/a', 'd'])
  })
})

describe('files that moved', () => {
  test('keep the chunker of their lineage, also after a deletion', () => {
    const index = open(A)
    author(index, { ...file('a', 'one'), content: { ...content('one'), chunker: 3 } } as ReturnType<typeof file>)
    author(index, gone('a'))
    expect(index.chunkers(['a', 'b'])).toEqual([3, null])
  })

  test('with a manifest have its pieces at the new path as well, and are located by their own chunks', () => {
    const index = open(A)
    const pieces = ['p1', 'p2'].map((text) => content(text))
    const list = Buffer.concat(pieces.map(({ chunks }) => chunks))
    const own = content('manifest').chunks
    const whole = {
      chunker: 2,
      size: 4,
      chunks: new Uint8Array(list),
      manifest: { chunks: manifestOf(own, list.length), pieces: [new Uint8Array(list)] },
    }
    const found = stat({ size: 4 })
    author(index, { path: 'old', kind: 'file', stat: found, content: whole })
    expect(author(index, { path: 'big', kind: 'moved', from: 'old', stat: found }).records).toBe(2)
    expect(row(index, 'big').shown[0]?.chunks).toEqual(whole.chunks)
    expect(index.locate(list.subarray(36, 68))).toMatchObject([[{ path: 'big', offset: 2, length: 2 }]])
    expect(index.manifestPieces(own.subarray(0, 32))).toEqual([new Uint8Array(list)])
  })
})

function manifestOf(chunks: Uint8Array, length: number): Uint8Array {
  const list = Buffer.from(chunks)
  list.writeUInt32LE(length, 32)
  return new Uint8Array(list)
}

describe('where chunks lie', () => {
  test('follows the files: edits, moves and deletions', () => {
    const index = open(A)
    const id = content('same').chunks.subarray(0, 32)
    author(index, ...['a', 'b', 'c', 'd', 'e'].map((path) => file(path, 'same')))
    expect(index.locate(id)[0]).toHaveLength(4)
    author(index, gone('a'), file('b', 'changed'), gone('c'), gone('d'))
    expect(index.locate(id)[0]?.map(({ path, offset, length }) => [path, offset, length])).toEqual([['e', 0, 4]])
    expect(
      index
        .locate(Buffer.concat([content('changed').chunks.subarray(0, 32), id]))
        .map((places) => places.map(({ path }) => path)),
    ).toEqual([['b'], ['e']])
  })

  test('names places in the archive after those on the disk, until they are dropped', () => {
    const index = open(A)
    const { chunks } = content('same')
    const kept = { name: 'docs/old~20260101T000000000Z~local.txt', path: 'docs/old.txt', size: 4, version: null, chunks }
    author(index, file('a', 'same'))
    index.commit({
      ...NOTHING,
      archived: [
        { ...kept, time: NOW },
        { ...kept, name: 'later', time: NOW + 1 },
      ],
    })
    index.commit({ ...NOTHING, archived: [{ ...kept, time: NOW }] })
    const places = () => index.locate(chunks.subarray(0, 32))[0]?.map(({ path, offset, length }) => [path, offset, length])
    const archived = `.holdfast/archive/${kept.name}`
    expect(places()).toEqual([
      ['a', 0, 4],
      [archived, 0, 4],
      ['.holdfast/archive/later', 0, 4],
    ])
    expect(index.isArchived([kept.name, 'later', 'other'])).toEqual([true, true, false])
    author(index, gone('a'))
    expect(index.archivedContents([kept.name, 'other'])).toEqual([{ size: kept.size, chunks: kept.chunks }, null])
    index.forgetArchived([kept.name, 'other'])
    expect(places()).toEqual([['.holdfast/archive/later', 0, 4]])
    expect(index.isArchived([kept.name, 'later'])).toEqual([false, true])
    index.forgetArchived(['later'])
    expect(places()).toEqual([])
  })
})
