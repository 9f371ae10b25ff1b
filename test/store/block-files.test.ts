import type * as Files from 'node:fs/promises'
import { createHash, randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BlockFiles } from '#store'
import { temporaryDirectory } from './subjects.ts'

/** What was flushed, in order, and what it was then: a directory, or so many bytes; and what fails. */
const flushed = vi.hoisted(() => [] as { path: string; bytes: number | null }[])
const faults = vi.hoisted(() => new Set<string>())

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof Files>()
  const open: typeof real.open = async (path, ...how) => {
    const handle = await real.open(path, ...how)
    const sync = handle.sync.bind(handle)
    handle.sync = async () => {
      if (faults.has(String(path))) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' })
      await sync()
      const found = await handle.stat()
      flushed.push({ path: String(path), bytes: found.isDirectory() ? null : found.size })
    }
    return handle
  }
  return { ...real, open }
})

let files: BlockFiles
let directory = ''

beforeEach(() => {
  directory = join(temporaryDirectory(), 'blocks')
  files = new BlockFiles(directory)
})
afterEach(() => {
  flushed.length = 0
  faults.clear()
})

/** So many blocks. */
function some(count: number): { digest: Uint8Array; bytes: Uint8Array }[] {
  return Array.from({ length: count }, () => {
    const bytes = randomBytes(5_000)
    return { digest: createHash('sha256').update(bytes).digest(), bytes }
  })
}

test('a block counts when it has been flushed whole, then the directory that names it, then the one that names that', async () => {
  await files.write(some(40))
  const names = flushed.map(({ path }) => path)
  const written = flushed.filter(({ bytes }) => bytes !== null)
  expect(written.map(({ bytes }) => bytes)).toEqual(Array.from({ length: 40 }, () => 5_000))
  for (const { path } of written) {
    expect(path.startsWith(directory) && path.endsWith('.block')).toBe(true)
    expect(names.lastIndexOf(dirname(path))).toBeGreaterThan(names.lastIndexOf(path))
  }
  expect(names.filter((name) => name === directory)).toHaveLength(1)
  expect(new Set(names).size).toBe(names.length)

  // One more in a directory whose own name is durable already.
  const [known] = some(1)
  await files.write([known!])
  flushed.length = 0
  await files.write([known!])
  expect(flushed.map(({ bytes }) => bytes)).toEqual([5_000, null])
  expect(flushed[1]!.path).toBe(dirname(flushed[0]!.path))
})

test('one that cannot be flushed does not count, nor one whose directory cannot', async () => {
  const [one] = some(1)
  await files.write([one!])
  const file = flushed.find(({ bytes }) => bytes !== null)!.path
  for (const path of [file, dirname(file)]) {
    faults.clear()
    faults.add(path)
    await expect(files.write([one!])).rejects.toMatchObject({ code: 'EIO' })
  }
})
