import { describe, expect, test } from 'vitest'
import { inProcess, type FolderIndex } from '#db'
import { forget, momentOf, parsePolicy, placesOf, type FolderRetention, type PolicyWords } from '#history'
import type { Version, VersionId } from '#model'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, file, gone, open } from '../db/fixtures.ts'

/** Forgets by a policy; how many versions. */
function run(
  index: SqliteFolderIndex,
  words: PolicyWords,
  protections: Partial<Pick<FolderRetention, 'pins' | 'snapshots'>> = {},
  after = 0,
): Promise<number> {
  return forget(
    {
      index: inProcess<FolderIndex>(index),
      retention: { policy: parsePolicy(words), pins: new Set(), snapshots: new Map(), ...protections },
      now: Date.now(),
      between: (work) => work(),
      page: async () => undefined,
    },
    after,
  )
}

/** The sizes of a path's versions, the newest first; in brackets those that are forgotten. */
function sizes(index: SqliteFolderIndex, path: string): string {
  return index
    .versions(path)
    .map(({ version: { kind, size }, isForgotten }) => {
      const word = kind === 'file' ? String(size) : kind
      return isForgotten ? `(${word})` : word
    })
    .join(' ')
}

function edited(path: string, count: number): SqliteFolderIndex {
  const index = open(A)
  for (let size = 1; size <= count; size++) author(index, file(path, 'x'.repeat(size)))
  return index
}

describe('forgetting', () => {
  test('leaves what the policy retains, at each path, and the last content of what was deleted', async () => {
    const index = edited('a', 5)
    for (const size of [1, 2, 3]) author(index, file('b', 'y'.repeat(size)))
    author(index, gone('b'))
    author(index, file('once', 'z'))
    expect(await run(index, { 'keep-last': '2' })).toBe(4)
    expect(sizes(index, 'a')).toBe('5 4 (3) (2) (1)')
    expect(sizes(index, 'b')).toBe('tombstone 3 2 (1)')
    expect(sizes(index, 'once')).toBe('1')
    expect(await run(index, { 'keep-last': '2' })).toBe(0)
  })

  test('does not look again for what was never kept, though a snapshot shows it, nor lets it count', async () => {
    const index = edited('a', 2)
    const moment = momentOf(placesOf(index.have()))
    for (const size of [3, 4]) author(index, file('a', 'x'.repeat(size)))
    const [, shown] = index.toKeep(9, Date.now())
    index.forgetGone([shown!], 1)
    const snapshots = new Map([['then', moment]])
    expect(await run(index, {}, { snapshots })).toBe(0)
    expect(index.versions('a').map(({ isNeverKept }) => isNeverKept === true)).toEqual([false, false, true, false])
    expect([await run(index, { 'keep-last': '2' }, { snapshots }), sizes(index, 'a')]).toEqual([1, '4 3 (2) (1)'])
  })

  test('does not take back what was lost and is given up, though it is pinned', async () => {
    const index = edited('a', 4)
    const items = index.toKeep(9, Date.now())
    index.kept(items.map((item) => ({ ...item, until: null, isHeld: true })))
    const [first, second] = items.map(({ version }) => version.id) as [VersionId, VersionId]
    index.forgetGone([items[0]!], 1)
    const pinned = { pins: new Set([first, second]) }
    expect(await run(index, { 'keep-last': '1' }, pinned)).toBe(1)
    expect([index.forgetLost(), await run(index, { 'keep-last': '1' }, pinned)]).toEqual([1, 0])
    expect([index.losses(), sizes(index, 'a')]).toEqual([0, '4 (3) 2 (1)'])
    index.endGathering()
    while (!index.gatherRetained().isComplete);
    expect(index.unneeded(items[0]!.chunks!.subarray(0, 32))).toHaveLength(32)
  })

  test('forgets nothing by a policy without rules', async () => {
    const index = edited('a', 3)
    expect(await run(index, {})).toBe(0)
  })

  test('is for good: a policy that retains more brings nothing back, and what is forgotten has no say', async () => {
    const index = edited('a', 4)
    await run(index, { 'keep-last': '1' })
    author(index, file('a', 'x'.repeat(9)))
    expect(await run(index, { 'keep-last': '3' })).toBe(0)
    expect(sizes(index, 'a')).toBe('9 4 (3) (2) (1)')
  })

  test('passes over pins and snapshots, and takes back where these came later', async () => {
    const index = edited('a', 4)
    const [, , { id: second }, first] = index.versions('a').map(({ version }) => version) as [Version, Version, Version, Version]
    await run(index, { 'keep-last': '1' }, { pins: new Set([second]) })
    expect(sizes(index, 'a')).toBe('4 (3) 2 (1)')
    const later = { pins: new Set([second]), snapshots: new Map([['before the move', momentOf([[first.author, [first]]])]]) }
    expect(await run(index, { 'keep-last': '1' }, later)).toBe(0)
    expect(sizes(index, 'a')).toBe('4 (3) 2 1')
    expect(index.toKeep(9, Infinity).map(({ version }) => version.size)).toContain(1)
  })

  test('of what is lost goes by the policy as if it were there, and looks for none of it anew', async () => {
    const index = edited('a', 4)
    const items = index.toKeep(9, Infinity)
    index.kept(items.map((item) => ({ ...item, until: null, isHeld: true })))
    index.forgetGone(items, 1)
    expect(await run(index, { 'keep-last': '3' })).toBe(1)
    expect([index.losses(), index.keeping()]).toEqual([2, 0])
    expect(await run(index, { 'keep-last': '3' }, { pins: new Set(index.versions('a').map(({ version }) => version.id)) })).toBe(
      0,
    )
    expect(index.lost(0, 9).map(({ version }) => version.size)).toEqual([2, 3])
  })

  test('goes on from where it is told to, and tells after each page where the next one begins', async () => {
    const index = open(A)
    author(index, ...Array.from({ length: 2_200 }, (_, at) => file(`f${at}`, '1')))
    author(index, ...Array.from({ length: 2_200 }, (_, at) => file(`f${at}`, '22')))
    const pages: (number | null)[] = []
    const page = async (next: number | null): Promise<void> => {
      pages.push(next)
      if (pages.length === 2) throw new Error('stopped')
    }
    const parts = {
      index: inProcess<FolderIndex>(index),
      retention: { policy: parsePolicy({ 'keep-last': '1' }), pins: new Set<VersionId>(), snapshots: new Map() },
      now: Date.now(),
      between: <T>(work: () => Promise<T>): Promise<T> => work(),
    }
    await expect(forget({ ...parts, page })).rejects.toThrow('stopped')
    expect(pages).toEqual([1_000, 2_000])
    expect(index.versions('f5')[1]!.isForgotten).toBe(true)
    expect(await forget({ ...parts, page: async () => undefined }, 2_000)).toBe(200)
  })
})
