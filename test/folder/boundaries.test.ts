import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Expected, Step } from '#folder'
import { tablePaths } from '#model'
import { namedSubject, nodeSubject, simSubject, temporaryDirectory, type SimSubject } from './subjects.ts'
import { MTIME, TestFolder } from './test-folder.ts'

let folder: TestFolder
const undo: (() => void)[] = []

afterEach(() => {
  for (const act of undo.splice(0).reverse()) act()
  folder.close()
})

type Mount = (path: string) => boolean

const mountDisk: Mount = (path) => mount('-t', 'tmpfs', '-o', 'size=1m', 'none', path)

/** Another directory of the very disk that the path is on. */
const bindDirectory: Mount = (path) => {
  const { path: source, remove } = temporaryDirectory()
  undo.push(remove)
  chmodSync(source, 0o777)
  return mount('--bind', source, path)
}

function mount(...args: string[]): boolean {
  const isMounted = spawnSync('mount', args).status === 0
  if (isMounted) undo.push(() => void spawnSync('umount', args.slice(-1)))
  return isMounted
}

async function steps(): Promise<Step[]> {
  const file = await folder.thing('moved')
  const rest = { expected: null, archiveAs: null }
  return [
    { do: 'directory', path: 'sub/d', ...rest, mode: 0o755 },
    { do: 'symlink', path: 'sub/l', ...rest, target: 't', mtime: 1 },
    { do: 'place', path: 'sub/f', ...rest, ...(await folder.stage('x')) },
    { do: 'move', path: 'sub/m', ...rest, from: 'moved', fromExpected: file, mode: 0o644, mtime: MTIME },
    { do: 'place', path: 'sub/deep/f', ...rest, ...(await folder.stage('x')) },
  ]
}

for (const [what, mountAt, name, subject] of [
  ['another disk', mountDisk, 'of Node', nodeSubject],
  ['another disk', mountDisk, 'of Node by names', namedSubject],
  ['a directory of the same disk', bindDirectory, 'of Node', nodeSubject],
  ['a directory of the same disk', bindDirectory, 'of Node by names', namedSubject],
] as const) {
  it(`nothing is written to ${what} that is mounted inside, on the disk ${name}`, async ({ skip }) => {
    const base = subject()
    folder = await TestFolder.adopted(base)
    const sub = join(base.root, 'sub')
    mkdirSync(sub)
    if (!mountAt(sub)) return skip('mounting is not allowed here')
    mkdirSync(join(sub, 'deep'))
    writeFileSync(join(sub, 'own'), 'of the other disk')
    folder.user.write('moved', 'x')
    const results = await folder.disk.transition(await steps())
    expect(results.map((result) => (result.ok ? 'ok' : result.code))).toEqual(results.map(() => 'device-boundary'))
    expect(readdirSync(sub).sort()).toEqual(['deep', 'own'])
    expect(readdirSync(join(sub, 'deep'))).toEqual([])
    expect(folder.user.read('moved')).toBe('x')
    const mode: Step = {
      do: 'directory',
      path: 'sub',
      expected: { kind: 'directory', stat: statOf(0o1777 & 0o777) },
      mode: 0o700,
      archiveAs: null,
    }
    expect(await folder.disk.transition([mode])).toMatchObject([{ ok: false, code: 'device-boundary' }])
    return undefined
  })
}

function statOf(mode: number) {
  return { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode }
}

