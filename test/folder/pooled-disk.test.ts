import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '#base'
import type { WorkerPool } from '#content'
import { openDiskPool, PooledDisk } from '#folder'
import { tablePaths } from '#model'
import { nodeSpawner } from '../../src/daemon/node-spawner.ts'
import type { Subject } from './filesystem-suite.ts'
import { nodeSubject } from './subjects.ts'
import { DEVICE, EMPTY, FOLDER, idOf, KEYS, MTIME, stageFile, TestFolder } from './test-folder.ts'

const STAT = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 1, mode: 0o644 }

const pool = openDiskPool({ spawner: nodeSpawner(), clock: systemClock }, { workers: 2, idleMs: 5_000 })
let subject: Subject
let folder: TestFolder

beforeEach(() => {
  subject = nodeSubject()
  folder = new TestFolder(subject, new PooledDisk(pool, { root: subject.root, keys: KEYS, device: DEVICE }))
})

afterEach(() => folder.close())
afterAll(() => pool.close())

describe('a disk behind worker threads', () => {
  it('does all that a disk does', async () => {
    const { disk, user } = folder
    const identity = await disk.adopt(FOLDER, null)
    expect([await disk.marked(), await disk.check(identity)]).toEqual([{ folder: FOLDER, device: DEVICE }, { ok: true }])
    user.write('dir/file', 'content')
    user.symlink('link', 'dir')
    const scanned = await disk.scan({ snapshot: EMPTY, scopes: null })
    expect(tablePaths(scanned.changed).toSorted()).toEqual(['dir', 'dir/file', 'link'])
    expect(scanned.targets.get('link')).toBe('dir')
    const file = await folder.thing('dir/file')
    const [hashed] = await disk.hash([{ path: 'dir/file', stat: file.stat, chunker: null }])
    expect(hashed).toMatchObject({ ok: true, size: 7 })
    const place = { id: idOf('content'), path: 'dir/file', offset: 0, length: 7 }
    expect((await disk.read([place, { ...place, offset: 1 }])).map((bytes) => bytes && Buffer.from(bytes).toString())).toEqual([
      'content',
      null,
    ])
    expect(await disk.stage([stageFile('v1', 'new')])).toEqual([{ ok: true, name: 'v1' }])
    const [result] = await disk.transition([
      { do: 'place', path: 'dir/file', expected: file, staged: 'v1', size: 3, mtime: MTIME, archiveAs: 'v0' },
    ])
    expect(result).toMatchObject({ ok: true, archived: { path: 'dir/file', size: 7 } })
    expect(user.read('dir/file')).toBe('new')
    const [entry] = await disk.archived()
    user.remove('dir/file')
    await disk.restore(entry!.name, null)
    expect(user.read('dir/file')).toBe('content')
    expect(await disk.expired({ keepMs: 0, elapsedMs: 0 })).toEqual(await disk.archived())
    expect((await disk.dropArchived([{ name: (await disk.archived())[0]!.name, content: null }])).length).toBe(1)
    expect((await disk.space()).foldsCase).toBe(false)
    await disk.release()
    expect(await disk.check(identity)).toMatchObject({ ok: false, reasonCode: 'marker-missing' })
    await disk.close()
  })

  it('leaves the caller its bytes, also when they are parts of one large buffer', async () => {
    const { disk, user } = folder
    await disk.adopt(FOLDER, null)
    const frame = new Uint8Array(randomBytes(100_000))
    const files = Array.from({ length: 10 }, (_, at) => {
      const bytes = frame.subarray(at * 10_000, (at + 1) * 10_000)
      return {
        name: `v${at}`,
        begun: false,
        writes: [{ id: idOf(bytes), offset: 0, bytes }],
        finish: { size: 10_000, mode: 0o644, mtime: MTIME },
      }
    })
    const both = await Promise.all([disk.stage(files), disk.stage(files.map((file) => ({ ...file, name: `w${file.name}` })))])
    expect(both.flat().every(({ ok }) => ok)).toBe(true)
    expect(frame.length).toBe(100_000)
    expect(user.names('.holdfast/tmp').length).toBe(20)
  })

  it('takes a piece that has its buffer for itself along with it, and leaves what another one shares', async () => {
    const { disk } = folder
    await disk.adopt(FOLDER, null)
    const [shared, own] = [new Uint8Array(randomBytes(100_000)), new Uint8Array(randomBytes(100_000))]
    const piece = (name: string, bytes: Uint8Array, isAlone: boolean) => ({
      name,
      begun: false,
      writes: [{ id: idOf(bytes), offset: 0, bytes, isAlone }],
      finish: { size: bytes.length, mode: 0o644, mtime: MTIME },
    })
    const [large, small] = [shared.subarray(20, 99_000), shared.subarray(99_000)]
    expect(await disk.stage([piece('large', large, false)])).toEqual([{ ok: true, name: 'large' }])
    expect(await disk.stage([piece('small', small, false)])).toEqual([{ ok: true, name: 'small' }])
    expect(await disk.stage([piece('own', own.subarray(20), true)])).toEqual([{ ok: true, name: 'own' }])
    expect([shared.length, own.length]).toEqual([100_000, 0])
  })

  it('shares a large hash call among its threads, and answers in order', async () => {
    const { disk } = folder
    await disk.adopt(FOLDER, null)
    const paths = Array.from({ length: 450 }, (_, at) => `file-${at}`)
    for (const path of paths) writeFileSync(join(subject.root, path), path)
    const stat = { size: 8, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }
    const results = await disk.hash(paths.map((path) => ({ path, stat, chunker: null })))
    expect(results.map(({ path }) => path)).toEqual(paths)
    for (const result of results) expect(result.ok && result.chunks.subarray(0, 32)).toEqual(idOf(result.path))
  })

  it('fails with the error of the thread, code and hint kept', async () => {
    folder.user.mkdir('sub')
    const lost = new PooledDisk(pool, { root: join(subject.root, 'nothing'), keys: KEYS, device: DEVICE })
    await expect(lost.scan({ snapshot: EMPTY, scopes: null })).rejects.toMatchObject({
      code: 'blocked',
      hint: expect.stringContaining('connected'),
    })
  })

  it('tells when the ignore rules changed, whichever thread looked', async () => {
    const { disk, user } = folder
    await disk.adopt(FOLDER, null)
    const look = async () => (await Promise.all([disk.scan({ snapshot: EMPTY, scopes: null }), disk.space()]))[0].ignoreChanged
    expect(await look()).toBe(false)
    user.write('.holdfastignore', '*.tmp\n')
    expect([await look(), await look(), await look()]).toEqual([true, false, false])
  })
})

it.each(['before', 'during'])('asks for the rules that a transition brings, of which a look %s it saw none', async (when) => {
  const looked = Promise.withResolvers<unknown>()
  const changed = Promise.withResolvers<unknown>()
  const answers: Record<string, Promise<unknown>> = { look: looked.promise, transition: changed.promise }
  const run = (job: unknown): Promise<unknown> => answers[(job as { verb: string }).verb] ?? Promise.resolve([true])
  const disk = new PooledDisk({ run } as unknown as WorkerPool, { root: '/', keys: KEYS, device: DEVICE })
  const remove = { do: 'remove', path: '.holdfastignore', expected: { kind: 'file', stat: STAT }, archiveAs: null } as const
  const transition = disk.transition([remove])
  const scan = disk.scan({ snapshot: EMPTY, scopes: null })
  const look = { changed: EMPTY, vanished: [], ignoredGone: [], unmounted: [], problems: [], targets: new Map(), ignoreStamp: '' }
  looked.resolve(when === 'before' ? look : transition.then(() => look))
  if (when === 'before') await scan
  changed.resolve([])
  await Promise.all([transition, scan])
  expect(await disk.ignored([{ path: 'a', isDirectory: false }])).toEqual([true])
})
