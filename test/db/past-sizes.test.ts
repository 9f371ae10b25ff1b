import { expect, test } from 'vitest'
import { A, author, B, file, gone, NOW, open, send } from './fixtures.ts'

test('superseded versions take as much as they were long, until they are forgotten', () => {
  const index = open(A)
  author(index, file('a', '1'), file('b', 'once only'))
  author(index, file('a', '22'))
  author(index, file('a', '333'), gone('b'))
  expect(index.supersededBytes(0)).toEqual({ bytes: 1 + 2 + 'once only'.length, next: null })
  expect(index.pastTotals()).toEqual({ archiveBytes: 0, forgotten: 0 })
  const superseded = index
    .retainable(0)
    .paths.flat()
    .filter(({ isHead }) => !isHead)
  index.forget(superseded.filter(({ version }) => version.size < 3).map(({ record }) => record))
  expect(index.supersededBytes(0).bytes).toBe('once only'.length)
  expect(index.pastTotals().forgotten).toBe(2)
})

test('both versions in a conflict are current', () => {
  const [one, other] = [open(A), open(B)]
  author(one, file('a', 'here'))
  author(other, file('a', 'there too'))
  send(other, one)
  expect(one.supersededBytes(0).bytes).toBe(0)
})

test('of many paths it is told page by page', () => {
  const index = open(A)
  const paths = Array.from({ length: 6_000 }, (_, at) => `${at}`)
  author(index, ...paths.map((path) => file(path, 'x')))
  author(index, ...paths.map((path) => file(path, 'yy')))
  const first = index.supersededBytes(0)
  expect(first).toEqual({ bytes: 5_000, next: 5_000 })
  expect(index.supersededBytes(first.next!)).toEqual({ bytes: 1_000, next: null })
})

test('the archive takes what its files were', () => {
  const index = open(A)
  const archived = { path: 'a', time: NOW, version: null, chunks: new Uint8Array(0) }
  index.commit({
    shown: [],
    gone: [],
    done: [],
    again: [],
    archived: [
      { ...archived, name: 'one', size: 7 },
      { ...archived, name: 'two', size: 5 },
    ],
  })
  expect(index.pastTotals().archiveBytes).toBe(12)
  index.forgetArchived(['one'])
  expect(index.pastTotals().archiveBytes).toBe(5)
})
