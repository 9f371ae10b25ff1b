import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dropSpareBuffers, systemClock } from '#base'
import type { WorkerPool } from '#content'
import { openDiskPool, PooledDisk } from '#folder'
import { nodeSpawner } from '../../src/daemon/node-spawner.ts'
import type { Subject } from './filesystem-suite.ts'
import { folderDiskSuite } from './folder-disk-suite.ts'
import { nodeSubject } from './subjects.ts'
import { DEVICE, EMPTY, FOLDER, idOf, KEYS, MTIME, TestFolder } from './test-folder.ts'

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

folderDiskSuite('behind worker threads', () => ({
  folder,
  below: (name) => new PooledDisk(pool, { root: join(subject.root, name), keys: KEYS, device: DEVICE }),
}))

describe('worker threads for a disk', () => {
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

  it('reads into memory that was used before, and stages out of it, without a byte of what was there', async () => {
    const { disk, user } = folder
    await disk.adopt(FOLDER, null)
    const [first, second] = [randomBytes(600_000), randomBytes(500_000)]
    user.write('first', first)
    user.write('second', second)
    const read = async (path: string, bytes: Uint8Array) =>
      (await disk.read([{ id: idOf(bytes), path, offset: 0, length: bytes.length }]))[0]!
    const held = await read('first', first)
    dropSpareBuffers()
    for (let turn = 0; turn < 20; turn++) {
      const bytes = await read('second', second)
      expect(Buffer.from(bytes).equals(second)).toBe(true)
      const write = { id: idOf(second), offset: 0, bytes, isAlone: true }
      const file = { name: `v${turn}`, begun: false, writes: [write], finish: { size: second.length, mode: 0o644, mtime: MTIME } }
      expect(await disk.stage([file])).toEqual([{ ok: true, name: `v${turn}` }])
      expect(bytes.length).toBe(0)
      expect(readFileSync(join(subject.root, `.holdfast/tmp/v${turn}`)).equals(second)).toBe(true)
    }
    const kept = process.memoryUsage().arrayBuffers
    dropSpareBuffers()
    expect(kept - process.memoryUsage().arrayBuffers >= second.length).toBe(true)
    expect(Buffer.from(held).equals(first)).toBe(true)
    user.write('second', first.subarray(0, 500_000))
    expect(await disk.read([{ id: idOf(second), path: 'second', offset: 0, length: second.length }])).toEqual([null])
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
