import { describe, expect, it } from 'vitest'
import type { Step } from '#folder'
import { SimCrash, type SimDiskOptions } from '../simulator/sim-disk.ts'
import { SimFilesystem } from '../simulator/sim-filesystem.ts'
import { simSubject, windowsLike } from './subjects.ts'
import { MTIME, stageFile, TestFolder } from './test-folder.ts'
import { User } from './user.ts'

/** Longer than a few sectors, so that a torn write shows. */
function text(name: string): string {
  return `${name} `.repeat(400)
}

/** One step of each sort, with what may be seen at its paths afterwards, whatever happens. */
async function prepare(folder: TestFolder): Promise<Step[]> {
  const { user } = folder
  for (const name of ['replaced', 'removed', 'moved', 'over', 'to-directory', 'mode']) user.write(name, text(`old ${name}`))
  user.mkdir('to-file')
  user.symlink('link', 'old')
  user.mkdir('sub')
  user.mkdir('sub/old')
  user.write('sub/old/removed', text('old sub/old/removed'))
  const known = async (path: string) => await folder.thing(path)
  return [
    {
      do: 'place',
      path: 'replaced',
      expected: await known('replaced'),
      ...(await folder.stage(text('new replaced'))),
      archiveAs: 'v1',
    },
    { do: 'place', path: 'created', expected: null, ...(await folder.stage(text('new created'))), archiveAs: null },
    { do: 'remove', path: 'removed', expected: await known('removed'), archiveAs: 'v2' },
    { do: 'remove', path: 'sub/old/removed', expected: await known('sub/old/removed'), archiveAs: 'v6' },
    { do: 'remove', path: 'sub/old', expected: await known('sub/old'), archiveAs: null },
    {
      do: 'move',
      path: 'over',
      expected: await known('over'),
      from: 'moved',
      fromExpected: await known('moved'),
      mode: 0o600,
      mtime: MTIME,
      archiveAs: 'v3',
    },
    { do: 'directory', path: 'to-directory', expected: await known('to-directory'), mode: 0o750, archiveAs: 'v4' },
    {
      do: 'place',
      path: 'to-file',
      expected: await known('to-file'),
      ...(await folder.stage(text('new to-file'))),
      archiveAs: null,
    },
    { do: 'symlink', path: 'link', expected: await known('link'), target: 'new', mtime: MTIME, archiveAs: 'v5' },
    { do: 'directory', path: 'sub/deep', expected: null, mode: 0o755, archiveAs: null },
    {
      do: 'place',
      path: 'sub/deep/file',
      expected: null,
      ...(await folder.stage(text('new sub/deep/file'))),
      archiveAs: null,
    },
    { do: 'metadata', path: 'mode', expected: await known('mode'), mode: 0o755, mtime: MTIME },
  ]
}

/** What is wrong with a tree in which any of the steps may have happened or not; empty when all is well. */
function faults(user: User): string[] {
  const tree = user.tree()
  const kept = new Set([...Object.values(tree), ...user.archived()])
  const wrong: string[] = []
  const allow = (path: string, ...allowed: (string | undefined)[]): void => {
    if (!allowed.includes(tree[path])) wrong.push(`${path} shows ${JSON.stringify(tree[path]?.slice(0, 30))}`)
  }
  allow('replaced', text('old replaced'), text('new replaced'))
  allow('created', undefined, text('new created'))
  allow('removed', text('old removed'), undefined)
  allow('sub/old/removed', text('old sub/old/removed'), undefined)
  allow('over', text('old over'), text('old moved'))
  allow('to-directory', text('old to-directory'), '/', undefined)
  allow('to-file', '/', text('new to-file'), undefined)
  allow('link', '→ old', '→ new')
  allow('sub/deep/file', undefined, text('new sub/deep/file'))
  allow('mode', text('old mode'))
  for (const name of ['replaced', 'removed', 'sub/old/removed', 'moved', 'over', 'to-directory', 'mode']) {
    if (!kept.has(text(`old ${name}`))) wrong.push(`the old content of ${name} is lost`)
  }
  if (!kept.has('→ old')) wrong.push('the old link is lost')
  return wrong
}

interface Run {
  faults: string[]
  crashed: boolean
}

