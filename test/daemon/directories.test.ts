import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#base'
import { isHidden, listDirectory, listedPlace } from '../../src/daemon/directories.ts'

const WINDOWS = { platform: 'win32', home: 'C:\\Users\\me' } as const
const LINUX = { platform: 'linux', home: '/home/me' } as const
const isRoot = process.getuid?.() === 0

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
    clock: { ...systemClock, after: (ms, run) => systemClock.after(ms / 100, run) },
    isOpen: (path) => (path.endsWith('dead') ? new Promise(() => undefined) : Promise.resolve(true)),
  })
  expect([directories.map(({ name }) => name), more]).toEqual([['a', 'z'], true])
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
