import { describe, expect, it } from 'vitest'
import { conflictPath, differences, wantedEntries } from '#sync'
import type { Version } from '#model'
import { ANNA, BEN, directory, row, shown, symlink, tombstone, version } from './versions.ts'

const inline = (of: Version): Uint8Array => of.chunks
const wanted = (of: ReturnType<typeof row>): [string, string | null][] =>
  wantedEntries(of).map((item) => [item.path, item.version?.id ?? null])

describe('what the heads of a path ask for', () => {
  it('is nothing where all are tombstones', () => {
    expect(wanted(row('a', [tombstone('a'), tombstone('a', { author: BEN })]))).toEqual([])
  })

  it('is the one live head', () => {
    const head = version('a', '1')
    expect(wanted(row('a', [head]))).toEqual([['a', head.id]])
  })

  it('is the edit where another device deleted', () => {
    const head = version('a', '1', { author: BEN })
    expect(wanted(row('a', [tombstone('a'), head]))).toEqual([['a', head.id]])
  })

  it('shows the greatest precedence at the path and the others beside it', () => {
    const loser = version('a.txt', '1', { author: BEN })
    const winner = version('a.txt', '2')
    expect(wanted(row('a.txt', [winner, loser]))).toEqual([
      ['a.txt', winner.id],
      [conflictPath(loser), loser.id],
    ])
  })

  it('is in the directory as this disk spells it', () => {
    const loser = version('o\u0308/a.txt', '1', { author: BEN })
    const winner = version('\u00f6/a.txt', '2')
    const found = wanted(row('\u00f6/a.txt', [winner, loser], { directory: 'o\u0308' }))
    expect(found.map(([path]) => path)).toEqual(['o\u0308/a.txt', conflictPath(loser)])
  })

  it('lets a directory keep the name against a file that would win', () => {
    const file = version('a', '1', { hlc: Number.MAX_SAFE_INTEGER })
    const dir = directory('a', { author: BEN })
    expect(wanted(row('a', [file, dir]))).toEqual([
      ['a', dir.id],
      [conflictPath(file), file.id],
    ])
  })

  it('keeps a directory while something lives below it, whatever its own heads say', () => {
    expect(wanted(row('a', [tombstone('a')], { below: true }))).toEqual([['a', null]])
    const file = version('a', '1')
    expect(wanted(row('a', [file], { below: true }))).toEqual([
      ['a', null],
      [conflictPath(file), file.id],
    ])
  })

  it('keeps the bytes of a name that the disk has already', () => {
    const composed = 'caf\u00e9'
    const decomposed = 'cafe\u0301'
    const head = version(composed, '1')
    expect(wanted(row(composed, [head], { shown: [shown(head, decomposed)] }))).toEqual([[decomposed, head.id]])
  })
})

describe('the difference between a disk and what is wanted', () => {
  it('is none where the same version shows', () => {
    const head = version('a', '1')
    expect(differences(row('a', [head], { shown: [shown(head)] }), inline)).toMatchObject([{ do: 'nothing', path: 'a' }])
  })

  it('is metadata alone where the content is the same', () => {
    const old = version('a', '1')
    const head = version('a', '1', { mode: 0o755 })
    expect(differences(row('a', [head], { shown: [shown(old)] }), inline)).toMatchObject([
      { do: 'metadata', path: 'a', version: { id: head.id } },
    ])
  })

  it('replaces a file by what it became, file, directory or link', () => {
    const old = version('a', '1')
    for (const head of [version('a', '2'), directory('a'), symlink('a', 'b')]) {
      expect(differences(row('a', [head], { shown: [shown(old)] }), inline)).toMatchObject([
        { do: 'create', path: 'a', over: { kind: 'file' } },
      ])
    }
  })

  it('removes derived files whose head was superseded, after everything else', () => {
    const loser = version('a', '1', { author: BEN })
    const winner = version('a', '2')
    const merged = version('a', '3', { author: ANNA })
    const before = [shown(winner), shown(loser, conflictPath(loser))]
    expect(differences(row('a', [merged], { shown: before }), inline).map((item) => [item.do, item.path])).toEqual([
      ['create', 'a'],
      ['remove', conflictPath(loser)],
    ])
  })

  it('compares a file of a manifest by its own chunks', () => {
    const old = version('a', '1')
    const head = version('a', '2', { manifest: true })
    expect(differences(row('a', [head], { shown: [shown(old)] }), () => old.chunks)).toMatchObject([{ do: 'metadata' }])
    expect(differences(row('a', [head], { shown: [shown(old)] }), () => new Uint8Array(36))).toMatchObject([{ do: 'create' }])
  })
})
