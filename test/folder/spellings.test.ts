import { afterEach, expect, it } from 'vitest'
import { tablePaths } from '#model'
import { simSubject } from './subjects.ts'
import { EMPTY, TestFolder } from './test-folder.ts'

const COMPOSED = 'caf\u00e9'
const DECOMPOSED = 'cafe\u0301'

let folder: TestFolder

afterEach(() => folder.close())

it('puts nothing beside the same name in another normal form: it is an edit that is not known yet', async () => {
  folder = await TestFolder.adopted(simSubject())
  folder.user.write(DECOMPOSED, 'the user’s')
  const staged = await folder.stage('from elsewhere')
  const place = { do: 'place', path: COMPOSED, expected: null, ...staged, archiveAs: null } as const
  expect(await folder.disk.transition([place])).toMatchObject([{ ok: false, code: 'changed' }])
  expect(folder.user.names('').filter((name) => name.startsWith('caf'))).toEqual([DECOMPOSED])
})

it('may rename a file to another normal form of its name', async () => {
  folder = await TestFolder.adopted(simSubject())
  folder.user.write(DECOMPOSED, 'the user’s')
  const fromExpected = await folder.thing(DECOMPOSED)
  const move = { do: 'move', path: COMPOSED, expected: null, from: DECOMPOSED, fromExpected, archiveAs: null } as const
  expect(await folder.disk.transition([{ ...move, mode: 0o644, mtime: 0 }])).toMatchObject([{ ok: true }])
  expect(folder.user.names('').filter((name) => name.startsWith('caf'))).toEqual([COMPOSED])
})

it('finds what is asked for in the normal form that the disk has', async () => {
  folder = await TestFolder.adopted(simSubject())
  folder.user.write(DECOMPOSED, 'the user’s')
  const { changed } = await folder.disk.scan({ snapshot: EMPTY, scopes: [COMPOSED] })
  expect(tablePaths(changed)).toEqual([DECOMPOSED])
})
