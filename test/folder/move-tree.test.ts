import { afterEach, describe, expect, it } from 'vitest'
import type { StepResult } from '#folder'
import { packStats } from '#model'
import { SimFilesystem } from '../simulator/sim-filesystem.ts'
import { simSubject, SUBJECTS } from './subjects.ts'
import { EMPTY, TestFolder } from './test-folder.ts'
import { User } from './user.ts'

let folder: TestFolder

afterEach(() => folder.close())

/** Renames the tree at `old` as it was at the last look. */
async function move(to = 'new'): Promise<StepResult> {
  const entries = packStats(folder.known.filter(({ path }) => path === 'old' || path.startsWith('old/')))
  const [result] = await folder.disk.transition([{ do: 'tree', path: to, expected: null, from: 'old', entries, archiveAs: null }])
  return result!
}

async function filled(): Promise<void> {
  const { user } = folder
  user.write('old/file', 'content')
  user.write('old/inner/file', 'more')
  user.mkdir('old/hollow')
  user.write('beside', 'else')
  await folder.note()
}

const AFTER = { beside: 'else', new: '/', 'new/file': 'content', 'new/hollow': '/', 'new/inner': '/', 'new/inner/file': 'more' }

for (const [name, subject] of SUBJECTS) {
  describe(`a tree on the disk ${name}`, () => {
    it('is renamed in one step, and its entries keep their stats', async () => {
      folder = await TestFolder.adopted(subject())
      await filled()
      const before = folder.known
      const result = await move()
      expect(result).toEqual({ ok: true, stat: (await folder.thing('new')).stat })
      expect(folder.user.tree()).toEqual(AFTER)
      await folder.note()
      const of = (path: string, rows: typeof before) => rows.find((row) => row.path === path)?.stat
      for (const path of ['/file', '/inner/file', '/inner'])
        expect(of(`new${path}`, folder.known)).toEqual(of(`old${path}`, before))
    })

    it('takes along what nobody told of, and says so', async () => {
      folder = await TestFolder.adopted(subject())
      await filled()
      folder.user.write('old/inner/stranger', 'new here')
      expect(await move()).toMatchObject({ ok: true, strangers: true })
      expect(folder.user.tree()).toEqual({ ...AFTER, 'new/inner/stranger': 'new here' })
    })

    const edits: [string, () => void][] = [
      ['a file in it was edited', () => folder.user.write('old/inner/file', 'edited')],
      ['a file in it was deleted', () => folder.user.remove('old/file')],
      ['a directory in it was deleted', () => folder.user.remove('old/hollow')],
      ['it is gone', () => folder.user.rename('old', 'elsewhere')],
      ['something is at its new path', () => folder.user.write('new', 'a file')],
      ['a directory is at its new path', () => folder.user.mkdir('new')],
    ]
    for (const [what, edit] of edits) {
      it(`stays where ${what}`, async () => {
        folder = await TestFolder.adopted(subject())
        await filled()
        edit()
        const before = folder.user.tree()
        expect(await move()).toMatchObject({ ok: false, code: 'changed' })
        expect(folder.user.tree()).toEqual(before)
      })
    }

    it('does not leave the folder', async () => {
      folder = await TestFolder.adopted(subject())
      await filled()
      expect(await move('../out')).toMatchObject({ ok: false, code: 'name' })
      expect((await folder.disk.scan({ snapshot: EMPTY, scopes: null })).entries).toBeGreaterThan(0)
    })
  })
}

it('a tree is at its old or its new path after a crash at any call', async () => {
  const calls = await callsOfMove(Infinity)
  expect(calls).toBeGreaterThan(5)
  for (let at = 0; at < calls; at++) await callsOfMove(at)
})

/** Crashes at the call with this number; how many there were until then. */
async function callsOfMove(crashAt: number): Promise<number> {
  const subject = simSubject({}, crashAt === Infinity ? 1 : crashAt)
  const { disk, fs, root } = subject
  folder = await TestFolder.adopted(subject)
  await filled()
  disk.settle()
  let calls = 0
  fs.hooks.before = () => {
    if (calls++ === crashAt) disk.crash()
  }
  const result = await move().catch((error: unknown) => error)
  fs.hooks.before = undefined
  if (crashAt !== Infinity) expect(result).not.toMatchObject({ ok: true })
  const old = Object.fromEntries(Object.entries(AFTER).map(([path, what]) => [path.replace(/^new/, 'old'), what]))
  expect([AFTER, old]).toContainEqual(new User(new SimFilesystem(disk), root).tree())
  return calls
}
