import { describe, expect, test } from 'vitest'
import { momentOf, placesOf } from '#history'
import { listedThen } from '../../src/daemon/backend-history.ts'
import type { OpenFolder } from '../../src/daemon/folder-opener.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, C, directory, exchange, file, follow, gone, open } from '../db/fixtures.ts'
import { pastOf } from './past-of.ts'

/** What `ls --at` says of all that there is; by pages of so many. */
async function listed(index: SqliteFolderIndex, limit = 100, deleted = false): Promise<string[]> {
  const folder = { stored: { name: 'f', path: '/f' }, sync: {}, keeping: { past: pastOf(index) } } as unknown as OpenFolder
  const moment = momentOf(placesOf(index.have()))
  const all: string[] = []
  for (const at of [Infinity, moment]) {
    all.length = 0
    for (let after = ''; ;) {
      const page = await listedThen(folder, { under: '', recursive: true, after, limit, deleted, at })
      all.push(...page.map(({ path, kind, state }) => `${path.replace(/\.conflict-[^.]*/, ' (conflict)')} ${kind} ${state}`))
      if (page.length < limit) break
      after = page.at(-1)!.path
    }
  }
  return all
}

/** What `ls` says of now where nothing of it is on the disk. */
function awaited(index: SqliteFolderIndex): string[] {
  return index.list('', '', 100).map(({ path, kind, state }) => `${path} ${kind} ${state}`)
}

describe('a list of then', () => {
  test('has conflict files, once, however small its pages are', async () => {
    const [one, two, three] = [open(A), open(B), open(C)]
    author(one, file('a.txt', '1'), file('z', '1'))
    exchange(one, two)
    follow(two)
    author(one, file('a.txt', '22'))
    author(two, file('a.txt', '333'))
    exchange(one, two)
    exchange(two, three)
    const there = ['a (conflict).txt file here', 'a.txt file here', 'z file here']
    for (const limit of [1, 2, 3, 100]) expect(await listed(one, limit)).toEqual(there)
    expect(await listed(three)).toEqual(there)
  })

  test('has a directory where a file is in conflict with it', async () => {
    const [one, two] = [open(A), open(B)]
    author(two, directory('x'), file('x/y', '22'))
    author(one, file('x', '1'))
    exchange(one, two)
    for (const index of [one, two])
      expect(await listed(index, 2)).toEqual(['x (conflict) file here', 'x directory here', 'x/y file here'])
    const other = open(C)
    exchange(one, other)
    expect(awaited(other)).toEqual(['x directory pending', 'x/y file pending'])
  })

  test('has the directories that a file which is there lies in, though they were deleted, and no others', async () => {
    const [one, two] = [open(A), open(B)]
    author(one, directory('d'), directory('d/e'), file('d/e/f', '1'), directory('d/x'), directory('d/x/y'), file('d-e', '1'))
    exchange(one, two)
    follow(two)
    author(one, gone('d/e/f'), gone('d/e'), gone('d/x/y'), gone('d/x'), gone('d'))
    author(two, file('d/e/f', '22'))
    exchange(one, two)
    expect(await listed(one, 1)).toEqual(['d directory here', 'd-e file here', 'd/e directory here', 'd/e/f file here'])
    const other = open(C)
    exchange(one, other)
    expect(awaited(other)).toEqual(['d directory pending', 'd-e file pending', 'd/e directory pending', 'd/e/f file pending'])
    expect((await listed(one, 100, true)).filter((entry) => entry.endsWith('deleted'))).toEqual([
      'd/x file deleted',
      'd/x/y file deleted',
    ])
  })
})
