import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, settle, until } from './cluster.ts'
import { describeTree, differences, write, writeSmallFiles } from './trees.ts'

const NOBODY = 65_534
/** Within which what nobody asked for is to be seen, ms. */
const SOON = 8_000

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

async function shareSmall(folder: string, count: number): Promise<[string, string]> {
  const places = (await cluster.share(folder, [anna, ben], (root) => writeSmallFiles(root, count))) as [string, string]
  await settle(folder, anna, ben)
  return places
}

const scan = (device: Device, folder: string): Promise<unknown> => device.client.scan({ folder }).catch((error: unknown) => error)
const files = (root: string): number => Object.values(describeTree(root)).filter((line) => line.startsWith('file')).length

/** All at once: of files deleted one by one the first few would not be held. */
function vanish(root: string, name: string): void {
  renameSync(join(root, name), `${root}.${name}`)
}

test('a root that is gone blocks the folder by itself and deletes nothing; back again, it goes on as before', async () => {
  const [here, there] = await shareSmall('mount', 120)
  const before = describeTree(there)
  const state = async (): Promise<string> => (await folderOf(anna, 'mount')).reasonCode
  renameSync(here, `${here}.away`)
  await until('it is missed', async () => (await state()) === 'root-missing', SOON)
  await until('told to ben', async () => (await folderOf(ben, 'mount')).reason.includes('on anna the folder is blocked'))
  mkdirSync(here) // What an unmounted disk leaves: an empty directory.
  await until('it is taken for none', async () => (await state()) === 'marker-missing', SOON)
  write(there, 'new', 'written meanwhile')
  await scan(ben, 'mount')
  expect(differences(before, describeTree(there))).toHaveLength(1)
  expect(readdirSync(here)).toEqual([])
  rmSync(here, { recursive: true })
  write(`${here}.away`, 'fresh/deep/f', 'come while it was away')
  renameSync(`${here}.away`, here)
  await until('it goes on', () => existsSync(join(there, 'fresh/deep/f')), SOON)
  for (const path of ['at its top', 'd0/below', 'fresh/deep/g']) {
    write(here, path, 'as before')
    await until(`${path} has come`, () => existsSync(join(there, path)), SOON)
  }
  await settle('mount', anna, ben)
  expectSame(here, there)
  expect(files(here)).toBe(125)
})

test('without its marker a folder is blocked until the user says that it is the right one', async () => {
  const [here, there] = await shareSmall('marker', 60)
  rmSync(join(here, '.holdfast'), { recursive: true })
  rmSync(join(here, 'd0'), { recursive: true })
  await scan(anna, 'marker')
  await until('blocked', async () => (await folderOf(anna, 'marker')).state === 'blocked')
  const { reason, reasonCode } = await folderOf(anna, 'marker')
  expect(reasonCode).not.toBe('')
  expect(reason.length).toBeGreaterThan(10)
  expect(files(there)).toBe(60)
  writeSmallFiles(here, 60)
  expect(await anna.cli('folder', 'unblock', 'marker')).toHaveProperty('state')
  await settle('marker', anna, ben)
  expectSame(here, there)
  expect(files(there)).toBe(60)
})

test('many deletions are held; rejected, the files come back', async () => {
  const [here, there] = await shareSmall('held-reject', 120)
  const before = describeTree(there)
  vanish(here, 'd0')
  writeFileSync(join(here, 'also new'), 'new')
  await scan(anna, 'held-reject')
  await until('held', async () => (await folderOf(anna, 'held-reject')).state === 'held')
  // The records of both are the same; the trees are not. Another folder is looked at meanwhile.
  const beside = cluster.place(anna, 'beside')
  writeSmallFiles(beside, 5)
  await anna.client.createFolder({ path: beside, name: 'beside' })
  await expect(anna.client.wait({ timeoutSeconds: 20 })).rejects.toMatchObject({
    code: 'held',
    message: expect.stringMatching(/^held-reject: 10\d entries vanished/),
  })
  await until('told to ben', async () => (await folderOf(ben, 'held-reject')).reasonCode === 'waits-elsewhere')
  expect(await folderOf(ben, 'held-reject')).toMatchObject({
    state: 'idle',
    reason: 'Up to date here; on anna many entries vanished at once and wait there for a decision.',
  })
  const noted = (await anna.client.activity({ limit: 1000 })).filter(({ event }) => event === 'held')
  expect(noted).toMatchObject([
    { folder: 'held-reject', path: null, detail: expect.stringMatching(/^10\d entries vanished at once$/) },
  ])
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(Object.keys(before).filter((path) => !existsSync(join(there, path)))).toEqual([])
  await anna.cli('folder', 'reject', 'held-reject')
  await settle('held-reject', anna, ben)
  await until('nothing waits', async () => (await folderOf(ben, 'held-reject')).reasonCode === 'up-to-date')
  expectSame(here, there)
  expect(differences(before, describeTree(here)).map((line) => line.split(':')[0])).toEqual(['also new'])
})

