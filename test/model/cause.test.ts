import { describe, expect, test } from 'vitest'
import { byPrecedence, causesOf, type Version } from '#model'
import { A, author, file, gone, open, symlink } from '../db/fixtures.ts'

/** The causes of a path's versions, the oldest first. */
function causes(...changes: Parameters<typeof author>[1][]): string[] {
  const index = open(A)
  for (const change of changes) author(index, change)
  const versions = index.versions('f').map(({ version }) => version)
  index.close()
  expect(versions.length).toBe(changes.length)
  return causesOf(versions).toReversed()
}

describe('why a version was written', () => {
  test('what is new is added, also after a deletion', () => {
    expect(causes(file('f', 'a'), gone('f'), file('f', 'b'))).toEqual(['added', 'deleted', 'added'])
  })

  test('what was there before is as before, also after a deletion', () => {
    expect(causes(file('f', 'a'), file('f', 'b'), file('f', 'a'))).toEqual(['added', 'edited', 'restored'])
    expect(causes(symlink('f', 'a'), gone('f'), symlink('f', 'a'))).toEqual(['added', 'deleted', 'restored'])
  })

  test('other permissions alone are an edit, however often', () => {
    const modes = [0o644, 0o600, 0o640].map((mode) => file('f', 'a', { mode }))
    expect(causes(...modes)).toEqual(['added', 'edited', 'edited'])
  })

  test('another kind of entry is an edit', () => {
    expect(causes(file('f', ''), symlink('f', 'a'))).toEqual(['added', 'edited'])
  })

  test('of very many versions it is told at once', () => {
    const index = open(A)
    author(index, file('f', 'a'))
    const { version } = index.versions('f')[0]!
    const many = Array.from({ length: 30_000 }, (_, at): Version => ({ ...version, hlc: version.hlc + at, size: at + 1 }))
    const started = performance.now()
    expect(new Set(causesOf(many.toSorted(byPrecedence)))).toEqual(new Set(['added', 'edited']))
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
