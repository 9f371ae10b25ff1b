import { mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HoldfastError, seededRandom, systemClock } from '#base'
import { inProcess, type FolderIndex } from '#db'
import { NodeFilesystem, TreeDisk } from '#folder'
import { A, author, B, FOLDER, missing, open, RULES, symlink } from '../db/fixtures.ts'
import { KEYS } from '../folder/test-folder.ts'
import { engineOf, until } from './engines.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-faults-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test.each(['todo', 'rows', 'locate', 'commit', 'totals', 'have', 'retry'] as const)(
  'a call of %s that fails once stops neither pulling nor stopping',
  async (method) => {
    const disk = awaited(
      new TreeDisk({ fs: new NodeFilesystem(), clock: systemClock, random: seededRandom(1) }, { root, keys: KEYS, device: A.id }),
    )
    const identity = await disk.adopt(FOLDER, null)
    const [a, b] = [open(A), open(B)]
    author(b, symlink('x/y', 'target'))
    a.ingest(missing(b, a), RULES)
    let fails = 0
    const index = new Proxy(inProcess<FolderIndex>(a), {
      get: (target, name: keyof FolderIndex) =>
        name === method && fails-- > 0
          ? () => Promise.reject(new HoldfastError('internal', 'disk I/O error'))
          : (target[name] as unknown),
    })
    const { engine, folder } = await engineOf(index, {
      parts: { disk, identity, idKey: KEYS.idKey },
      settings: { paused: true },
    })
    fails = 1
    folder.resume()
    await new Promise((resolve) => setTimeout(resolve, 300))
    fails = 0
    await until(() => {
      try {
        return readlinkSync(join(root, 'x/y')) === 'target'
      } catch {
        return false
      }
    }, 12_000)
    await engine.stop()
    expect(folder.standing.state).not.toBe('scanning')
  },
)

test('a folder stops though every call of its index fails', async () => {
  const disk = new TreeDisk(
    { fs: new NodeFilesystem(), clock: systemClock, random: seededRandom(1) },
    { root, keys: KEYS, device: A.id },
  )
  const identity = await disk.adopt(FOLDER, null)
  const [a, b] = [open(A), open(B)]
  author(b, symlink('x/y', 'target'))
  a.ingest(missing(b, a), RULES)
  let broken = false
  const index = new Proxy(inProcess<FolderIndex>(a), {
    get: (target, name: keyof FolderIndex) =>
      broken ? () => Promise.reject(new HoldfastError('full', 'the disk is full')) : (target[name] as unknown),
  })
  const { engine, folder } = await engineOf(index, { parts: { disk, identity, idKey: KEYS.idKey } })
  broken = true
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(folder.standing).toMatchObject({ state: 'error', reasonCode: 'full' })
  await engine.stop()
})

test('what keeps a folder from going on, with each try anew, is told of once', async () => {
  vi.useFakeTimers()
  try {
    const disk = awaited(
      new TreeDisk({ fs: new NodeFilesystem(), clock: systemClock, random: seededRandom(1) }, { root, keys: KEYS, device: A.id }),
    )
    const identity = await disk.adopt(FOLDER, null)
    const [a, b] = [open(A), open(B)]
    author(b, symlink('x/y', 'target'))
    a.ingest(missing(b, a), RULES)
    let broken = true
    const full = (): Promise<never> => Promise.reject(new HoldfastError('full', 'the disk is full'))
    const index = new Proxy(inProcess<FolderIndex>(a), {
      get: (target, name: keyof FolderIndex) =>
        broken && (name === 'commit' || name === 'defer') ? full : (target[name] as unknown),
    })
    const told: string[] = []
    const activity = (items: { event: string }[]): unknown => told.push(...items.map(({ event }) => event))
    const { engine, folder } = await engineOf(index, { parts: { disk, identity, idKey: KEYS.idKey, activity } })
    const blocked = (): number => told.filter((event) => event === 'blocked').length
    await passUntil(() => folder.standing.reasonCode === 'full')
    await pass(62)
    expect(folder.standing).toMatchObject({ state: 'error', reasonCode: 'full' })
    expect(blocked()).toBe(1)
    broken = false
    await passUntil(() => folder.standing.state === 'idle')
    await pass(61)
    broken = true
    rmSync(join(root, 'x'), { recursive: true })
    author(b, symlink('x/z', 'target'))
    a.ingest(missing(b, a), RULES)
    folder.hint(null)
    await passUntil(() => blocked() === 2)
    await pass(62)
    expect(blocked()).toBe(2)
    await engine.stop()
  } finally {
    vi.useRealTimers()
  }
})

const turn = setImmediate
/** Calls of an `awaited` disk that are under way. */
let working = 0

/** The disk, whose calls `pass` waits for, however long they take. */
function awaited(disk: TreeDisk): TreeDisk {
  return new Proxy(disk, {
    get(target, name: keyof TreeDisk) {
      const method = target[name]
      if (typeof method !== 'function') return method
      return async (...args: unknown[]): Promise<unknown> => {
        working++
        try {
          return await (method as (...args: unknown[]) => unknown).apply(target, args)
        } finally {
          working--
        }
      }
    },
  })
}

/** Lets seconds pass by the clocks that tests set, and after each the disk end what it has begun by then. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await vi.advanceTimersByTimeAsync(1_000)
    for (let turns = 0; turns < 20 || working > 0; turns++) await new Promise<void>((resolve) => turn(resolve))
  }
}

async function passUntil(holds: () => boolean): Promise<void> {
  for (let second = 0; second < 600 && !holds(); second++) await pass(1)
  expect(holds()).toBe(true)
}
