import { expect, test } from 'vitest'
import { inProcess, type FolderIndex } from '#db'
import type { BackendContext } from '../../src/daemon/backend-context.ts'
import { searchOperations } from '../../src/daemon/backend-search.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, directory, file, gone, open } from '../db/fixtures.ts'

/** Searches in folders with these names, of which the one called so is online-only; a few paths at a time. */
function searching(folders: Record<string, SqliteFolderIndex>): {
  search: (of: { query: string; folder?: string; deleted?: boolean; limit?: number }) => Promise<string[]>
} {
  const all = Object.entries(folders).map(([name, index]) => ({
    stored: { name, path: name === 'online' ? null : `/${name}` },
    sync: {},
    index: inProcess<FolderIndex>(index),
  }))
  const registry = { folders: all, find: (wanted: string) => all.find(({ stored }) => stored.name === wanted) }
  const { search } = searchOperations({ registry } as unknown as BackendContext, { paths: 10, fitting: 4 })
  return {
    async search({ query, folder, deleted = false, limit = 50 }) {
      const found = await search({ query, deleted, limit, ...(folder !== undefined && { folder }) }, AbortSignal.any([]))
      return [...found.items.map((item) => `${item.folder}/${item.path} ${item.state}`), ...(found.more ? ['more'] : [])]
    },
  }
}

test('what is nearest comes first, of all folders or of one', async () => {
  const [home, online] = [open(A), open(A)]
  author(home, file('a/my-plan', '1'), file('b/plan', '1'), file('plan/z', '1'), directory('planes'))
  author(online, file('a/plan', '1'), file('planet', '1'))
  const { search } = searching({ home, online })
  const all = [
    'online/a/plan elsewhere',
    'home/b/plan here',
    'home/planes here',
    'online/planet elsewhere',
    'home/a/my-plan here',
  ]
  expect(await search({ query: 'plan' })).toEqual([...all, 'home/plan/z here'])
  expect(await search({ query: 'plan', limit: 5 })).toEqual([...all, 'more'])
  expect(await search({ query: 'plan', limit: 6 })).toEqual([...all, 'home/plan/z here'])
  expect(await search({ query: 'plan', folder: 'online' })).toEqual([all[0], all[3]])
  expect(await search({ query: 'nothing' })).toEqual([])
})

test('of very many that fit the nearest are found, wherever they are, and deleted ones if they are wanted', async () => {
  const index = open(A)
  author(index, ...Array.from({ length: 100 }, (_, at) => file(`d/${String(at).padStart(3, '0')}-tax.txt`, '1')))
  author(index, file('z/tax', '1'), file('z/tax-2', '1'))
  author(index, gone('z/tax'), gone('z/tax-2'))
  author(index, file('z/tax', '1'))
  const { search } = searching({ f: index })
  expect(await search({ query: 'TAX', limit: 2 })).toEqual(['f/z/tax here', 'f/d/000-tax.txt here', 'more'])
  expect(await search({ query: 'TAX', limit: 3, deleted: true })).toEqual([
    ...['f/z/tax here', 'f/z/tax-2 deleted', 'f/d/000-tax.txt here', 'more'],
  ])
  expect(await search({ query: '-tax.txt', limit: 100 })).toHaveLength(100)
  expect((await search({ query: '-tax.txt', limit: 99 })).slice(-2)).toEqual(['f/d/098-tax.txt here', 'more'])
})

test('who is gone is looked for no more', async () => {
  const index = open(A)
  author(index, ...Array.from({ length: 40 }, (_, at) => file(`${at}-tax.txt`, '1')))
  const gone = new AbortController()
  let calls = 0
  const counted = inProcess<FolderIndex>(index)
  const find: FolderIndex['find'] = (query) => {
    if (++calls === 2) gone.abort(new Error('gone'))
    return counted.find(query)
  }
  const folder = { stored: { name: 'f', path: '/f' }, sync: {}, index: { ...counted, find } }
  const { search } = searchOperations({ registry: { folders: [folder] } } as unknown as BackendContext, { paths: 10, fitting: 4 })
  await expect(search({ query: 'tax', deleted: false, limit: 50 }, gone.signal)).rejects.toThrow('gone')
  expect(calls).toBe(2)
})
