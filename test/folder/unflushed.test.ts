import { describe, expect, it } from 'vitest'
import { PooledDisk, TreeDisk, type FolderDisk, type Step } from '#folder'
import { seededRandom } from '#base'
import type { WorkerPool } from '#content'
import type { DiskJob } from '../../src/folder/disk-job.ts'
import { SimFilesystem } from '../simulator/sim-filesystem.ts'
import { simError } from '../simulator/sim-disk.ts'
import { simSubject, type SimSubject } from './subjects.ts'
import { DEVICE, KEYS, MTIME, TestFolder } from './test-folder.ts'
import { User } from './user.ts'

/** Each crash is another one. */
const SEEDS = Array.from({ length: 16 }, (_, at) => at + 1)
const NEW = { expected: null, archiveAs: null } as const

function here({ fs, clock, root }: SimSubject): TreeDisk {
  return new TreeDisk({ fs, clock, random: seededRandom(5) }, { root, keys: KEYS, device: DEVICE })
}

/** As two threads would: each with a disk of its own, which do the jobs in turn. */
function pooled(subject: SimSubject): FolderDisk {
  const threads = [here(subject), here(subject)]
  let jobs = 0
  const run: WorkerPool['run'] = async (job) => {
    const { verb, args } = job as DiskJob
    const disk = threads[jobs++ % 2]!
    const result: unknown = await (disk[verb] as (...values: unknown[]) => unknown).call(disk, ...args)
    return verb === 'stage' ? { results: result, buffers: [] } : result
  }
  return new PooledDisk({ run }, { root: subject.root, keys: KEYS, device: DEVICE })
}

/** A folder on a disk whose flushes of directories fail while `broken` is set. */
async function open(seed: number, diskOf: (subject: SimSubject) => FolderDisk) {
  const subject = simSubject({}, seed)
  const folder = new TestFolder(subject, diskOf(subject))
  await folder.disk.adopt('aaaaaaaaaaaaaaaaaaaaaaaaaa', null)
  const state = { broken: false }
  subject.fs.hooks.before = ({ call }) => {
    if (state.broken && call === 'flush') throw simError('EIO', call)
  }
  folder.user.write('old/file', 'moved')
  folder.user.write('gone', 'removed')
  subject.disk.settle()
  return { subject, folder, state }
}

async function failing({ folder, state }: Awaited<ReturnType<typeof open>>): Promise<void> {
  const steps: Step[] = [
    { do: 'directory', path: 'dir', ...NEW, mode: 0o755 },
    { do: 'place', path: 'dir/file', ...NEW, ...(await folder.stage('new')) },
    {
      do: 'move',
      path: 'moved',
      ...NEW,
      from: 'old/file',
      fromExpected: await folder.thing('old/file'),
      mode: 0o644,
      mtime: MTIME,
    },
    { do: 'remove', path: 'gone', expected: await folder.thing('gone'), archiveAs: null },
  ]
  // The second names that are made durable before are, so that the steps are taken.
  const { disk } = folder
  let flushes = 0
  const flush = folder.fs.flush.bind(folder.fs)
  folder.fs.flush = async (items) => {
    if (flushes++ > 0) state.broken = true
    return flush(items)
  }
  const results = await disk.transition(steps)
  folder.fs.flush = flush
  expect(results.some((result) => !result.ok && result.code === 'io')).toBe(true)
}

describe.each([
  ['here', here],
  ['behind threads', pooled],
])('what a step whose flush failed has left, on a disk %s', (_, diskOf) => {
  it('is as expected only when it was made durable', async () => {
    for (const seed of SEEDS) {
      const made = await open(seed, diskOf)
      const { folder, state, subject } = made
      await failing(made)
      const paths = ['dir', 'dir/file', 'moved', 'old/file', 'gone']
      const items = await Promise.all(paths.map(async (path) => ({ path, expected: await folder.stat(path) })))
      expect(items.map(({ expected }) => expected?.kind ?? null)).toEqual(['directory', 'file', 'file', null, null])
      expect(await folder.disk.verify(items)).toEqual(paths.map(() => false))
      state.broken = false
      expect(await folder.disk.verify(items)).toEqual(paths.map(() => true))
      subject.disk.crash()
      const after = new User(new SimFilesystem(subject.disk), subject.root)
      expect(after.tree()).toMatchObject({ dir: '/', 'dir/file': 'new', moved: 'moved', old: '/' })
      expect([after.kind('old/file'), after.kind('gone')]).toEqual([undefined, undefined])
    }
  })

  it('costs nothing more once it was, or was written anew', async () => {
    const made = await open(1, diskOf)
    const { folder, state, subject } = made
    await failing(made)
    state.broken = false
    const item = async (path: string) => ({ path, expected: await folder.stat(path) })
    expect(await folder.disk.verify([await item('dir/file'), await item('dir')])).toEqual([true, true])
    const place: Step = {
      do: 'place',
      path: 'moved',
      expected: (await item('moved')).expected,
      archiveAs: null,
      ...(await folder.stage('anew')),
    }
    expect(await folder.disk.transition([place])).toMatchObject([{ ok: true }])
    let flushes = 0
    subject.fs.hooks.before = ({ call }) => void (call === 'flush' && flushes++)
    expect(await folder.disk.verify([await item('dir/file'), await item('moved')])).toEqual([true, true])
    expect(flushes).toBe(0)
    expect(await folder.disk.verify([await item('gone')])).toEqual([true])
    expect(flushes).toBe(1)
  })
})
