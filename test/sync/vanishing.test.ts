import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seededRandom, systemClock } from '#base'
import { NodeFilesystem, TreeDisk } from '#folder'
import type { Role } from '#model'
import type { FolderSyncParts } from '#sync'
import { A, author, B, FOLDER, gone, heads, open, row, send, stat } from '../db/fixtures.ts'
import { KEYS } from '../folder/test-folder.ts'
import { engineOf, until } from './engines.ts'

const FILES = 300
const GONE = 40

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-vanishing-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Shares the tree at `root`, in which are `entries`. */
async function share(entries: number, parts: Partial<FolderSyncParts> = {}) {
  const disk = new TreeDisk(
    { fs: new NodeFilesystem(), clock: systemClock, random: seededRandom(1) },
    { root, keys: KEYS, device: A.id },
  )
  const identity = await disk.adopt(FOLDER, null)
  const index = open(A)
  const shared = await engineOf(index, { parts: { disk, identity, idKey: KEYS.idKey, ...parts } })
  const { folder } = shared
  await until(async () => folder.totals?.entries === entries && (await folder.settled()))
  return { ...shared, index }
}

test('a folder is not settled while entries are vanishing, and ends before that when it is to', async () => {
  mkdirSync(join(root, 'all'))
  for (let n = 0; n < FILES; n++) writeFileSync(join(root, 'all', `${n}`), `text ${n}`)
  const { engine, folder } = await share(FILES + 1)
  const gone = Array.from({ length: GONE }, (_, n) => `all/${n}`)
  for (const path of gone) rmSync(join(root, path))
  folder.hint(gone)
  await until(() => folder.standing.reasonCode === 'vanishing')
  expect(await folder.settled()).toBe(false)
  await until(() => folder.settled())
  expect(folder.totals?.entries).toBe(FILES + 1 - GONE)
  for (let n = GONE; n < 2 * GONE; n++) rmSync(join(root, 'all', `${n}`))
  const scan = folder.scan()
  await until(() => folder.standing.reasonCode === 'vanishing')
  const ended = scan.catch((error: unknown) => error)
  await engine.stop()
  expect(await ended).toMatchObject({ code: 'offline' })
})

test('nothing is written to bring deletions back where this device may write no more', async () => {
  let role: Role = 'sync'
  mkdirSync(join(root, 'all'))
  for (let n = 0; n < FILES; n++) writeFileSync(join(root, 'all', `${n}`), `text ${n}`)
  const { engine, folder, index } = await share(FILES + 1, { role: () => role })
  for (let n = 0; n < 10; n++) rmSync(join(root, 'all', `${n}`))
  await folder.scan()
  for (let n = 10; n < FILES - GONE; n++) rmSync(join(root, 'all', `${n}`))
  await folder.scan()
  expect(folder.standing.state).toBe('held')
  const before = index.have()
  role = 'receive-only'
  await folder.rolesChanged()
  expect(await folder.actions.reject()).toBe(FILES - GONE - 10)
  expect(index.have()).toEqual(before)
  await engine.stop()
})

test('rules that changed before deletions are brought back are heeded: what was ignored does not come back', async () => {
  mkdirSync(join(root, 'all'))
  for (let n = 0; n < FILES; n++) writeFileSync(join(root, 'all', `${n}`), `text ${n}`)
  writeFileSync(join(root, '.holdfastignore'), 'old\n')
  writeFileSync(join(root, 'old'), 'text 0')
  const { engine, folder, index } = await share(FILES + 2)
  const [head] = row(index, 'all/0').heads
  const { chunker, size, chunks } = head!
  const other = open(B)
  send(index, other)
  // Elsewhere it was deleted long ago.
  author(other, { path: 'old', kind: 'file', stat: stat({ size }), content: { chunker, size, chunks } }, gone('old'))
  send(other, index)
  await folder.scan()
  for (let n = 0; n < FILES - GONE; n++) rmSync(join(root, 'all', `${n}`))
  await folder.scan()
  expect(folder.standing.state).toBe('held')
  writeFileSync(join(root, '.holdfastignore'), '# nothing is ignored any more\n')
  await folder.actions.reject()
  expect(heads(index, 'old')).toEqual(['tombstone'])
  await engine.stop()
})
