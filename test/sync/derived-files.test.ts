import { describe, expect, it } from 'vitest'
import { conflictPath } from '#sync'
import { sourcesOfDerived } from '../../src/sync/derived-files.ts'
import { BEN, version } from './versions.ts'

describe('the paths whose conflict a name may come from', () => {
  it('are none for a name without the mark', () => {
    expect(sourcesOfDerived('docs/a.conflict-of-interest.txt')).toEqual([])
  })

  it('have the mark taken out', () => {
    for (const path of ['docs/thesis.tex', '.bashrc', 'Makefile', 'a.tar.gz']) {
      expect(sourcesOfDerived(conflictPath(version(path, 'a')))).toEqual([path])
      expect(sourcesOfDerived(conflictPath(version(path, 'a'), true))).toEqual([path])
    }
  })

  it('are two where a file with a conflict file’s name is in conflict itself', () => {
    for (const path of ['.hidden', 'docs/thesis.tex']) {
      const derived = conflictPath(version(path, 'a'))
      expect(sourcesOfDerived(conflictPath(version(derived, 'b', { author: BEN })))).toContain(derived)
    }
  })
})
