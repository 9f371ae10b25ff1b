import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seededRandom, systemClock } from '#base'
import { NodeFilesystem, TreeDisk } from '#folder'
import { A, FOLDER, open } from '../db/fixtures.ts'
import { KEYS } from '../folder/test-folder.ts'
import { engineOf, until } from './engines.ts'

const FILES = 300
const GONE = 40

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-vanishing-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a folder is not settled while entries are vanishing, and ends before that when it is to', async () => {
  mkdirSync(join(root, 'all'))
  for (let n = 0; n < FILES; n++) writeFileSync(join(root, 'all', `${n}`), `text ${n}`)
  const disk = new TreeDisk(
    { fs: new NodeFilesystem(), clock: systemClock, random: seededRandom(1) },
    { root, keys: KEYS, device: A.id },
  )
  const identity = await disk.adopt(FOLDER, null)
  const { engine, folder } = await engineOf(open(A), { parts: { disk, identity, idKey: KEYS.idKey } })
  await until(async () => folder.totals?.entries === FILES + 1 && (await folder.settled()))
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
