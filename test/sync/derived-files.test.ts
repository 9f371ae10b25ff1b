import { describe, expect, it } from 'vitest'
import { conflictPath } from '#sync'
import { derivedNames, sourcesOfDerived } from '../../src/sync/derived-files.ts'
import { ANNA, BEN, row, version } from './versions.ts'

describe('the paths whose conflict a name may come from', () => {
  it('are none for a name without the mark', () => {
    expect(sourcesOfDerived('docs/a.conflict-of-interest.txt')).toEqual([])
  })

  it('have the mark taken out', () => {
    for (const path of ['docs/thesis.tex', '.bashrc', 'Makefile', 'a.tar.gz']) {
      expect(sourcesOfDerived(conflictPath(version(path, 'a')))).toEqual([path])
      expect(sourcesOfDerived(conflictPath(version(path, 'a'), 2))).toEqual([path])
    }
  })

  it('are two where a file with a conflict file’s name is in conflict itself', () => {
    for (const path of ['.hidden', 'docs/thesis.tex']) {
      const derived = conflictPath(version(path, 'a'))
      expect(sourcesOfDerived(conflictPath(version(derived, 'b', { author: BEN })))).toContain(derived)
    }
  })
})

describe('a conflict file', () => {
  it('has the first of its names that no file with another content has', async () => {
    const [winner, loser] = [version('a.txt', '2', { author: ANNA }), version('a.txt', '1', { author: BEN })]
    const owners = new Map<string, ReturnType<typeof version>>()
    const index = {
      rows: async (paths: readonly string[]) => paths.map((path) => row(path, owners.has(path) ? [owners.get(path)!] : [])),
    }
    const names = async () => derivedNames(index, [row('a.txt', [winner, loser])])
    for (const number of [1, 2, 3]) {
      const path = conflictPath(loser, number)
      expect((await names()).nameOf(loser)).toBe(path)
      owners.set(path, version(path, '3'))
    }
    const last = conflictPath(loser, 4)
    owners.set(last, version(last, '1'))
    expect((await names()).nameOf(loser)).toBe(last)
    expect((await names()).taken(loser)).toBe(true)
  })
})
