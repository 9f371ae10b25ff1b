import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openFolderIndex, openStoreDatabase, storeDatabaseFault } from '#db'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { deviceSchema } from '../../src/db/migrations/device.ts'
import { folderSchema } from '../../src/db/migrations/folder.ts'
import { storeSchema } from '../../src/db/migrations/store.ts'
import { author, epoch, folder } from '../format/index-cases.ts'
import { makeDatabase, openMade, told } from '../format/index-database.ts'
import { fill, told as toldByStore } from '../format/store-database.ts'
import { temporary } from './temporary.ts'

/** Ends by SIGKILL what opens the database, when the step to `version` is done. */
async function killAt(kind: string, file: string, version: number, point: string): Promise<void> {
  const args = [join(import.meta.dirname, 'kill-at.ts'), kind, file, String(version), point]
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { stdio: 'inherit' })
  await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
}

function versionOf(file: string): unknown {
  const db = new DatabaseSync(file, { readOnly: true })
  const [version, whole] = ['user_version', 'integrity_check'].map(
    (name) => Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0],
  )
  db.close()
  expect(whole).toBe('ok')
  return version
}

/** Kills it at each step to a newer version, before that is noted and before it is committed; all with one file. */
async function killAtEach(kind: 'folder' | 'store' | 'device', versions: readonly { number: number }[]): Promise<string> {
  const file = join(temporary(), 'killed.db')
  const first = kind === 'device' ? 0 : 1
  if (first === 1) {
    const name = kind === 'folder' ? 'folder-index-1.db.gz' : 'store-1.db.gz'
    writeFileSync(file, gunzipSync(readFileSync(new URL(`../format/${name}`, import.meta.url))))
  }
  for (const { number } of versions.slice(first)) {
    for (const point of ['unnoted', 'uncommitted']) {
      await killAt(kind, file, number, point)
      expect(versionOf(file)).toBe(number - 1)
    }
  }
  // What was not committed had been written.
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
  return file
}

test('databases that are killed at each step of their way to the newest version have all that they had', async () => {
  const [index, store, device] = await Promise.all([
    killAtEach('folder', folderSchema.migrations),
    killAtEach('store', storeSchema.migrations),
    killAtEach('device', deviceSchema.migrations),
  ])

  const settings = { folder, device: author, seed: new Uint8Array(32).fill(1), foldsCase: true, now: epoch / 1024 }
  const folderIndex = openFolderIndex({ ...settings, file: index })
  const sameIndex = openMade(makeDatabase())
  expect(told(folderIndex)).toEqual(told(sameIndex))
  // Nobody looked after content before version 3.
  expect(folderIndex.keeping()).toBe(sameIndex.keeping() + 1)
  folderIndex.close()
  expect(versionOf(index)).toBe(folderSchema.migrations.length)

  const blocks = openStoreDatabase(store)
  const sameBlocks = openStoreDatabase(':memory:')
  fill(sameBlocks)
  expect([toldByStore(blocks), blocks.sizes()]).toEqual([toldByStore(sameBlocks), sameBlocks.sizes()])
  blocks.close()
  expect([versionOf(store), storeDatabaseFault(store)]).toEqual([storeSchema.migrations.length, null])

  // Of this one there is no earlier version: it was killed while it was made.
  const notes = openDeviceStore(device)
  notes.putSetting('name', 'anna')
  expect([notes.setting('name'), notes.groupLog(), notes.folders()]).toEqual(['anna', [], []])
  notes.close()
  expect(versionOf(device)).toBe(deviceSchema.migrations.length)
})