it('nothing takes the place of a file that another one is mounted at', async ({ skip }) => {
  const base = nodeSubject()
  folder = await TestFolder.adopted(base)
  folder.user.write('file', 'below')
  const { path: source, remove } = temporaryDirectory()
  undo.push(remove)
  writeFileSync(join(source, 'other'), 'above')
  if (!mount('--bind', join(source, 'other'), join(base.root, 'file'))) return skip('mounting is not allowed here')
  const { problems, changed } = await folder.look()
  expect(problems).toMatchObject([{ path: 'file', code: 'device-boundary' }])
  expect(tablePaths(changed)).toEqual([])
  const { size, mtimeMs, ctimeMs, ino, mode } = statSync(join(base.root, 'file'))
  const expected: Expected = { kind: 'file', stat: { size, mtimeMs, ctimeMs, ino, mode: mode & 0o777 } }
  const step: Step = { do: 'place', path: 'file', expected, ...(await folder.stage('x')), archiveAs: 'a' }
  expect(await folder.disk.transition([step])).toMatchObject([{ ok: false, code: 'device-boundary' }])
  expect(folder.user.kind('.holdfast/archive/file')).toBeUndefined()
  return undefined
})

it('what a mount hides from a look that is under way is not taken as deleted', async () => {
  const subject = simSubject()
  folder = await TestFolder.adopted(subject)
  const { user, fs } = folder
  for (const path of ['mount/x', 'mount/y', 'other']) user.write(path, path)
  await folder.note()
  user.remove('other')
  subject.fs.hooks.before = ({ call, name }) => {
    if (call !== 'survey' || name !== 'mount') return
    subject.fs.hooks = {}
    for (const path of ['mount/x', 'mount/y']) user.remove(path)
    subject.disk.mounts.add('/folder/mount')
  }
  expect(await folder.look()).toMatchObject({ vanished: ['other'], unmounted: ['mount/y', 'mount/x'] })
  expect(fs.mountPoints(fs.openRoot('/folder'))).toEqual(['mount'])
})

describe.each([
  [
    'another disk',
    (subject: SimSubject, isMounted: boolean) => {
      for (const inode of subject.disk.all()) if (inode.path.startsWith('/folder/mount')) inode.dev = isMounted ? 2 : 1
    },
  ],
  [
    'a directory of the same disk',
    ({ disk }: SimSubject, isMounted: boolean) => {
      if (isMounted) disk.mounts.add('/folder/mount')
      else disk.mounts.clear()
    },
  ],
])('what was tracked where %s is mounted', (_, move) => {
  it('is set apart, and not deleted, when that goes away, also after a restart', async () => {
    const subject = simSubject()
    folder = await TestFolder.adopted(subject)
    const { user } = folder
    for (const path of ['mount/x', 'mount/y', 'other']) user.write(path, path)
    await folder.note()
    // Its files went over to a disk that was mounted in their place; and that one is unmounted.
    user.remove('mount/x')
    user.remove('mount/y')
    move(subject, true)
    // Meanwhile the stage is cleaned, as after each pull.
    const [found] = await Promise.all([folder.look(), folder.disk.cleanStage(() => [])])
    expect(found).toMatchObject({ vanished: [], unmounted: [] })
    move(subject, false)
    user.remove('other')
    for (const scopes of [['mount'], null]) {
      const again = new TestFolder(subject)
      again.known.push(...folder.known)
      expect(await again.look(scopes)).toMatchObject({ unmounted: ['mount/y', 'mount/x'] })
    }
    // Meanwhile the place, or what it is in, cannot be looked at.
    subject.fs.hooks.before = ({ call, name }) => {
      if (call === 'survey' && name === 'mount') throw Object.assign(new Error('EIO'), { code: 'EIO' })
    }
    expect(await folder.look()).toMatchObject({ problems: [{ path: 'mount', code: 'unreadable' }], unmounted: [] })
    subject.fs.hooks = {}
    expect(await folder.look()).toMatchObject({ vanished: ['other'], unmounted: ['mount/y', 'mount/x'] })
    // All there: nothing is special about the place any more.
    for (const path of ['mount/x', 'mount/y', 'other']) user.write(path, path)
    expect((await folder.look()).unmounted).toEqual([])
    user.remove('mount/x')
    expect(await folder.look()).toMatchObject({ vanished: ['mount/x'], unmounted: [] })
  })
})
