import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { systemClock, type Clock } from '#base'

import { isHidden, listDirectory, listedPlace } from '../../src/daemon/directories.ts'
import { SlowLooks } from '../../src/daemon/slow-looks.ts'
import { eventually } from '../api/eventually.ts'

const WINDOWS = { platform: 'win32', home: 'C:\\Users\\me' } as const
const LINUX = { platform: 'linux', home: '/home/me' } as const
const isRoot = process.getuid?.() === 0

const HURRIED: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms / 100, run) }

let root: string

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-directories-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
})

test('a place is told with what is above it, and a root with nothing', () => {
  expect(listedPlace(undefined, LINUX)).toEqual({ path: '/home/me', parent: '/home' })
  expect(listedPlace('/home/me/../you/', LINUX)).toEqual({ path: '/home/you', parent: '/home' })
  expect(listedPlace('/', LINUX)).toEqual({ path: '/', parent: null })
  expect(() => listedPlace('me', LINUX)).toThrow(/not absolute/)
})

test('on Windows the drives are above all', () => {
  expect(listedPlace(undefined, WINDOWS)).toEqual({ path: 'C:\\Users\\me', parent: 'C:\\Users' })
  expect(listedPlace('D:/music', WINDOWS)).toEqual({ path: 'D:\\music', parent: 'D:\\' })
  expect(listedPlace('D:\\', WINDOWS)).toEqual({ path: 'D:\\', parent: '/' })
  expect(listedPlace('/', WINDOWS)).toEqual({ path: '/', parent: null })
  for (const path of ['\\music', 'D:music']) expect(() => listedPlace(path, WINDOWS)).toThrow(/not absolute/)
})

test('directories come by name, hidden ones and files left out, with the folder that is there', async () => {
  for (const name of ['b2', 'b10', 'A', '.cache']) mkdirSync(join(root, name))
  writeFileSync(join(root, 'file'), '')
  symlinkSync(join(root, 'A'), join(root, 'link'))
  symlinkSync(join(root, 'nowhere'), join(root, 'dangling'))
  const { path, parent, directories, more } = await listDirectory(root, [{ name: 'photos', path: join(root, 'A') }])
  expect([path, parent, more]).toEqual([root, realpathSync(tmpdir()), false])
  expect(directories.map(({ name, shared }) => [name, shared])).toEqual([
    ['A', 'photos'],
    ['b2', null],
    ['b10', null],
    ['link', 'photos'],
  ])
  expect(directories[0]!.path).toBe(join(root, 'A'))
  expect([isHidden('.git', 'linux'), isHidden('$RECYCLE.BIN', 'win32'), isHidden('$RECYCLE.BIN', 'linux')]).toEqual([
    true,
    true,
    false,
  ])
})

test('of a very long list the beginning is told', async () => {
  for (let at = 0; at < 501; at++) mkdirSync(join(root, String(at).padStart(3, '0')))
  const { directories, more } = await listDirectory(root, [])
  expect([directories.length, directories.at(-1)!.name, more]).toEqual([500, '499', true])
})

test('a place that does not answer, as where a disk is away, is left out, and there is more', async () => {
  for (const name of ['a', 'dead', 'z']) mkdirSync(join(root, name))
  const { directories, more } = await listDirectory(root, [], {
    ...LINUX,
    looks: new SlowLooks(HURRIED),
    isOpen: (path) => (path.endsWith('dead') ? new Promise(() => undefined) : Promise.resolve(true)),
  })
  expect([directories.map(({ name }) => name), more]).toEqual([['a', 'z'], true])
})

test('places that do not answer take three calls at most, over all who ask, until these end', async () => {
  const dead = ['1', '2', '3', '4'].map((number) => `dead ${number}`)
  for (const name of [...dead, 'z']) mkdirSync(join(root, name))
  const held: (() => void)[] = []
  let [at, most] = [0, 0]
  const isOpen = async (path: string): Promise<boolean> => {
    most = Math.max(most, ++at)
    if (path.includes('dead') && held.length < 3) await new Promise<void>((resolve) => held.push(resolve))
    at--
    return true
  }
  const disk = { ...LINUX, looks: new SlowLooks(HURRIED), isOpen }
  const ask = (path: string) => listDirectory(path, [], disk)
  const found = await Promise.all([1, 2, 3].map(() => ask(root).catch(({ code }: { code: string }) => code)))
  expect(found).toContainEqual(expect.objectContaining({ more: true }))
  expect([held.length, most]).toEqual([3, 3])
  await expect(ask(root)).rejects.toMatchObject({ code: 'timeout', hint: expect.any(String) })
  // One that has ended leaves its turn to the next; the others are known not to answer.
  held[0]!()
  await eventually(async () => (await ask(root)).directories.map(({ name }) => name)).toContain('z')
  for (const end of held) end()
  await eventually(async () => (await ask(root)).more).toBe(false)
  expect(most).toBe(3)
})

test('what is below a place that does not answer takes no call', async () => {
  const looks = new SlowLooks(HURRIED)
  const never = (): Promise<string> => new Promise(() => undefined)
  expect(await looks.look('/mnt/away', 1, never)).toBeUndefined()
  let calls = 0
  const look = (path: string) => looks.look(path, 1_000, async () => ++calls)
  expect([await look('/mnt/away'), await look('/mnt/away/a'), await look('/mnt'), await look('/mnt/awayness')]).toEqual([
    undefined,
    undefined,
    1,
    2,
  ])
})

test('what cannot be listed says why, and what to do', async () => {
  writeFileSync(join(root, 'file'), '')
  await expect(listDirectory(join(root, 'none'), [])).rejects.toMatchObject({ code: 'not-found', hint: expect.any(String) })
  await expect(listDirectory(join(root, 'file'), [])).rejects.toMatchObject({ code: 'usage', hint: expect.any(String) })
})

test.skipIf(isRoot)('one that this user may not read is denied, and left out of its parent', async () => {
  mkdirSync(join(root, 'private'))
  chmodSync(join(root, 'private'), 0)
  expect((await listDirectory(root, [])).directories).toEqual([])
  await expect(listDirectory(join(root, 'private'), [])).rejects.toMatchObject({ code: 'denied', hint: expect.any(String) })
})
