import { describe, expect, it } from 'vitest'
import { inProcess, type FolderIndex } from '#db'
import { conflictPath } from '#sync'
import { derivedNames, sourcesOfCut, sourcesOfDerived } from '../../src/sync/derived-files.ts'
import { A, author, B, directory, exchange, file, open, row as rowOf } from '../db/fixtures.ts'
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

describe('a name that was cut', () => {
  const name = 'long'.repeat(60)

  it('may come from all paths in conflict that begin alike, itself and conflict files of their own left out', async () => {
    const [one, two] = [open(A), open(B)]
    const paths = [`docs/${name}.txt`, `docs/${name}er.txt`, `docs/${name}-below`, `docs/${name}`, `docs/x${name}.txt`]
    author(one, directory('docs'), ...paths.map((path) => file(path, '1')))
    author(two, ...paths.slice(0, 2).map((path) => file(path, '2')), file(`docs/${name}-below/x`, '2'))
    exchange(one, two)
    const [loser] = rowOf(one, paths[0]!).heads.slice(1)
    const index = inProcess<FolderIndex>(one)
    for (const number of [1, 2]) {
      const derived = conflictPath(loser!, number)
      author(one, file(derived, '3'))
      author(two, file(derived, '4'))
      exchange(one, two)
      expect(sourcesOfDerived(derived)).not.toContain(paths[0])
      expect((await sourcesOfCut(index, [derived])).toSorted()).toEqual([paths[2], paths[0], paths[1]].toSorted())
    }
  })

  it('is none that tells its source, nor one without the mark', async () => {
    const asked: string[] = []
    const index = { conflictsBeginning: async (path: string) => (asked.push(path), []) }
    await sourcesOfCut(index, [conflictPath(version('docs/a.txt', 'a')), `docs/${'x'.repeat(255)}`])
    expect(asked).toEqual([])
    await sourcesOfCut(index, [conflictPath(version(`${name}ö🐳.txt`, 'a'))])
    expect(asked.length).toBe(1)
    expect(name.startsWith(asked[0]!)).toBe(true)
  })
})
