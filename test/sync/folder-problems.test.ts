import { expect, test } from 'vitest'
import type { IndexTotals, Problem } from '#db'
import { FolderProblems } from '../../src/sync/folder-problems.ts'

const unreadable = (path: string): Problem => ({ path, code: 'unreadable', message: 'permission is denied' })
const changing = (path: string): Problem => ({ path, code: 'changing', message: 'it was edited here meanwhile' })
const edited = (path: string): Problem => ({
  path,
  code: 'local-edit',
  message: 'it was edited here, where edits are not shared',
})

async function of({ found = [], putOff = [], edits = [] }: { found?: Problem[]; putOff?: Problem[]; edits?: string[] }) {
  const problems = new FolderProblems({
    index: { problems: async () => putOff, localEdits: async () => edits },
    totals: () => ({ problems: putOff.length, localEdits: edits.length }) as IndexTotals,
    found: () => found,
  })
  await problems.look()
  return { list: await problems.list(), count: problems.count }
}

test('a file that cannot be read, and so cannot be replaced either, is one problem, with the reason that it has', async () => {
  expect(await of({ found: [unreadable('a')], putOff: [changing('a'), changing('b')] })).toEqual({
    list: [unreadable('a'), changing('b')],
    count: 2,
  })
})

test('a name that the disk spells in another normal form is the same path', async () => {
  expect(await of({ found: [unreadable('cafe\u0301')], putOff: [changing('caf\u00e9')] })).toMatchObject({ count: 1 })
})

test('edits that are not shared do not sync, and are listed', async () => {
  expect(await of({ edits: ['own'] })).toEqual({ list: [edited('own')], count: 1 })
  expect(await of({ found: [unreadable('a')], edits: ['a', 'own'] })).toEqual({
    list: [unreadable('a'), edited('own')],
    count: 2,
  })
})
