import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { OWN_DIRECTORY } from '#model'
import type { Subject } from './filesystem-suite.ts'
import { macosLike, nodeSubject, simSubject, SUBJECTS, type SimSubject } from './subjects.ts'
import { changedPaths, EMPTY, rowsOf, TestFolder } from './test-folder.ts'

let folder: TestFolder

afterEach(() => folder.close())

async function open(subject: Subject): Promise<TestFolder> {
  folder = await TestFolder.adopted(subject)
  return folder
}

for (const [name, subject] of SUBJECTS) {
  describe(`a scan on the disk ${name}`, () => {
    it('says what is wrong with the ignore rules, and takes the file in as any other', async () => {
      const { user, disk } = await open(subject())
      user.write('.holdfastignore', 'a[\n*.tmp\n')
      user.write('b.tmp', 'x')
      const first = await disk.scan({ snapshot: EMPTY, scopes: null })
      const problem = { path: '.holdfastignore', code: 'ignore-rules', message: 'line 1 is passed over: its [ is never closed' }
      expect([first.problems, changedPaths(first)]).toEqual([[problem], ['.holdfastignore']])
      expect((await disk.scan({ snapshot: EMPTY, scopes: ['c'] })).problems).toEqual([])
      expect((await disk.scan({ snapshot: EMPTY, scopes: ['.holdfastignore'] })).problems).toEqual([problem])
      user.remove('.holdfastignore')
      user.mkdir('.holdfastignore')
      expect((await disk.scan({ snapshot: EMPTY, scopes: null })).problems).toMatchObject([{ message: /nothing is ignored/ }])
    })

    it('reports a new tree, parents before children, and no change after that', async () => {
      const { user, disk } = await open(subject())
      user.write('a/b/file', 'x')
      user.mkdir('a/empty')
      user.symlink('link', 'a/b')
      const first = await disk.scan({ snapshot: EMPTY, scopes: null })
      const paths = changedPaths(first)
      expect(paths.toSorted()).toEqual(['a', 'a/b', 'a/b/file', 'a/empty', 'link'])
      expect(paths.indexOf('a')).toBeLessThan(paths.indexOf('a/b'))
      expect(paths.indexOf('a/b')).toBeLessThan(paths.indexOf('a/b/file'))
      expect(first.targets).toEqual(new Map([['link', 'a/b']]))
      expect(first.entries).toBe(5)
      await folder.note()
      expect(await folder.look()).toMatchObject({ changed: { count: 0 }, vanished: [], problems: [], entries: 5 })
    })

    it('reports edits, new permissions, and what vanished, children before parents', async () => {
      const { user } = await open(subject())
      for (const path of ['same', 'grown', 'moved', 'dir/x', 'dir/y']) user.write(path, path)
      user.mkdir('mode')
      await folder.note()
      user.write('grown', 'grown more')
      user.rename('moved', 'renamed')
      user.chmod('mode', 0o700)
      user.remove('dir')
      const result = await folder.look()
      expect(changedPaths(result).toSorted()).toEqual(['grown', 'mode', 'renamed'])
      expect(result.vanished.toSorted()).toEqual(['dir', 'dir/x', 'dir/y', 'moved'])
      expect(result.vanished.indexOf('dir/x')).toBeLessThan(result.vanished.indexOf('dir'))
    })

    it('sees an edit of the same size whose time was put back, and a file replaced by an equal one', async () => {
      const { user } = await open(subject())
      user.write('edited', 'one')
      user.write('replaced', 'one')
      user.touch('edited', 0)
      await folder.note()
      await tick()
      user.write('edited', 'two')
      user.touch('edited', 0)
      user.save('replaced', 'one')
      expect(changedPaths(await folder.look()).toSorted()).toEqual(['edited', 'replaced'])
    })

    it('reports one kind in the place of another, with what was or is below', async () => {
      const { user } = await open(subject())
      user.write('directory/x', 'x')
      user.write('file', 'x')
      user.symlink('link', 'file')
      await folder.note()
      user.remove('directory')
      user.write('directory', 'now a file')
      user.remove('file')
      user.write('file/x', 'now a directory')
      user.remove('link')
      user.mkdir('link')
      const result = await folder.look()
      expect(
        rowsOf(result)
          .map(({ path, kind }) => `${path} ${kind}`)
          .toSorted(),
      ).toEqual(['directory file', 'file directory', 'file/x file', 'link directory'])
      expect(result.vanished).toEqual(['directory/x'])
    })

    it('tells of single paths whether they are as expected still', async () => {
      const { user, disk } = await open(subject())
      for (const path of ['same', 'edited', 'gone', 'dir/x']) user.write(path, path)
      const items = []
      for (const path of ['same', 'edited', 'gone', 'dir', 'dir/x']) items.push({ path, expected: await folder.stat(path) })
      user.write('edited', 'longer than before')
      user.remove('gone')
      user.write('dir/y', 'new')
      expect(await disk.verify(items)).toEqual([true, false, false, true, true])
      const none = ['gone', 'never/was', 'same', 'dir', 'same/x', '../x'].map((path) => ({ path, expected: null }))
      expect(await disk.verify(none)).toEqual([true, true, false, false, true, false])
    })

    it('looks only at the scopes, but reports what is new above them', async () => {
      const { user } = await open(subject())
      user.write('old/x', 'x')
      user.write('elsewhere', 'x')
      await folder.note()
      user.write('old/x', 'longer')
      user.write('elsewhere', 'longer')
      user.write('new/deep/y', 'y')
      user.write('old/z', 'z')
      const result = await folder.look(['old/x', 'new/deep/y', 'new/deep'])
      expect(
        changedPaths(result)
          .filter((path) => path !== 'old')
          .toSorted(),
      ).toEqual(['new', 'new/deep', 'new/deep/y', 'old/x'])
      expect(result.vanished).toEqual([])
    })

    it('reports a scope that is gone with all that was below, also when its parents are gone or files', async () => {
      const { user } = await open(subject())
      user.write('a/b/x', 'x')
      user.write('c/d/y', 'y')
      user.write('stays', 'x')
      await folder.note()
      user.remove('a')
      user.remove('c')
      user.write('c', 'a file now')
      const result = await folder.look(['a/b', 'c/d'])
      expect(result.vanished.toSorted()).toEqual(['a/b', 'a/b/x', 'c/d', 'c/d/y'])
      expect(rowsOf(result).map(({ path, kind }) => [path, kind])).toEqual([['c', 'file']])
    })

    it('leaves out what is ignored, and does not take what has become ignored for deleted', async () => {
      const { user } = await open(subject())
      for (const path of ['keep', 'a.tmp', 'build/x', 'deep/build/x', 'deep/b.tmp', 'gone.tmp']) user.write(path, 'x')
      await folder.note()
      user.write('.holdfastignore', '*.tmp\n# a comment\n/build\n!important.tmp\n')
      user.remove('gone.tmp')
      user.write('a.tmp', 'edited')
      user.write('important.tmp', 'x')
      const result = await folder.look()
      expect(changedPaths(result).toSorted()).toEqual(['.holdfastignore', 'important.tmp'])
      expect(result).toMatchObject({ vanished: [], ignoredGone: ['gone.tmp'] })
      expect(result.ignoreChanged).toBe(true)
      expect((await folder.look()).ignoreChanged).toBe(false)
      expect((await folder.look(['a.tmp', 'build/x', 'build'])).changed.count).toBe(0)
      user.remove('.holdfastignore')
      expect((await folder.look()).ignoreChanged).toBe(true)
    })

    it('passes over Holdfast’s own directory, wherever it is', async () => {
      const { user } = await open(subject())
      user.write(`inner/${OWN_DIRECTORY}/marker.json`, '{}')
      const result = await folder.look()
      expect(rowsOf(result).map(({ path }) => path)).toEqual(['inner'])
      expect(result.problems).toEqual([])
    })

    it('lists what somebody else has given the name of Holdfast’s own directory, and carries nothing of it', async () => {
      const { user } = await open(subject())
      user.write(`file/${OWN_DIRECTORY}`, 'a file of the user')
      user.write(`directory/${OWN_DIRECTORY}/letter`, 'in a directory of the user')
      const problem = { code: 'name', message: expect.stringContaining(`the name ${OWN_DIRECTORY} is kept for Holdfast`) }
      const problems = ['directory', 'file'].map((path) => ({ ...problem, path: `${path}/${OWN_DIRECTORY}` }))
      const paths = ['directory', 'file']
      for (const scopes of [null, [`file/${OWN_DIRECTORY}`, `directory/${OWN_DIRECTORY}/letter`]]) {
        const result = await folder.look(scopes ?? undefined)
        expect(result.problems.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(problems)
        expect(changedPaths(result).toSorted()).toEqual(paths)
      }
      await folder.note()
      user.remove(`file/${OWN_DIRECTORY}`)
      const result = await folder.look([`file/${OWN_DIRECTORY}`])
      expect(result).toMatchObject({ problems: [], vanished: [] })
    })
  })
}

describe('a scan', () => {
  it('holds what is below an unreadable directory, and goes on with the rest', async () => {
    const { user } = await open(simSubject())
    user.write('closed/x', 'x')
    user.write('open/y', 'y')
    await folder.note()
    user.chmod('closed', 0)
    user.write('open/z', 'z')
    const result = await folder.look()
    expect(result.problems).toEqual([
      { path: 'closed', code: 'unreadable', message: expect.stringContaining('permission is denied') },
    ])
    expect(changedPaths(result)).toEqual(['open/z'])
    expect(result.vanished).toEqual([])
    expect((await folder.look(['closed/x'])).vanished).toEqual([])
  })

  it('does not cross into another disk, and misses nothing of what was tracked behind it', async () => {
    const subject: SimSubject = simSubject()
    const { user } = await open(subject)
    user.write('mount/x', 'x')
    await folder.note()
    for (const inode of subject.disk.all()) if (inode.path.startsWith('/folder/mount')) inode.dev = 2
    user.remove('mount/x')
    user.write('mount/other', 'x')
    const result = await folder.look()
    expect(result.problems).toMatchObject([{ path: 'mount', code: 'device-boundary' }])
    expect(result.changed.count).toBe(0)
    expect(result.vanished).toEqual([])
  })

  it('takes nothing as deleted when the marker goes away meanwhile', async () => {
    const subject = simSubject()
    const { user } = await open(subject)
    user.write('a/x', 'x')
    await folder.note()
    subject.fs.hooks = {
      before({ call, name }) {
        if (call !== 'survey' || name !== '') return
        subject.fs.hooks = {}
        user.remove('a')
        user.remove(OWN_DIRECTORY)
      },
    }
    await expect(folder.look()).rejects.toMatchObject({ code: 'blocked' })
  })

  it('reports thousands of entries, in order, and none of them again', async () => {
    const { user } = await open(simSubject())
    const paths = Array.from({ length: 3_000 }, (_, at) => `d${Math.floor(at / 100)}/f${at}`)
    for (const path of paths) user.write(path, path)
    const files = rowsOf(await folder.look()).filter(({ kind }) => kind === 'file')
    expect(files.map(({ path }) => path).toSorted()).toEqual(paths.toSorted())
    for (const { path, stat } of files) expect(stat.size).toBe(path.length)
    await folder.note()
    expect((await folder.look()).changed.count).toBe(0)
  })

  it('copes with entries that go while it looks', async () => {
    const subject = simSubject()
    const { user } = await open(subject)
    user.write('a/x', 'x')
    user.symlink('link', 'x')
    subject.fs.hooks = {
      before({ call, name }) {
        if (call === 'survey' && name === 'a') {
          subject.fs.hooks = {}
          user.remove('a')
          user.remove('link')
        }
      },
    }
    expect((await folder.look()).problems).toEqual([])
  })

  it('fails as a whole when the ignore rules cannot be read: what they hide must not be published', async () => {
    const { user } = await open(simSubject())
    user.write('.holdfastignore', 'secret\n')
    user.write('secret', 'x')
    user.chmod('.holdfastignore', 0)
    await expect(folder.look()).rejects.toMatchObject({ code: 'denied' })
  })

  it('carries one of two names that are the same but for their normal form: the known one, else the first', async () => {
    const { user } = await open(nodeSubject())
    const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301']
    user.write(`${composed}/x`, 'x')
    user.write(`${decomposed}/y`, 'y')
    let result = await folder.look()
    expect(changedPaths(result).toSorted()).toEqual([decomposed, `${decomposed}/y`])
    expect(result.problems).toMatchObject([{ path: composed, code: 'twin' }])
    user.remove(decomposed)
    await folder.note()
    user.write(`${decomposed}/y`, 'y')
    result = await folder.look()
    expect(result).toMatchObject({ changed: { count: 0 }, vanished: [], problems: [{ path: decomposed, code: 'twin' }] })
    result = await folder.look([`${decomposed}/y`])
    expect(result).toMatchObject({ changed: { count: 0 }, problems: [{ path: decomposed, code: 'twin' }] })
  })

  it('sees a rename that changes only case where the disk folds it, by scopes too', async () => {
    const { user } = await open(simSubject(macosLike))
    user.write('Readme', 'x')
    await folder.note()
    user.rename('Readme', 'README')
    for (const scopes of [null, ['Readme', 'README']]) {
      const result = await folder.look(scopes)
      expect(changedPaths(result)).toEqual(['README'])
      expect(result.vanished).toEqual(['Readme'])
    }
    const paths = ['Readme', 'README'].map((path) => ({ path, expected: null }))
    expect(await folder.disk.verify(paths)).toEqual([true, false])
  })

  it('names what cannot be carried: sockets and pipes, names that are no Unicode', async () => {
    const subject = nodeSubject()
    const { user } = await open(subject)
    execFileSync('mkfifo', [join(subject.root, 'pipe')])
    const server = createServer().listen(join(subject.root, 'socket'))
    writeFileSync(Buffer.concat([Buffer.from(`${subject.root}/bad-`), Buffer.of(0xff)]), 'x')
    user.write('good-\ufffd', 'a real replacement character')
    const result = await folder.look()
    server.close()
    expect(result.problems.map(({ path, code }) => [path, code]).toSorted()).toEqual([
      ['bad-\ufffd', 'name'],
      ['pipe', 'special'],
      ['socket', 'special'],
    ])
    expect(changedPaths(result)).toEqual(['good-\ufffd'])
  })

  it('does not follow links out of the folder', async () => {
    const subject = nodeSubject()
    const { user } = await open(subject)
    mkdirSync(join(subject.root, OWN_DIRECTORY, 'tmp', 'outside'))
    writeFileSync(join(subject.root, OWN_DIRECTORY, 'tmp', 'outside', 'secret'), 'x')
    user.symlink('link', `${OWN_DIRECTORY}/tmp/outside`)
    expect(changedPaths(await folder.look())).toEqual(['link'])
    expect(changedPaths(await folder.look(['link/secret']))).toEqual(['link'])
  })
})

/** Until even a coarse disk clock has moved on. */
function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 25))
}
