import { afterEach, describe, expect, it } from 'vitest'
import type { Clock } from '#base'
import type { Expected, Step, StepResult } from '#folder'
import type { Subject } from './filesystem-suite.ts'
import { macosLike, simSubject, SUBJECTS, windowsLike } from './subjects.ts'
import { MTIME, TestFolder } from './test-folder.ts'

let folder: TestFolder

afterEach(() => folder.close())

async function open(subject: Subject & { clock?: Clock }): Promise<TestFolder> {
  folder = await TestFolder.adopted(subject)
  return folder
}

async function act(...steps: Step[]): Promise<StepResult[]> {
  return await folder.disk.transition(steps)
}

async function codes(...steps: Step[]): Promise<string[]> {
  return (await act(...steps)).map((result) => (result.ok ? 'ok' : result.code))
}

async function place(path: string, content: string, archiveAs: string | null = 'old'): Promise<Step> {
  return { do: 'place', path, expected: await folder.stat(path), ...(await folder.stage(content)), archiveAs }
}

async function remove(path: string, archiveAs: string | null = 'old'): Promise<Step> {
  return { do: 'remove', path, expected: await folder.thing(path), archiveAs }
}

async function move(from: string, path: string): Promise<Step> {
  const fromExpected = await folder.thing(from)
  return {
    do: 'move',
    path,
    expected: await folder.stat(path),
    from,
    fromExpected,
    mode: modeOf(fromExpected),
    mtime: MTIME,
    archiveAs: 'over',
  }
}

function modeOf({ kind }: { kind: string }): number {
  return kind === 'directory' ? 0o755 : 0o644
}

async function directory(path: string, mode = 0o755): Promise<Step> {
  return { do: 'directory', path, expected: await folder.stat(path), mode, archiveAs: 'old' }
}

async function link(path: string, target: string): Promise<Step> {
  return { do: 'symlink', path, expected: await folder.stat(path), target, mtime: MTIME, archiveAs: 'old' }
}

