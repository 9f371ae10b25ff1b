import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Step } from '#folder'
import { namedSubject, nodeSubject, simSubject, type SimSubject } from './subjects.ts'
import { MTIME, TestFolder } from './test-folder.ts'

let folder: TestFolder
const undo: (() => void)[] = []

afterEach(() => {
  for (const act of undo.splice(0).reverse()) act()
  folder.close()
})

function mount(path: string): boolean {
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', path]).status === 0
  if (isMounted) undo.push(() => void spawnSync('umount', [path]))
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

for (const [name, subject] of [
  ['of Node', nodeSubject],
  ['of Node by names', namedSubject],
] as const) {
  it(`nothing is written to another disk that is mounted inside, on the disk ${name}`, async ({ skip }) => {
    const base = subject()
    folder = await TestFolder.adopted(base)
    const sub = join(base.root, 'sub')
    mkdirSync(sub)
    if (!mount(sub)) return skip('mounting is not allowed here')
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

describe('what was tracked where a disk is mounted', () => {
  function move(subject: SimSubject, dev: number): void {
    for (const inode of subject.disk.all()) if (inode.path.startsWith('/folder/mount')) inode.dev = dev
  }

  it('is set apart, and not deleted, when that disk goes away, also after a restart', async () => {
    const subject = simSubject()
    folder = await TestFolder.adopted(subject)
    const { user } = folder
    for (const path of ['mount/x', 'mount/y', 'other']) user.write(path, path)
    await folder.note()
    // Its files went over to a disk that was mounted in their place; and that one is unmounted.
    user.remove('mount/x')
    user.remove('mount/y')
    move(subject, 2)
    expect(await folder.look()).toMatchObject({ vanished: [], unmounted: [] })
    move(subject, 1)
    user.remove('other')
    for (const scopes of [['mount'], null]) {
      const again = new TestFolder(subject)
      again.known.push(...folder.known)
      expect(await again.look(scopes)).toMatchObject({ unmounted: ['mount/y', 'mount/x'] })
    }
    expect((await folder.look()).vanished).toEqual(['other'])
    // All there: nothing is special about the place any more.
    for (const path of ['mount/x', 'mount/y', 'other']) user.write(path, path)
    expect((await folder.look()).unmounted).toEqual([])
    user.remove('mount/x')
    expect(await folder.look()).toMatchObject({ vanished: ['mount/x'], unmounted: [] })
  })
})
