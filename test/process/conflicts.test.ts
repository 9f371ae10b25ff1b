import { readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pair, type Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, joinOffered, settle, until } from './cluster.ts'
import { describeTree, write } from './trees.ts'

interface Conflict {
  folder: string
  path: string
  with: string
  device: string
  by: string
  shownBy: string | null
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

test.each([
  ['mine', 'anna', 'Dear Anna\n'],
  ['mine', 'ben', 'Dear Ben!\n'],
  ['theirs', 'anna', 'Dear Ben!\n'],
  ['theirs', 'ben', 'Dear Anna\n'],
  ['both', 'anna', ''],
] as const)('keeping %s on %s settles a conflict on both devices', async (keep, name, kept) => {
  const folder = `keep-${keep}-${name}`
  const { places } = await inConflict(folder)
  const device = name === 'anna' ? anna : ben
  await device.cli('conflicts', 'resolve', `${folder}/letter.txt`, '--keep', keep)
  await settle(folder, anna, ben)
  expectSame(...places)
  expect(await conflictsIn(anna, folder)).toEqual([])
  expect(await conflictsIn(ben, folder)).toEqual([])
  const names = readdirSync(places[1]).filter((file) => file !== '.holdfast')
  if (keep === 'both') {
    expect(names).toHaveLength(2)
    expect(names.map((file) => read(places[1], file)).toSorted()).toEqual(['Dear Anna\n', 'Dear Ben!\n'])
  } else {
    expect(names).toEqual(['letter.txt'])
    expect(read(places[1], 'letter.txt')).toBe(kept)
  }
})

test('only who has seen the versions that there are settles them; who comes second is told', async () => {
  const { places } = await inConflict('seen')
  const of = { folder: 'seen', path: 'letter.txt' }
  const seen = async (device: Device): Promise<string[]> =>
    (await device.client.versions(of)).flatMap(({ version, current }) => (current ? [version] : []))
  const before = await seen(anna)
  write(places[1], 'letter.txt', 'edited by ben since\n')
  await settle('seen', ben, anna)
  const files = describeTree(places[0])
  const otherwise = { code: 'conflict', message: expect.stringContaining('nothing is changed') as unknown }
  for (const keep of ['mine', 'theirs', 'both'] as const)
    await expect(anna.client.resolveConflict({ ...of, keep, expected: before })).rejects.toMatchObject(otherwise)
  expect(describeTree(places[0])).toEqual(files)
  const now = await seen(anna)
  expect(now.toSorted()).toEqual((await seen(ben)).toSorted())
  await anna.client.resolveConflict({ ...of, keep: 'theirs', expected: now })
  await settle('seen', anna, ben)
  await expect(ben.client.resolveConflict({ ...of, keep: 'theirs', expected: now })).rejects.toMatchObject(otherwise)
  expectSame(...places)
  expect(await conflictsIn(ben, 'seen')).toEqual([])
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
  // A whole directory does not go at one word about a file; without it the file takes the name.
  for (const [device, keep] of [
    [anna, 'mine'],
    [ben, 'theirs'],
  ] as const)
    await expect(device.client.resolveConflict({ folder: 'file-directory', path: 'name', keep })).rejects.toMatchObject({
      code: 'conflict',
      message: 'name is a directory here, and a file cannot take its place as long as it is there',
      hint: expect.stringContaining(`move or delete the directory name, and ${copy} takes its name by itself`),
    })
  rmSync(join(there, 'name'), { recursive: true })
  await settle('file-directory', ben, anna)
  await until('the file has its name', () => statSync(join(here, 'name'), { throwIfNoEntry: false })?.isFile() === true)
  await settle('file-directory', anna, ben)
  expectSame(here, there)
  expect(read(there, 'name')).toBe('a file\n')
})

test('of a file and a directory the directory can be kept, by whoever wrote which', async () => {
  const [here, there] = (await cluster.share('keep-directory', [anna, ben], (root) => write(root, 'other', 'x'))) as [
    string,
    string,
  ]
  await settle('keep-directory', anna, ben)
  await apart('keep-directory', () => {
    for (const name of ['one', 'two']) {
      write(here, name, 'a file\n')
      write(there, `${name}/inside`, 'in a directory\n')
    }
  })
  await anna.cli('conflicts', 'resolve', 'keep-directory/one', '--keep', 'theirs')
  await ben.cli('conflicts', 'resolve', 'keep-directory/two', '--keep', 'mine')
  await settle('keep-directory', anna, ben)
  expectSame(here, there)
  expect(await conflictsIn(anna, 'keep-directory')).toEqual([])
  expect(
    readdirSync(here)
      .filter((name) => name !== '.holdfast')
      .toSorted(),
  ).toEqual(['one', 'other', 'two'])
  expect(read(here, 'two/inside')).toBe('in a directory\n')
})

test('a device that wrote no version is told who wrote which, and chooses by device', async () => {
  const { places } = await inConflict('of-others')
  const carol = await cluster.start('carol')
  await pair(anna, carol)
  const place = cluster.place(carol, 'of-others')
  await joinOffered(carol, 'of-others', place)
  await settle('of-others', carol, anna, ben)
  const [conflict] = await carol.client.conflicts({ folder: 'of-others' })
  const files = { [conflict!.shownBy ?? '']: conflict!.path, [conflict!.by]: conflict!.with }
  const shown = await carol.shown('conflicts')
  expect(shown).toMatch(new RegExp(`of-others/letter.txt +${conflict!.shownBy} +${conflict!.with} +${conflict!.by} `))
  for (const keep of ['mine', 'theirs'] as const)
    await expect(carol.client.resolveConflict({ folder: 'of-others', path: 'letter.txt', keep })).rejects.toMatchObject({
      code: keep === 'mine' ? 'not-found' : 'usage',
      message: expect.stringMatching(`(?=.*anna wrote ${files['anna']})(?=.*ben wrote ${files['ben']})`),
      hint: expect.stringMatching(/(?=.*resolve of-others\/letter.txt --keep theirs --by anna)(?=.* --by ben)(?=.* --keep both)/),
    })
  await carol.cli('conflicts', 'resolve', 'of-others/letter.txt', '--keep', 'theirs', '--by', 'anna')
  await settle('of-others', carol, anna, ben)
  expectSame(place, ...places)
  expect(read(place, 'letter.txt')).toBe('Dear Anna\n')
  expect(await conflictsIn(carol, 'of-others')).toEqual([])
})

test('of three versions the two others stay where they are when the one that has the name goes, and all go with their directory', async () => {
  const carol = cluster.devices.at(-1)!
  const devices = [anna, ben, carol]
  const names = ['renamed.bin', 'deleted.txt', 'sub/deep/moved.bin']
  const places = await cluster.share('of-three', devices, (root) => names.forEach((name) => write(root, name, 'base')))
  await settle('of-three', ...devices)
  for (const device of [ben, carol]) await device.cli('folder', 'pause', 'of-three')
  places.forEach((root, at) => names.forEach((name) => write(root, name, `of ${devices[at]!.options.name}`)))
  await anna.client.scan({ folder: 'of-three' })
  for (const device of [ben, carol]) await device.cli('folder', 'resume', 'of-three')
  await settle('of-three', ...devices)
  const conflicts = await conflictsIn(carol, 'of-three')
  expect(conflicts).toHaveLength(6)
  const here = places[1]!
  renameSync(join(here, 'sub'), join(here, 'other'))
  rmSync(join(here, 'deleted.txt'))
  renameSync(join(here, 'renamed.bin'), join(here, 'mine.bin'))
  await settle('of-three', ben, anna, carol)
  expectSame(here, ...places)
  const besides = conflicts.map(({ with: path }) => path.replace('sub/', 'other/'))
  const expected = [...besides, 'other', 'other/deep', 'other/deep/moved.bin', 'mine.bin']
  expect(Object.keys(describeTree(places[0]!)).toSorted()).toEqual(expected.toSorted())
  for (const device of devices) expect(await conflictsIn(device, 'of-three')).toEqual([])
})

test('a directory that is there for what is below it was written by nobody, on all devices alike; one that was made, by who made it', async () => {
  const places = (await cluster.share('trees', [anna, ben], (root) => write(root, 'kept/file', 'old'))) as [string, string]
  await settle('trees', anna, ben)
  await apart('trees', () => {
    rmSync(join(places[0], 'kept'), { recursive: true })
    for (const path of ['kept', 'made']) write(places[0], path, 'a file of anna')
    write(places[1], 'kept/file', 'edited by ben')
    write(places[1], 'made/file', 'new by ben')
  })
  for (const device of [anna, ben]) {
    const who = (await conflictsIn(device, 'trees')).map(({ path, by, shownBy }) => [path, shownBy, by])
    expect(who.toSorted()).toEqual([
      ['kept', null, 'anna'],
      ['made', 'ben', 'anna'],
    ])
  }
  // The directory is not her own version, so her file is not what goes.
  await expect(anna.cli('conflicts', 'resolve', 'trees/kept', '--keep', 'mine')).rejects.toMatchObject({ code: 'conflict' })
  expect((await conflictsIn(anna, 'trees')).length).toBe(2)
})