test('many deletions are held; approved, they go on, and the files stay in the archive', async () => {
  const [here, there] = await shareSmall('held-approve', 120)
  vanish(here, 'd0')
  await scan(anna, 'held-approve')
  await until('held', async () => (await folderOf(anna, 'held-approve')).state === 'held')
  expect(files(there)).toBe(120)
  await anna.cli('folder', 'approve', 'held-approve')
  await settle('held-approve', anna, ben)
  expectSame(here, there)
  expect(files(there)).toBe(20)
  const archived = await ben.cli<{ name: string; path: string }[]>('folder', 'archive', 'held-approve')
  expect(archived).toHaveLength(100)
  const below = await ben.cli<{ path: string }[]>('folder', 'archive', 'held-approve', 'd0')
  expect(below.map(({ path }) => path).toSorted()).toEqual(
    archived.flatMap(({ path }) => (path.startsWith('d0/') ? [path] : [])).toSorted(),
  )
  expect(await ben.cli('folder', 'archive', 'held-approve', 'd0/f7')).toMatchObject([{ path: 'd0/f7' }])
  expect(await ben.shown('folder', 'archive', 'held-approve', 'd')).toBe('Nothing was replaced or deleted at d.\n')
  const one = archived.find(({ path }) => path === 'd0/f7')
  const { path } = await ben.cli<{ path: string }>('folder', 'archive', 'held-approve', '--restore', one?.name ?? '')
  expect(readFileSync(path, 'utf8')).toMatch(/^small 7\n/)
})

test('unblocked with an empty directory, a folder of few files is held, also after a restart; rejected, they come back', async () => {
  const [here, there] = await shareSmall('emptied', 6)
  const before = describeTree(there)
  for (const decision of ['reject', 'approve']) {
    renameSync(here, `${here}.${decision}`)
    mkdirSync(here)
    await until('blocked', async () => (await folderOf(anna, 'emptied')).state === 'blocked', SOON)
    await anna.cli('folder', 'unblock', 'emptied')
    await until('held', async () => (await folderOf(anna, 'emptied')).state === 'held', SOON)
    await anna.stop()
    anna = await cluster.restart(anna)
    await until('held again', async () => (await folderOf(anna, 'emptied')).state === 'held', SOON)
    expect(differences(before, describeTree(there))).toEqual([])
    expect(await anna.cli('folder', decision, 'emptied')).toMatchObject({ changed: 7 })
    await settle('emptied', anna, ben)
    expectSame(here, there)
    expect(files(here)).toBe(decision === 'reject' ? 6 : 0)
  }
  writeSmallFiles(here, 3)
  await settle('emptied', anna, ben)
  vanish(here, 'd0')
  await until('as before, so few are not held', () => files(there) === 0)
})

test('a few deletions are not held', async () => {
  const [here, there] = await shareSmall('few', 120)
  for (let index = 0; index < 20; index++) rmSync(join(here, `d0/f${index}`))
  await settle('few', anna, ben)
  expectSame(here, there)
  expect(files(there)).toBe(100)
})

// The owner of a directory is given the right to write there: it takes another's.
test.skipIf(process.getuid?.() !== 0)(
  'what was denied comes at once where it is waited or scanned for after that was mended',
  async () => {
    const own = new Cluster()
    try {
      const nobodys = (...paths: string[]) => paths.forEach((path) => chownSync(path, NOBODY, NOBODY))
      nobodys(own.directory)
      const [carl, dora] = (await own.group(['carl', 'dora'], { uid: NOBODY })) as [Device, Device]
      const [here, there] = [own.place(carl, 'denied'), own.place(dora, 'denied')]
      write(here, 'd/first', 'first')
      mkdirSync(join(own.directory, 'files/dora'))
      nobodys(here, join(here, 'd'), join(own.directory, 'files/dora'))
      await own.share('denied', [carl, dora])
      await settle('denied', carl, dora)
      for (const [name, ...command] of [
        ['waited', 'wait', '--folder', 'denied', '--timeout', '5s'],
        ['scanned', 'scan', 'denied'],
      ] as const) {
        chownSync(join(there, 'd'), 0, 0)
        write(here, join('d', name), 'cannot be written there')
        await until('it is put off', async () => (await folderOf(dora, 'denied')).reasonCode === 'put-off')
        expect(await dora.client.problems({ folder: 'denied' })).toMatchObject([{ path: `d/${name}`, code: 'denied' }])
        nobodys(join(there, 'd'))
        await dora.cli(...command)
        await until('it has come', () => existsSync(join(there, 'd', name)), 5_000)
      }
      expectSame(here, there)
    } finally {
      await own.end()
    }
  },
)