/** Crashes in the `after`th call of the transition. */
async function run(options: Partial<SimDiskOptions>, seed: number, after: number, losesFlush = false): Promise<Run> {
  const subject = simSubject(options, seed)
  const folder = await TestFolder.adopted(subject)
  const steps = await prepare(folder)
  subject.disk.settle()
  let calls = 0
  let crashed = false
  subject.fs.hooks = {
    before() {
      if (++calls !== after) return
      crashed = true
      subject.disk.crash()
      throw new SimCrash('power cut')
    },
    losesFlush: () => losesFlush,
  }
  const results = await folder.disk.transition(steps).catch((error: unknown) => {
    if (!(error instanceof SimCrash)) throw error
    return null
  })
  if (!crashed) {
    if (results?.some(({ ok }) => !ok) !== false) throw new Error(`a step failed: ${JSON.stringify(results)}`)
    // All is said to be done: now the power may go.
    subject.disk.crash()
  }
  const user = new User(new SimFilesystem(subject.disk), subject.root)
  const wrong = faults(user)
  if (!crashed) {
    const tree = user.tree()
    for (const path of ['replaced', 'created', 'to-file', 'sub/deep/file'])
      if (tree[path] !== text(`new ${path}`)) wrong.push(`${path} was done, and is not`)
    for (const path of ['removed', 'moved']) if (tree[path] !== undefined) wrong.push(`${path} was gone, and is back`)
    const stat = user.at('mode', (dir, name) => user.fs.stat(dir, name))
    if (stat === undefined || (stat.mode & 0o777) !== 0o755) wrong.push('metadata was done, and is not')
  }
  // Whoever comes after the crash must find a folder in which it can work.
  const again = new TestFolder({ ...subject, fs: new SimFilesystem(subject.disk) })
  await again.disk.cleanStage(() => [])
  const { problems } = await again.look()
  wrong.push(...problems.map(({ path, message }) => `${path}: ${message}`))
  return { faults: wrong, crashed }
}

describe('a transition that is cut off', () => {
  for (const [name, options] of [
    ['on a disk with second names', {}],
    ['on a disk without', windowsLike],
  ] as const) {
    it(`leaves old or new at each path, and loses nothing, at every call, ${name}`, async () => {
      // Each seed takes every fourth call; together they take each three times.
      let calls = 0
      for (let seed = 1; seed <= 12; seed++) {
        for (let after = 1 + (seed % 4); ; after += 4) {
          const { faults: wrong, crashed } = await run(options, seed, after)
          expect(wrong, `seed ${seed}, crash in call ${after}`).toEqual([])
          if (!crashed) break
          calls++
        }
      }
      expect(calls).toBeGreaterThan(250)
    })
  }

  it('would be found out if it did not flush', async () => {
    let found = 0
    for (let seed = 1; seed <= 8; seed++) found += (await run({}, seed, Infinity, true)).faults.length
    expect(found).toBeGreaterThan(0)
  })

  it('loses no file that moves to another directory, be that a new one, at every call', async () => {
    for (let seed = 0; seed < 8; seed++) {
      for (let after = 1, crashed = true; crashed; after++) {
        const subject = simSubject({}, seed)
        const folder = await TestFolder.adopted(subject)
        const names = ['one', 'two', 'three']
        for (const name of names) folder.user.write(`old/${name}`, name)
        folder.user.mkdir('there')
        const move = async (from: string, path: string): Promise<Step> => {
          const fromExpected = await folder.thing(from)
          return { do: 'move', path, expected: null, from, fromExpected, mode: 0o644, mtime: MTIME, archiveAs: null }
        }
        const steps: Step[] = [
          await move('old/one', 'there/one'),
          { do: 'directory', path: 'new', expected: null, mode: 0o755, archiveAs: null },
          await move('old/two', 'new/two'),
          await move('old/three', 'new/three'),
        ]
        subject.disk.settle()
        let calls = 0
        crashed = false
        subject.fs.hooks = {
          before() {
            if (++calls !== after) return
            crashed = true
            subject.disk.crash()
            throw new SimCrash('power cut')
          },
        }
        const results = await folder.disk.transition(steps).catch(() => null)
        if (!crashed) {
          expect(results?.map(({ ok }) => ok)).toEqual([true, true, true, true])
          subject.disk.crash()
        }
        const tree = new User(new SimFilesystem(subject.disk), subject.root).tree()
        for (const name of names) expect(Object.values(tree), `seed ${seed}, call ${after}`).toContain(name)
        if (!crashed) expect(Object.keys(tree).sort()).toEqual(['new', 'new/three', 'new/two', 'old', 'there', 'there/one'])
      }
    }
  })

  it('makes a staged file anew that a crash left with two names, so that the one in place stays as it is', async () => {
    const subject = simSubject()
    const folder = await TestFolder.adopted(subject)
    const file = await folder.stage('content')
    const { staged } = file
    subject.fs.hooks = {
      before({ call, name }) {
        if (call !== 'unlink' || name !== staged) return
        subject.disk.settle()
        subject.disk.crash()
        throw new SimCrash('power cut')
      },
    }
    await folder.disk.transition([{ do: 'place', path: 'file', expected: null, ...file, archiveAs: null }]).catch(() => undefined)
    const after = new TestFolder({ ...subject, fs: new SimFilesystem(subject.disk) })
    expect(after.user.tree()).toEqual({ file: 'content' })
    expect(after.user.names('.holdfast/tmp')).toEqual([staged])
    await after.disk.stage([stageFile(staged, 'other!!')])
    expect(after.user.tree()).toEqual({ file: 'content' })
  })
})
