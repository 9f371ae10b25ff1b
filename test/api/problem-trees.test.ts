import { expect, test } from 'vitest'
import { problemTrees, type Problem } from '#api/contract'

const problem = (path: string, code = 'local-edit'): Problem => ({
  ...{ folder: 'photos', path, code, message: `for ${code}`, hint: null, since: '2030-01-02T03:04:05.000Z' },
})
const told = (...problems: Problem[]) => problemTrees(problems).map(({ path, below }) => [path, below])

test('what a whole tree has in common is said once, of its top, in whatever order it is listed', () => {
  expect(told(...['new', 'new/a', 'new/sub', 'new/sub/b', 'old', 'old/a'].map((path) => problem(path)))).toEqual([
    ['new', 3],
    ['old', 1],
  ])
  expect(told(...['new/sub/b', 'new/sub', 'new'].map((path) => problem(path)))).toEqual([['new', 2]])
})

test('what is no tree of one problem is listed one by one', () => {
  expect(told(problem('a/x'), problem('a/y'), problem('ab'), problem('a/x/z', 'unreadable'))).toEqual([
    ['a/x', 0],
    ['a/y', 0],
    ['ab', 0],
    ['a/x/z', 0],
  ])
  expect(told(problem('a'), problem('a/b', 'unreadable'), problem('a/b/c'))).toEqual([
    ['a', 0],
    ['a/b', 0],
    ['a/b/c', 0],
  ])
  expect(told(problem(''), problem('x'), problem('y/z'))).toEqual([
    ['', 1],
    ['y/z', 0],
  ])
})

test('of a path that has several problems each is listed', () => {
  expect(told(problem('a', 'lost'), problem('a'), problem('a/b'))).toEqual([
    ['a', 0],
    ['a', 0],
    ['a/b', 0],
  ])
})