for (const [name, subject] of SUBJECTS) {
  describe(`a transition on the disk ${name}`, () => {
    it('places new files, and tells their stat as a scan would', async () => {
      const { user } = await open(subject())
      user.mkdir('dir')
      const [one, two] = await act(await place('one', 'first'), await place('dir/two', 'second'))
      expect(user.tree()).toEqual({ dir: '/', 'dir/two': 'second', one: 'first' })
      expect(one).toEqual({ ok: true, stat: (await folder.thing('one')).stat })
      expect(two).toEqual({ ok: true, stat: (await folder.thing('dir/two')).stat })
      expect(user.names('.holdfast/tmp')).toEqual([])
      expect(user.archived()).toEqual([])
    })

    it('replaces a file and keeps the old one in the archive', async () => {
      const { user } = await open(subject())
      user.write('docs/file.txt', 'old')
      const [result] = await act(await place('docs/file.txt', 'new', 'v0'))
      expect(result).toMatchObject({ ok: true, archived: { path: 'docs/file.txt', size: 3 } })
      expect(user.tree()).toEqual({ docs: '/', 'docs/file.txt': 'new' })
      expect(user.archived()).toEqual(['old'])
      const [entry] = await folder.disk.archived()
      expect(entry).toEqual(result?.ok === true && result.archived)
      expect(user.read(`.holdfast/archive/${entry!.name}`)).toBe('old')
    })

    it('touches nothing that is not what was expected', async () => {
      const { user } = await open(subject())
      for (const path of ['replaced', 'removed', 'moved', 'over', 'mode']) user.write(path, 'as known')
      const steps: Step[] = [
        await place('replaced', 'new'),
        await place('appeared', 'new'),
        await remove('removed'),
        await move('moved', 'target'),
        { ...(await move('moved', 'over')), path: 'over' } as Step,
        { do: 'metadata', path: 'mode', expected: await folder.thing('mode'), mode: 0o600, mtime: 0 },
        await directory('directory'),
        await link('link', 'x'),
      ]
      const edited = ['replaced', 'appeared', 'removed', 'moved', 'over', 'mode', 'directory', 'link']
      for (const path of edited) user.write(path, 'an edit that nobody has seen')
      expect(await codes(...steps)).toEqual(steps.map(() => 'changed'))
      expect(user.tree()).toEqual(Object.fromEntries(edited.map((path) => [path, 'an edit that nobody has seen'])))
      expect(user.archived()).toEqual([])
    })

    it('tells the new change time of what it could not replace or move, so that the next try takes it for no edit', async () => {
      const { user, fs } = await open(subject())
      for (const path of ['d/x', 'd/from']) user.write(path, 'old')
      user.mkdir('e')
      const over = (await place('d/x', 'new')) as Extract<Step, { do: 'place' }>
      const away = (await move('d/from', 'e/to')) as Extract<Step, { do: 'move' }>
      const refuse = (name: string): void => {
        if (name === 'x' || name === 'from') throw Object.assign(new Error('EACCES: refused'), { code: 'EACCES' })
      }
      const { rename, unlink } = fs
      fs.rename = (from, name, to, other) => (refuse(other), refuse(name), rename.call(fs, from, name, to, other))
      fs.unlink = (from, name) => (refuse(name), unlink.call(fs, from, name))
      const first = await act(over, away)
      const stats = first.map((result) => (result.ok ? undefined : result.still?.stat))
      const now = (at: number, before: Expected): Expected => ({ ...before!, stat: stats[at] ?? before!.stat })
      const again = [
        { ...over, expected: now(0, over.expected) },
        { ...away, fromExpected: now(1, away.fromExpected) },
      ] as Step[]
      expect(first.map((result) => !result.ok && result.code)).toEqual(['denied', 'denied'])
      expect(stats[0]).toEqual((await folder.thing('d/x')).stat)
      expect(await codes(...again)).toEqual(['denied', 'denied'])
      expect(user.tree()).toEqual({ d: '/', 'd/from': 'old', 'd/x': 'old', e: '/' })
    })

    it('tells of no change time where the file was edited when it could not be replaced', async () => {
      const { user, fs } = await open(subject())
      user.write('x', 'old')
      const step = await place('x', 'new')
      fs.rename = () => {
        user.write('x', 'an edit')
        throw Object.assign(new Error('EACCES: refused'), { code: 'EACCES' })
      }
      expect(await act(step)).toEqual([{ ok: false, code: 'denied', message: expect.any(String) }])
    })

    it('says so when what was expected is gone, or the staged file is', async () => {
      const { user } = await open(subject())
      for (const path of ['a', 'b', 'c', 'd']) user.write(path, 'x')
      const steps = [await place('a', 'new'), await remove('b'), await move('c', 'e')]
      const staged = { ...(await place('d', 'new')), staged: 'nothing' } as Step
      for (const path of ['a', 'b', 'c']) user.remove(path)
      expect(await codes(...steps, staged)).toEqual(['changed', 'changed', 'changed', 'gone'])
      expect(user.tree()).toEqual({ d: 'x' })
      expect(user.archived()).toEqual([])
    })

    it('makes directories with their permissions, links with their time, and changes metadata', async () => {
      const { user } = await open(subject())
      user.write('file', 'x')
      const metadata: Step = { do: 'metadata', path: 'file', expected: await folder.thing('file'), mode: 0o755, mtime: MTIME }
      const results = await act(
        await directory('dir', 0o750),
        { ...(await directory('dir/sub', 0o700)) },
        await link('dir/link', 'any/where'),
        metadata,
      )
      expect(results.map(({ ok }) => ok)).toEqual([true, true, true, true])
      expect(user.tree()).toEqual({ dir: '/', 'dir/sub': '/', 'dir/link': '→ any/where', file: 'x' })
      for (const [path, mode, mtime] of [
        ['dir', 0o750, 0],
        ['dir/sub', 0o700, 0],
        ['file', 0o755, MTIME],
      ] as const) {
        const { stat } = await folder.thing(path)
        expect([path, stat.mode, Math.round(stat.mtimeMs * 1000)]).toEqual([path, mode, mtime])
      }
      expect(Math.round((await folder.thing('dir/link')).stat.mtimeMs * 1000)).toBe(MTIME)
      const [again] = await act(await directory('dir', 0o711))
      expect(again).toMatchObject({ ok: true, stat: { mode: 0o711 } })
    })

    it('removes files and links into the archive, and directories only when they are empty', async () => {
      const { user } = await open(subject())
      user.write('dir/known', 'x')
      user.write('dir/unknown', 'not in the index')
      user.symlink('link', 'dir')
      user.write('forgotten', 'x')
      const steps = [await remove('dir/known'), await remove('link'), await remove('dir'), await remove('forgotten', null)]
      expect(await codes(...steps)).toEqual(['ok', 'ok', 'not-empty', 'ok'])
      expect(user.tree()).toEqual({ dir: '/', 'dir/unknown': 'not in the index' })
      expect(user.archived()).toEqual(['x', '→ dir'])
      user.remove('dir/unknown')
      expect(await act(await remove('dir'))).toEqual([{ ok: true, stat: null }])
      expect(user.tree()).toEqual({})
    })

    it('moves files, links and directories, and archives what was at their new place', async () => {
      const { user } = await open(subject())
      user.write('a', 'a')
      user.write('over', 'was here')
      user.symlink('link', 'a')
      user.write('dir/x', 'x')
      user.mkdir('deep')
      const { stat } = await folder.thing('a')
      const results = await act(await move('a', 'over'), await move('link', 'deep/link'), await move('dir', 'deep/dir'))
      expect(results).toMatchObject([{ ok: true, archived: { path: 'over' } }, { ok: true }, { ok: true }])
      expect(user.tree()).toEqual({ deep: '/', 'deep/dir': '/', 'deep/dir/x': 'x', 'deep/link': '→ a', over: 'a' })
      expect((await folder.thing('over')).stat.ino).toBe(stat.ino)
      expect(user.archived()).toEqual(['was here'])
      expect(await codes({ ...(await move('deep/dir', 'deep/dir/into')) })).not.toEqual(['ok'])
    })

    it('swaps and turns files round by a free name, in order', async () => {
      const { user } = await open(subject())
      user.write('a', 'A')
      user.write('b', 'B')
      const known = { a: await folder.thing('a'), b: await folder.thing('b') }
      const [first] = await act({ ...(await move('a', 'free')), fromExpected: known.a } as Step)
      expect(first).toMatchObject({ ok: true })
      expect(await codes(await move('b', 'a'))).toEqual(['ok'])
      expect(await codes(await move('free', 'b'))).toEqual(['ok'])
      expect(user.tree()).toEqual({ a: 'B', b: 'A' })
    })

    it('puts one kind in the place of another', async () => {
      const { user } = await open(subject())
      user.write('file-to-directory', 'old file')
      user.mkdir('directory-to-file')
      user.mkdir('directory-to-link')
      user.write('file-to-link', 'old file 2')
      user.symlink('link-to-file', 'target 1')
      user.symlink('link-to-directory', 'target 2')
      user.symlink('link-to-link', 'target 3')
      const steps = [
        await directory('file-to-directory', 0o700),
        await place('directory-to-file', 'file'),
        await link('directory-to-link', 'there'),
        await link('file-to-link', 'there'),
        await place('link-to-file', 'file'),
        await directory('link-to-directory'),
        await link('link-to-link', 'there'),
      ]
      expect(await codes(...steps)).toEqual(steps.map(() => 'ok'))
      expect(user.tree()).toEqual({
        'directory-to-file': 'file',
        'directory-to-link': '→ there',
        'file-to-directory': '/',
        'file-to-link': '→ there',
        'link-to-directory': '/',
        'link-to-file': 'file',
        'link-to-link': '→ there',
      })
      expect(user.archived()).toEqual(['old file', 'old file 2', '→ target 1', '→ target 2', '→ target 3'])
      user.write('full/x', 'x')
      expect(await codes({ ...(await place('full', 'file')) })).toEqual(['not-empty'])
      expect(user.read('full/x')).toBe('x')
    })

    it('goes through no link, and refuses paths that leave the folder', async () => {
      const { user } = await open(subject())
      user.mkdir('real')
      user.symlink('link', 'real')
      user.write('file', 'x')
      const staged = await folder.stage('new')
      const at = (path: string): Step => ({ do: 'place', path, expected: null, ...staged, archiveAs: null })
      expect(await codes(at('link/x'), at('file/x'), at('nothing/x'))).toEqual(['parent', 'parent', 'parent'])
      const paths = ['../x', '/etc/x', 'real/../../x', '.holdfast/marker.json', 'a\0b', 'real//x', './x', '']
      expect(await codes(...paths.map(at))).toEqual(paths.map(() => 'name'))
      expect(user.tree()).toEqual({ file: 'x', link: '→ real', real: '/' })
    })

    it('refuses names that are too long, and carries those of 255 bytes, into the archive too', async () => {
      const { user } = await open(subject())
      const longest = `${'ü'.repeat(125)}y.txt`
      expect(Buffer.byteLength(longest)).toBe(255)
      expect(await codes(await place(longest, 'one'))).toEqual(['ok'])
      expect(await codes(await place(longest, 'two', 'v1'))).toEqual(['ok'])
      expect((await folder.disk.archived()).map(({ path }) => path)).toEqual([longest])
      const staged = await folder.stage('x')
      expect(await codes({ do: 'place', path: 'x'.repeat(256), expected: null, ...staged, archiveAs: null })).toEqual(['name'])
      expect(user.read(longest)).toBe('two')
    })

    it('does two hundred steps in directories new and old, more than it keeps open', async () => {
      const { user } = await open(subject())
      const steps: Step[] = []
      for (let at = 0; at < 150; at++)
        steps.push({ do: 'directory', path: `d${at}`, expected: null, mode: 0o755, archiveAs: null })
      for (let at = 0; at < 150; at++)
        steps.push({ do: 'place', path: `d${at}/f`, expected: null, ...(await folder.stage(`${at}`)), archiveAs: null })
      expect(new Set(await codes(...steps))).toEqual(new Set(['ok']))
      expect(Object.keys(user.tree()).length).toBe(300)
      const removals = [...Array(150).keys()].flatMap((at) => [`d${at}/f`, `d${at}`])
      expect(new Set(await codes(...(await Promise.all(removals.map((path) => remove(path))))))).toEqual(new Set(['ok']))
      expect(user.archived().length).toBe(150)
    })
  })
}

