import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathFault } from '#model'
import { conflictPath } from '#sync'
import { ANNA, BEN, symlink, version } from './versions.ts'

describe('the name of a conflict copy', () => {
  const hlc = Date.UTC(2026, 4, 1, 12, 30, 59) * 1024 + 7

  it('tells stem, time, device, content and ending', () => {
    const name = conflictPath(version('docs/thesis.tex', 'a', { hlc }))
    expect(name).toMatch(/^docs\/thesis\.conflict-20260501-123059-[0-9A-Za-z]{8}-[0-9a-f]{6}\.tex$/)
    expect(name).toContain(`-${ANNA.slice(-8)}-`)
  })

  it('differs by device, by time and by content, and by nothing else', () => {
    const name = conflictPath(version('a.txt', '1', { hlc }))
    expect(conflictPath(version('a.txt', '1', { hlc, mode: 0o600, mtime: 5, seq: 77 }))).toBe(name)
    expect(conflictPath(version('a.txt', '2', { hlc }))).not.toBe(name)
    expect(conflictPath(version('a.txt', '1', { hlc: hlc + 1024 * 1000 }))).not.toBe(name)
    expect(conflictPath(version('a.txt', '1', { hlc, author: BEN }))).not.toBe(name)
    expect(conflictPath(symlink('a.txt', 'x', { hlc }))).not.toBe(conflictPath(symlink('a.txt', 'y', { hlc })))
  })

  it('takes a leading dot for no ending', () => {
    expect(conflictPath(version('.bashrc', '1', { hlc }))).toMatch(/^\.bashrc\.conflict-20260501-123059-[^.]+$/)
  })

  it('is a name that any disk can hold, however long the file’s is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), fc.nat(), (name, time) => {
        fc.pre(pathFault(name) === undefined && !name.includes('/'))
        const derived = conflictPath(version(name, '1', { hlc: time * 1024 }))
        expect(pathFault(derived)).toBeUndefined()
        expect(Buffer.byteLength(derived)).toBeLessThanOrEqual(255)
      }),
    )
  })
})
