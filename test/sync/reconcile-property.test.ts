import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ShownEntry } from '#db'
import { isLive, pathKey, sameContent, showsMetadata, type Version } from '#model'
import { conflictPath, differences, wantedEntries } from '#sync'
import { joinHeads } from '../../src/db/head-algebra.ts'
import { ANNA, BEN, directory, row, shown, symlink, tombstone, version } from './versions.ts'

/** One name in two spellings, which are one path. */
const SPELLINGS = ['caf\u00e9.txt', 'cafe\u0301.txt']
const [PATH] = SPELLINGS as [string]

const anyVersion: fc.Arbitrary<Version> = fc
  .record({
    kind: fc.constantFrom('file', 'file', 'directory', 'symlink', 'tombstone'),
    path: fc.constantFrom(...SPELLINGS),
    letter: fc.constantFrom('1', '2', '3'),
    fields: fc.record({
      author: fc.constantFrom(ANNA, BEN),
      hlc: fc.integer({ min: 1, max: 9 }).map((seconds) => (1_700_000_000 + seconds) * 1000 * 1024),
    }),
    mode: fc.constantFrom(0o644, 0o600),
  })
  .map(({ kind, path, letter, fields, mode }) => {
    if (kind === 'directory') return directory(path, fields)
    if (kind === 'tombstone') return tombstone(path, fields)
    if (kind === 'symlink') return symlink(path, letter, fields)
    return version(path, letter, { ...fields, mode })
  })

/** What a disk may show of versions, old ones too: one at the path, some at names of conflict files, some edited since. */
const anyDisk = (versions: readonly Version[]): fc.Arbitrary<ShownEntry[]> => {
  const live = versions.filter(isLive)
  if (live.length === 0) return fc.constant([])
  const state = fc.constantFrom('as it is', 'as it is', 'edited', 'of another mode')
  const entries = fc.array(fc.tuple(fc.constantFrom(...live), fc.boolean(), state), { maxLength: 4 })
  return entries.map((list) => {
    const paths = new Map<string, ShownEntry>()
    for (const [of, beside, how] of list) {
      const entry = shown(of, beside ? conflictPath(of) : of.path)
      if (how === 'edited') entry.version = null
      if (how === 'of another mode') entry.stat = { ...entry.stat, mode: 0o777 }
      if (!paths.has(pathKey(entry.path))) paths.set(pathKey(entry.path), entry)
    }
    return [...paths.values()]
  })
}

const anyRow = fc
  .tuple(fc.array(anyVersion, { maxLength: 5 }), fc.array(anyVersion, { maxLength: 3 }), fc.boolean())
  .chain(([heads, old, below]) => anyDisk([...heads, ...old]).map((disk) => row(PATH, joinHeads(heads), { below, shown: disk })))

const inline = (of: Version): Uint8Array => of.chunks

/** The disk after all that is to be done has been done. */
function done(disk: readonly ShownEntry[], steps: ReturnType<typeof differences>): ShownEntry[] {
  const after = new Map(disk.map((entry) => [entry.path, entry]))
  for (const step of steps) {
    if (step.do === 'remove') after.delete(step.path)
    else if (step.do !== 'nothing')
      after.set(
        step.path,
        step.version === null ? { ...shown(directory(step.path)), version: null } : shown(step.version, step.path),
      )
  }
  return [...after.values()]
}

function check(holds: (of: ReturnType<typeof row>) => void): void {
  fc.assert(fc.property(anyRow, holds), { numRuns: 1000 })
}

describe('reconcile, whatever the heads are and whatever the disk shows,', () => {
  it('shows every live head once, each at a path of its own, and no tombstone', () => {
    check((of) => {
      const wanted = wantedEntries(of)
      const ids = wanted.flatMap((entry) => (entry.version === null ? [] : [entry.version.id]))
      expect(ids.toSorted()).toEqual(
        of.heads
          .filter(isLive)
          .map(({ id }) => id)
          .toSorted(),
      )
      expect(new Set(wanted.map(({ path }) => pathKey(path))).size).toBe(wanted.length)
    })
  })

  it('gives the path to a directory, else to the greatest live head, else to nothing', () => {
    check((of) => {
      const live = of.heads.filter(isLive)
      const there = wantedEntries(of).find(({ path }) => pathKey(path) === pathKey(PATH))
      const dir = live.find(({ kind }) => kind === 'directory')
      if (dir !== undefined || of.below) expect(there?.version?.id).toBe(dir?.id)
      else expect(there?.version?.id).toBe(live[0]?.id)
      expect(there === undefined).toBe(live.length === 0 && !of.below)
    })
  })

  it('names conflict files alike on every device, whatever that one shows', () => {
    check((of) => {
      const beside = (one: typeof of): string[] =>
        wantedEntries(one)
          .map(({ path }) => path)
          .filter((path) => pathKey(path) !== pathKey(PATH))
      expect(beside(of)).toEqual(beside({ ...of, shown: [] }))
    })
  })

  it('makes the disk what is wanted, removes last, and has nothing to do then', () => {
    check((of) => {
      const steps = differences(of, inline)
      const kinds = steps.map((step) => step.do)
      expect(kinds).toEqual([...kinds.filter((kind) => kind !== 'remove'), ...kinds.filter((kind) => kind === 'remove')])
      const after = { ...of, shown: done(of.shown, steps) }
      const wanted = wantedEntries(of)
      expect(after.shown.map(({ path }) => path).toSorted()).toEqual(wanted.map(({ path }) => path).toSorted())
      for (const { path, version: one } of wanted) {
        const entry = after.shown.find((other) => other.path === path)
        if (one !== null && entry !== undefined) expect(showsMetadata(entry.kind, entry.stat, one)).toBe(true)
      }
      expect(differences(after, inline).filter((step) => step.do !== 'nothing')).toEqual([])
    })
  })

  it('writes no content that the path shows already', () => {
    check((of) => {
      for (const step of differences(of, inline)) {
        if (step.do !== 'create' || step.over === null || step.version?.kind !== 'file') continue
        const { kind, size, chunks } = step.over
        expect(kind === 'file' && sameContent({ ...step.version, size, chunks }, step.version)).toBe(false)
      }
    })
  })
})