describe('a transition', () => {
  it('leaves a directory that may not be written to as it was, with the change inside', async () => {
    const { user } = await open(simSubject())
    user.write('locked/old', 'old')
    user.write('locked/gone', 'gone')
    user.mkdir('locked/sub')
    user.write('from/moved', 'moved')
    user.chmod('locked', 0o555)
    user.chmod('from', 0o500)
    const steps = [
      await place('locked/old', 'new'),
      await place('locked/new', 'new'),
      await remove('locked/gone'),
      await remove('locked/sub'),
      await move('from/moved', 'locked/moved'),
    ]
    expect(await codes(...steps)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
    expect(user.tree()).toEqual({ from: '/', locked: '/', 'locked/moved': 'moved', 'locked/new': 'new', 'locked/old': 'new' })
    expect((await folder.thing('locked')).stat.mode).toBe(0o555)
    expect((await folder.thing('from')).stat.mode).toBe(0o500)
  })

  it('never replaces what somebody puts there between the look and the deed', async () => {
    for (const [options, call] of [
      [{}, 'link'],
      [{}, 'mkdir'],
      [{}, 'symlink'],
    ] as const) {
      const subject = simSubject(options)
      const { user } = await open(subject)
      const steps = { link: await place('x', 'new'), mkdir: await directory('x'), symlink: await link('x', 'y') }
      subject.fs.hooks = {
        before(now) {
          if (now.call !== call || (now.directory !== '/folder' && call !== 'link')) return
          subject.fs.hooks = {}
          user.write('x', 'just came')
        },
      }
      expect(await codes(steps[call])).toEqual(['changed'])
      expect(user.tree()).toEqual({ x: 'just came' })
    }
  })

  it('writes nothing outside when a parent is swapped for a link in that very moment', async () => {
    const subject = simSubject()
    const { user, fs } = await open(subject)
    fs.mkdir(fs.openRoot('/'), 'outside')
    user.write('parent/replaced', 'old')
    user.write('parent/removed', 'old')
    const steps = [await place('parent/new', 'new'), await place('parent/replaced', 'new'), await remove('parent/removed')]
    let calls = 0
    subject.fs.hooks = {
      before({ call, directory }) {
        if (call !== 'link' || directory !== '/folder/.holdfast/tmp' || calls++ > 0) return
        user.rename('parent', 'moved')
        user.symlink('parent', '/outside')
      },
    }
    const results = await codes(...steps)
    expect(calls).toBe(1)
    expect(results.includes('ok') ? user.kind('moved/new') : 'file').toBe('file')
    expect(fs.list(fs.openRoot('/outside'))).toEqual([])
    expect(user.tree()['parent']).toBe('→ /outside')
    expect(
      [...Object.values(user.tree()), ...user.archived()].filter((content) => content === 'old').length,
    ).toBeGreaterThanOrEqual(2)
  })

  it('keeps an edit that comes after the old file got its second name', async () => {
    for (const edit of ['write', 'save'] as const) {
      const subject = simSubject()
      const { user } = await open(subject)
      user.write('x', 'old')
      const step = await place('x', 'new')
      subject.fs.hooks = {
        before(now) {
          // The flush of the archive, between the second name and the last look.
          if (now.call !== 'flush') return
          subject.fs.hooks = {}
          user[edit]('x', 'edited')
        },
      }
      expect(await codes(step)).toEqual(['changed'])
      expect(user.tree()).toEqual({ x: 'edited' })
    }
  })

  it('puts back what it moved to the archive when it turns out to be another file', async () => {
    const subject = simSubject()
    const { user } = await open(subject)
    user.write('x', 'old')
    const step = await remove('x')
    subject.fs.hooks = {
      before(now) {
        if (now.call !== 'rename' || now.name !== 'x') return
        subject.fs.hooks = {}
        user.save('x', 'saved in that very moment')
      },
    }
    expect(await codes(step)).toEqual(['changed'])
    expect(user.tree()).toEqual({ x: 'saved in that very moment' })
    expect(user.archived()).toEqual([])
  })

  it('keeps what a program writes later into the file that was replaced', async () => {
    const subject = simSubject()
    const { user, fs } = await open(subject)
    user.write('x', 'old')
    const root = fs.openRoot(subject.root)
    const handle = fs.open(root, 'x', 'write')
    expect(await codes(await place('x', 'new'))).toEqual(['ok'])
    fs.write(handle, Buffer.from('late'), 0)
    expect(user.tree()).toEqual({ x: 'new' })
    expect(user.archived()).toEqual(['late'])
  })

  it('waits a while for a file that a program has open, where the system minds, then says so', async () => {
    const subject = simSubject(windowsLike)
    const { user } = await open(subject)
    user.write('x', 'old')
    const inode = [...subject.disk.all()].find(({ path }) => path === '/folder/x')!
    inode.held = 1
    expect(await codes(await place('x', 'new'))).toEqual(['denied'])
    expect(user.tree()).toEqual({ x: 'old' })
    const step = await place('x', 'new')
    let tries = 0
    subject.fs.hooks = {
      before({ call }) {
        if (call === 'rename' && ++tries === 4) inode.held = 0
      },
    }
    expect(await codes(step)).toEqual(['ok'])
    expect(user.tree()).toEqual({ x: 'new' })
  })

  it('refuses names that the platform cannot hold', async () => {
    await open(simSubject(windowsLike))
    const staged = await folder.stage('x')
    const names = ['CON', 'nul.txt', 'com1', 'a:b', 'what?', 'dot.', 'space ', 'back\\slash', 'a"b', 'LPT9.log']
    expect(
      await codes(...names.map((path): Step => ({ do: 'place', path, expected: null, ...staged, archiveAs: null }))),
    ).toEqual(names.map(() => 'name'))
    expect(await codes({ do: 'place', path: 'console', expected: null, ...staged, archiveAs: null })).toEqual(['ok'])
  })

  it('tells a name that the disk takes for another from an edit, and renames from one spelling to another', async () => {
    const { user } = await open(simSubject(macosLike))
    user.write('Readme', 'x')
    user.mkdir('Dir')
    const staged = await folder.stage('other')
    expect(await codes({ do: 'place', path: 'README', expected: null, ...staged, archiveAs: null })).toEqual(['name'])
    const spelled: Step[] = []
    for (const [from, path] of [
      ['Readme', 'README'],
      ['Dir', 'DIR'],
    ] as const) {
      const fromExpected = await folder.thing(from)
      spelled.push({
        do: 'move',
        path,
        expected: null,
        from,
        fromExpected,
        mode: modeOf(fromExpected),
        mtime: MTIME,
        archiveAs: null,
      })
    }
    expect(await codes(...spelled)).toEqual(['ok', 'ok'])
    expect(user.tree()).toEqual({ DIR: '/', README: 'x' })
  })

  it('says that the disk is full, and changes nothing', async () => {
    const subject = simSubject(windowsLike)
    const { user } = await open(subject)
    user.write('x', 'y'.repeat(1000))
    const step = await place('x', 'new')
    subject.disk.capacity = 1
    subject.disk.capacity = subject.disk.used() + 10
    // Without hard links the old file has to be copied to the archive.
    expect(await codes(step)).toEqual(['full'])
    expect(user.tree()).toEqual({ x: 'y'.repeat(1000) })
    expect(user.archived()).toEqual([])
  })

  it('fails every step when the directories cannot be flushed', async () => {
    const subject = simSubject()
    await open(subject)
    const steps = [await place('a', 'x'), await place('b', 'x')]
    subject.fs.hooks = {
      before({ call }) {
        if (call === 'flush') throw Object.assign(new Error('EIO: flush'), { code: 'EIO' })
      },
    }
    expect(await codes(...steps)).toEqual(['io', 'io'])
  })

  it('fails the steps before, too, when a flush in between fails that was also for them', async () => {
    const subject = simSubject()
    const { user } = await open(subject)
    user.write('b', 'old')
    const steps = [await place('a', 'x'), await place('b', 'new'), await place('c', 'x')]
    let links = 0
    let flushes = 0
    subject.fs.hooks = {
      before({ call, name, directory }) {
        // The early second name fails, so that the step has to make it, and flushes then.
        const isEarly = call === 'link' && name === 'b' && directory === '/folder' && links++ === 0
        if (isEarly) throw Object.assign(new Error('ENOSPC: link'), { code: 'ENOSPC' })
        const isFirst = call === 'flush' && links > 0 && flushes++ === 0
        if (isFirst) throw Object.assign(new Error('EIO: flush'), { code: 'EIO' })
      },
    }
    expect(await codes(...steps)).toEqual(['io', 'io', 'ok'])
    expect(flushes).toBeGreaterThan(1)
  })

  it('goes on after a step that failed', async () => {
    const subject = simSubject()
    const { user } = await open(subject)
    const steps = [await place('a', 'x'), await place('b', 'x'), await place('c', 'x')]
    subject.fs.hooks = {
      before({ call, name }) {
        if (call === 'link' && name === 'b') throw Object.assign(new Error('EIO: link'), { code: 'EIO' })
      },
    }
    expect(await codes(...steps)).toEqual(['ok', 'io', 'ok'])
    expect(user.tree()).toEqual({ a: 'x', c: 'x' })
  })
})