test('an unreadable file is listed with its reason, the rest syncs, and it follows once it can be read', async () => {
  // Root may read everything, so there the daemons are nobody's.
  const uid = process.getuid?.() === 0 ? NOBODY : undefined
  const own = new Cluster()
  try {
    if (uid !== undefined) chownSync(own.directory, uid, uid)
    const [carl, dora] = (await own.group(['carl', 'dora'], uid === undefined ? {} : { uid })) as [Device, Device]
    const here = own.place(carl, 'unreadable')
    writeSmallFiles(here, 30)
    write(here, 'd0/locked', 'locked')
    chmodSync(join(here, 'd0/locked'), 0o000)
    mkdirSync(join(own.directory, 'files/dora'))
    if (uid !== undefined)
      for (const path of ['files/carl/unreadable', 'files/dora']) chownSync(join(own.directory, path), uid, uid)
    const [, there] = (await own.share('unreadable', [carl, dora])) as [string, string]
    await until('the rest has come', () => existsSync(there) && files(there) === 30)
    const [problem] = await carl.client.problems({ folder: 'unreadable' })
    expect(problem).toMatchObject({ path: 'd0/locked', code: 'unreadable' })
    // Nor is one replaced that cannot be read: it is listed once, and the device whose edit waits says on which one.
    chmodSync(join(there, 'd0/f1'), 0o000)
    write(here, 'd0/f1', 'edited meanwhile')
    await until('it is put off', async () => (await folderOf(dora, 'unreadable')).reasonCode === 'put-off')
    await expect(carl.client.wait({ timeoutSeconds: 1 })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('unreadable: dora lacks 1 entry of what is here'),
      hint: 'on dora: holdfast folder problems unreadable',
    })
    expect((await dora.client.problems({ folder: 'unreadable' })).map(({ path, code }) => `${code} ${path}`)).toEqual([
      'unreadable d0/f1',
    ])
    expect(await folderOf(dora, 'unreadable')).toMatchObject({ problems: 1 })
    chmodSync(join(there, 'd0/f1'), 0o644)
    chmodSync(join(here, 'd0/locked'), 0o644)
    await until('it has come too', () => existsSync(join(there, 'd0/locked')))
    await settle('unreadable', carl, dora)
    expectSame(here, there)
  } finally {
    await own.end()
  }
})

test('a file that is written to all the time does not keep the others', async () => {
  const [here, there] = await shareSmall('changing', 5)
  const writing = setInterval(() => appendFileSync(join(here, 'log'), 'one more line\n'), 5)
  try {
    write(here, 'note', 'beside a log')
    await until('the note has come', () => existsSync(join(there, 'note')))
  } finally {
    clearInterval(writing)
  }
  await settle('changing', anna, ben)
  expectSame(here, there)
})

test('what is ignored stays where it is, and becoming ignored is no deletion', async () => {
  const [here, there] = await shareSmall('ignore', 20)
  write(here, 'build/out.o', 'object')
  write(here, 'd0/f1', 'edited before it is ignored')
  await settle('ignore', anna, ben)
  write(here, '.holdfastignore', 'build/\n*.tmp\n')
  write(here, 'build/new.o', 'object')
  write(here, 'note.tmp', 'temporary')
  await settle('ignore', anna, ben)
  expect(existsSync(join(there, 'build/out.o'))).toBe(true)
  expect(existsSync(join(there, 'build/new.o'))).toBe(false)
  expect(existsSync(join(there, 'note.tmp'))).toBe(false)
  expect(existsSync(join(here, 'build/out.o'))).toBe(true)
  expect(readFileSync(join(there, '.holdfastignore'), 'utf8')).toContain('build/')
})

test('what one device ignores and another does not yet is neither brought there nor waited for, and comes when it is ignored no more', async () => {
  const [here, there] = await shareSmall('ignored-alone', 5)
  write(here, 'keep.log', 'base')
  write(here, 'gone.log', 'base')
  await settle('ignored-alone', anna, ben)
  await ben.stop()
  write(here, '.holdfastignore', '*.log\nbuild/\n')
  write(here, 'keep.log', 'by anna, ignored')
  await anna.cli('scan', 'ignored-alone')
  write(there, 'keep.log', 'by ben')
  rmSync(join(there, 'gone.log'))
  write(there, 'bin/build/o.log', 'object')
  write(there, 'bin/other', 'other')
  ben = await cluster.restart(ben)
  await settle('ignored-alone', anna, ben)
  expect(readFileSync(join(here, 'keep.log'), 'utf8')).toBe('by anna, ignored')
  expect([existsSync(join(here, 'gone.log')), existsSync(join(here, 'bin/build'))]).toEqual([true, false])
  expect(readFileSync(join(here, 'bin/other'), 'utf8')).toBe('other')
  expect((await folderOf(anna, 'ignored-alone')).needEntries).toBe(0)
  write(here, '.holdfastignore', '# nothing\n')
  await settle('ignored-alone', anna, ben)
  expectSame(here, there)
  expect(existsSync(join(here, 'gone.log'))).toBe(false)
  expect(readFileSync(join(here, 'bin/build/o.log'), 'utf8')).toBe('object')
  expect((await folderOf(anna, 'ignored-alone')).conflicts).toBe(1)
})
