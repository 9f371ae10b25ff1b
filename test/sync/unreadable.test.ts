import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { seededRandom, systemClock } from '#base'
import { NodeFilesystem, TreeDisk, type ScanRequest } from '#folder'
import type { Dir, OpenFile, OpenMode } from '../../src/folder/filesystem.ts'
import { A, FOLDER, open } from '../db/fixtures.ts'
import { KEYS } from '../folder/test-folder.ts'
import { engineOf } from './engines.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-unreadable-'))
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(root, { recursive: true, force: true })
})

/** As for a user who may not read some files. */
class StrictFilesystem extends NodeFilesystem {
  isStrict = true

  override open(dir: Dir, name: string, mode: OpenMode): OpenFile {
    if (this.isStrict && name.startsWith('secret')) throw Object.assign(new Error('permission denied'), { code: 'EACCES' })
    return super.open(dir, name, mode)
  }
}

/** A folder with so many files that cannot be read, and how often they have been tried. */
async function unreadable(count: number) {
  const fs = new StrictFilesystem()
  const disk = new TreeDisk({ fs, clock: systemClock, random: seededRandom(1) }, { root, keys: KEYS, device: A.id })
  const identity = await disk.adopt(FOLDER, null)
  mkdirSync(join(root, 'd'))
  for (let at = 0; at < count; at++) writeFileSync(join(root, 'd', `secret-${at}`), 'x')
  const scan = vi.spyOn(disk, 'scan')
  const looks = (): number => scan.mock.calls.filter(([{ scopes }]: [ScanRequest]) => scopes?.length !== 0).length
  const { engine, folder } = await engineOf(open(A), { parts: { disk, identity, idKey: KEYS.idKey } })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(folder.problems.count).toBe(count)
  return { fs, engine, folder, looks }
}

test('what cannot be read is tried every five seconds', async () => {
  const { fs, engine, folder, looks } = await unreadable(3)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(looks()).toBeGreaterThan(10)
  fs.isStrict = false
  await vi.advanceTimersByTimeAsync(6_000)
  expect(folder.problems.count).toBe(0)
  await engine.stop()
})

test('where it is much, it is tried the less often', async () => {
  const { fs, engine, folder, looks } = await unreadable(1_000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(looks()).toBeLessThan(5)
  fs.isStrict = false
  await vi.advanceTimersByTimeAsync(60_000)
  expect(folder.problems.count).toBe(0)
  await engine.stop()
})
