import { afterEach, describe, expect, it } from 'vitest'
import { UNSETTLED, type Step, type StepResult } from '#folder'
import { packStats } from '#model'
import { simSubject, SUBJECTS, type SimSubject } from './subjects.ts'
import { changedPaths, MTIME, TestFolder } from './test-folder.ts'

// What another program writes while a step is being taken has to become a version of its own.

let folder: TestFolder

afterEach(() => folder.close())

type Call = { call: string; name: string }

/** Takes the step; the user acts right before the first call that fits. */
async function interrupted(
  subject: SimSubject,
  step: Step,
  fits: (call: Call) => boolean,
  act: () => void,
): Promise<Extract<StepResult, { ok: true }>> {
  let came = false
  subject.fs.hooks = {
    before(call) {
      if (came || !fits(call)) return
      came = true
      subject.fs.hooks = {}
      act()
    },
  }
  const [result] = await folder.disk.transition([step])
  expect(came).toBe(true)
  if (result?.ok !== true) throw new Error(result?.message)
  return result
}

/** Does a scan that knows what the step told report the path? */
async function isSeen(path: string, { stat }: Extract<StepResult, { ok: true }>): Promise<boolean> {
  const { kind } = await folder.thing(path)
  const found = await folder.disk.scan({ snapshot: packStats([{ path, kind, stat: stat! }]), scopes: [path] })
  return stat?.ctimeMs === UNSETTLED && changedPaths(found).includes(path)
}

describe('an edit that comes while a step is taken', () => {
  it('is not taken for what the step left: a move', async () => {
    for (const mtime of [MTIME, null]) {
      const subject = simSubject()
      folder = await TestFolder.adopted(subject)
      const { user } = folder
      user.write('a', 'first draft')
      const fromExpected = await folder.thing('a')
      const kept = Math.round(fromExpected.stat.mtimeMs * 1000)
      const step: Step = {
        ...{ do: 'move', path: 'b', expected: null, from: 'a', fromExpected, mode: 0o644, archiveAs: null },
        mtime: mtime ?? kept,
      }
      const fits = ({ call, name }: Call): boolean => call === 'unlink' && name === 'a'
      const result = await interrupted(subject, step, fits, () => user.write('a', 'another one'))
      expect(user.read('b')).toBe('another one')
      expect(await isSeen('b', result)).toBe(true)
    }
  })

  it('is not taken for what the step left: new metadata, whose time must not hide it', async () => {
    const subject = simSubject()
    folder = await TestFolder.adopted(subject)
    const { user } = folder
    user.write('a', 'first draft')
    const step: Step = { do: 'metadata', path: 'a', expected: await folder.thing('a'), mode: 0o600, mtime: MTIME }
    const fits = ({ call }: Call): boolean => call === 'setMode'
    const result = await interrupted(subject, step, fits, () => user.write('a', 'another one'))
    expect(user.read('a')).toBe('another one')
    expect(Math.round((await folder.thing('a')).stat.mtimeMs * 1000)).not.toBe(MTIME)
    expect(await isSeen('a', result)).toBe(true)
  })

  it('is not taken for what the step left: a file or link that has just been placed', async () => {
    const subject = simSubject()
    folder = await TestFolder.adopted(subject)
    const { user } = folder
    const staged = await folder.stage('from elsewhere')
    const place: Step = { do: 'place', path: 'a', expected: null, ...staged, archiveAs: null }
    const fits = ({ call, name }: Call): boolean => call === 'unlink' && name === staged.staged
    expect(await isSeen('a', await interrupted(subject, place, fits, () => user.write('a', 'typed after it')))).toBe(true)
    const link: Step = { do: 'symlink', path: 'l', expected: null, target: 'there', mtime: MTIME, archiveAs: null }
    let stats = 0
    const isLast = ({ call, name }: Call): boolean => call === 'stat' && name === 'l' && ++stats === 2
    const again = (): void => {
      user.remove('l')
      user.symlink('l', 'other')
    }
    expect(await isSeen('l', await interrupted(subject, link, isLast, again))).toBe(true)
  })
})

for (const [name, subject] of SUBJECTS) {
  it(`what nobody edits is noted as it is, on the disk ${name}`, async () => {
    folder = await TestFolder.adopted(subject())
    const { user } = folder
    for (const path of ['a', 'c', 'm']) user.write(path, path)
    const moved = await folder.thing('a')
    const over = await folder.thing('c')
    const results = await folder.disk.transition([
      { do: 'place', path: 'p', expected: null, ...(await folder.stage('new', { mtime: 0 })), archiveAs: null },
      { do: 'place', path: 'c', expected: over, ...(await folder.stage('new')), archiveAs: 'c' },
      { do: 'move', path: 'b', expected: null, from: 'a', fromExpected: moved, mode: 0o644, mtime: MTIME, archiveAs: null },
      { do: 'metadata', path: 'm', expected: await folder.thing('m'), mode: 0o644, mtime: MTIME + 1 },
      { do: 'symlink', path: 'l', expected: null, target: 'p', mtime: MTIME, archiveAs: null },
    ])
    for (const [at, path] of ['p', 'c', 'b', 'm', 'l'].entries())
      expect(results[at]).toMatchObject({ ok: true, stat: (await folder.thing(path)).stat })
  })
}
