import { existsSync, mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seededRandom, systemClock } from '#base'
import { NodeFilesystem, TreeDisk } from '#folder'
import { A, author, B, FOLDER, follow, gone, heads, open, row, send, stat, symlink } from '../db/fixtures.ts'
import type { Dir, OpenFile, OpenMode } from '../../src/folder/filesystem.ts'
import { KEYS } from '../folder/test-folder.ts'
import { connect, engineOf, until } from './engines.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-rules-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('what was ignored is looked at when sync brings other rules, without a word of the watcher', async () => {
  const disk = new TreeDisk(
    { fs: new NodeFilesystem(), clock: systemClock, random: seededRandom(1) },
    { root, keys: KEYS, device: A.id },
  )
  const identity = await disk.adopt(FOLDER, null)
  writeFileSync(join(root, 'x'), 'text')
  const [index, other] = [open(A), open(B)]
  const one = await engineOf(index, { parts: { disk, identity, idKey: KEYS.idKey } })
  await until(() => heads(index, 'x').length === 1)
  writeFileSync(join(root, '.holdfastignore'), 'x\n')
  await one.folder.scan()
  writeFileSync(join(root, 'x'), 'edited')
  writeFileSync(join(root, 'y'), 'new')
  await one.folder.scan()
  expect(heads(index, 'x')).toEqual(['file 4'])
  const two = await engineOf(other)
  connect({ engine: one.engine, of: A }, { engine: two.engine, of: B })
  await until(() => heads(other, 'y').length === 1)
  follow(other)
  author(other, gone('.holdfastignore'))
  two.folder.exchange.setHave(other.have())
  await until(() => !existsSync(join(root, '.holdfastignore')))
  await until(() => heads(index, 'x').includes('file 6'), 5_000)
  await Promise.all([one.engine.stop(), two.engine.stop()])
})

/** As for a user who may not read everything. */
class StrictFilesystem extends NodeFilesystem {
  override open(dir: Dir, name: string, mode: OpenMode): OpenFile {
    const isReadable = mode === 'create' || ((this.stat(dir, name)?.mode ?? 0o400) & 0o400) > 0
    if (!isReadable) throw Object.assign(new Error('permission denied'), { code: 'EACCES' })
    return super.open(dir, name, mode)
  }
}

test('rules that sync made unreadable keep everything here as it is, but what makes them readable comes', async () => {
  const disk = new TreeDisk(
    { fs: new StrictFilesystem(), clock: systemClock, random: seededRandom(1) },
    { root, keys: KEYS, device: A.id },
  )
  const identity = await disk.adopt(FOLDER, null)
  writeFileSync(join(root, '.holdfastignore'), 'x\n')
  const [index, other] = [open(A), open(B)]
  const one = await engineOf(index, { parts: { disk, identity, idKey: KEYS.idKey } })
  const two = await engineOf(other)
  connect({ engine: one.engine, of: A }, { engine: two.engine, of: B })
  await until(() => heads(other, '.holdfastignore').length === 1)
  follow(other)
  const [head] = row(other, '.holdfastignore').heads
  const allow = (mode: number): void => {
    const { size, chunker, chunks, mtime } = head!
    const now = stat({ size, mode, mtimeMs: mtime / 1000 })
    author(other, { path: '.holdfastignore', kind: 'file', stat: now, content: { size, chunker, chunks } })
    author(other, symlink(`link-${mode}`, 'target'))
    two.folder.exchange.setHave(other.have())
  }
  allow(0)
  await until(() => one.folder.standing.reasonCode === 'denied')
  expect(statSync(join(root, '.holdfastignore')).mode & 0o777).toBe(0)
  allow(0o600)
  await until(() => one.folder.standing.state === 'idle')
  expect(statSync(join(root, '.holdfastignore')).mode & 0o777).toBe(0o600)
  expect(readlinkSync(join(root, 'link-384'))).toBe('target')
  await Promise.all([one.engine.stop(), two.engine.stop()])
})

class WindowsFilesystem extends NodeFilesystem {
  override readonly platform = 'windows'
}

test('what cannot be brought here is no problem any more once it is ignored', async () => {
  const disk = new TreeDisk(
    { fs: new WindowsFilesystem(), clock: systemClock, random: seededRandom(1) },
    { root, keys: KEYS, device: A.id },
  )
  const identity = await disk.adopt(FOLDER, null)
  const [index, other] = [open(A), open(B)]
  author(other, symlink('a:b', 'target'))
  send(other, index)
  const { engine, folder } = await engineOf(index, { parts: { disk, identity, idKey: KEYS.idKey } })
  await until(async () => (await folder.problems.list()).some(({ code }) => code === 'name'))
  writeFileSync(join(root, '.holdfastignore'), 'a:b\n')
  await folder.scan()
  await until(() => folder.settled(), 5_000)
  expect(await folder.problems.list()).toEqual([])
  await engine.stop()
})
