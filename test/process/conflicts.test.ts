import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, settle } from './cluster.ts'
import { describeTree, write } from './trees.ts'

interface Conflict {
  folder: string
  path: string
  with: string
  device: string
}

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

/** Both change what is shared while neither hears of the other. */
async function apart(folder: string, change: () => void): Promise<void> {
  await ben.cli('folder', 'pause', folder)
  change()
  await anna.client.scan({ folder })
  await ben.cli('folder', 'resume', folder)
  await settle(folder, ben, anna)
}

async function conflictsIn(device: Device, folder: string): Promise<Conflict[]> {
  return (await device.cli<Conflict[]>('conflicts')).filter((conflict) => conflict.folder === folder)
}

async function inConflict(folder: string): Promise<{ places: [string, string]; conflict: Conflict }> {
  const places = (await cluster.share(folder, [anna, ben], (root) => write(root, 'letter.txt', 'Dear both\n'))) as [
    string,
    string,
  ]
  await settle(folder, anna, ben)
  await apart(folder, () => {
    write(places[0], 'letter.txt', 'Dear Anna\n')
    write(places[1], 'letter.txt', 'Dear Ben!\n')
  })
  const [conflict] = await conflictsIn(anna, folder)
  return { places, conflict: conflict! }
}

const read = (root: string, path: string): string => readFileSync(join(root, path), 'utf8')

test('two edits of one file show on both devices alike, under the same name with the same content', async () => {
  const { places, conflict } = await inConflict('both-edit')
  expectSame(...places)
  expect(conflict.path).toBe('letter.txt')
  expect(conflict.with).toMatch(/^letter\.conflict-\d{8}-\d{6}-.+\.txt$/)
  expect(await conflictsIn(ben, 'both-edit')).toEqual([conflict])
  expect([read(places[0], conflict.path), read(places[0], conflict.with)].toSorted()).toEqual(['Dear Anna\n', 'Dear Ben!\n'])
  expect((await folderOf(ben, 'both-edit')).conflicts).toBe(1)
  expect([anna.ready.device, ben.ready.device]).toContain(conflict.device)
})

test.each(['mine', 'theirs', 'both'] as const)('keeping %s settles a conflict on both devices', async (keep) => {
  const folder = `keep-${keep}`
  const { places, conflict } = await inConflict(folder)
  const [shown, other] = [read(places[0], conflict.path), read(places[0], conflict.with)]
  await anna.cli('conflicts', 'resolve', `${folder}/letter.txt`, '--keep', keep)
  await settle(folder, anna, ben)
  expectSame(...places)
  expect(await conflictsIn(anna, folder)).toEqual([])
  expect(await conflictsIn(ben, folder)).toEqual([])
  const names = readdirSync(places[1]).filter((name) => name !== '.holdfast')
  if (keep === 'both') {
    expect(names).toHaveLength(2)
    expect(names.map((name) => read(places[1], name)).toSorted()).toEqual([shown, other].toSorted())
  } else {
    expect(names).toEqual(['letter.txt'])
    expect(read(places[1], 'letter.txt')).toBe(keep === 'mine' ? shown : other)
  }
})

test('an edit of the shown file leaves the other version beside it; deleting the copy settles it', async () => {
  const { places, conflict } = await inConflict('by-hand')
  write(places[1], 'letter.txt', 'edited after the conflict\n')
  await settle('by-hand', ben, anna)
  expectSame(...places)
  expect(await conflictsIn(anna, 'by-hand')).toHaveLength(1)
  rmSync(join(places[0], conflict.with))
  await settle('by-hand', anna, ben)
  expectSame(...places)
  expect(await conflictsIn(ben, 'by-hand')).toEqual([])
  expect(read(places[0], 'letter.txt')).toBe('edited after the conflict\n')
})

test('the same edit on both is none', async () => {
  const [here, there] = (await cluster.share('alike', [anna, ben], (root) => write(root, 'file', 'before'))) as [string, string]
  await settle('alike', anna, ben)
  await apart('alike', () => [here, there].forEach((root) => write(root, 'file', 'after')))
  expect(await conflictsIn(anna, 'alike')).toEqual([])
  expect(describeTree(here, { times: false })).toEqual(describeTree(there, { times: false }))
})

test('an edit outlives a deletion, and a file inside a directory that was deleted elsewhere keeps the directory', async () => {
  const [here, there] = (await cluster.share('edit-delete', [anna, ben], (root) => {
    for (const name of ['one', 'two', 'tree/a', 'tree/b']) write(root, name, `${name}\n`)
  })) as [string, string]
  await settle('edit-delete', anna, ben)
  await apart('edit-delete', () => {
    rmSync(join(here, 'one'))
    write(there, 'one', 'edited by ben\n')
    write(here, 'two', 'edited by anna\n')
    rmSync(join(there, 'two'))
    rmSync(join(here, 'tree'), { recursive: true })
    write(there, 'tree/new', 'new\n')
  })
  expectSame(here, there)
  expect(read(here, 'one')).toBe('edited by ben\n')
  expect(read(there, 'two')).toBe('edited by anna\n')
  expect(read(here, 'tree/new')).toBe('new\n')
})

test('of a file and a directory with one name, the directory keeps it and the file stays beside it', async () => {
  const [here, there] = (await cluster.share('file-directory', [anna, ben], (root) => write(root, 'other', 'x'))) as [
    string,
    string,
  ]
  await settle('file-directory', anna, ben)
  await apart('file-directory', () => {
    write(here, 'name', 'a file\n')
    write(there, 'name/inside', 'in a directory\n')
  })
  expectSame(here, there)
  expect(read(here, 'name/inside')).toBe('in a directory\n')
  const copy = readdirSync(there).find((name) => name.startsWith('name.conflict-'))
  expect(read(there, copy ?? 'no copy')).toBe('a file\n')
})
