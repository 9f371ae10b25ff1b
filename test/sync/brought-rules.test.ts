import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seededRandom, systemClock } from '#base'
import { NodeFilesystem, TreeDisk } from '#folder'
import { A, author, B, FOLDER, follow, gone, heads, open } from '../db/fixtures.ts'
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
