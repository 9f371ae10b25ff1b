import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom, systemClock } from '#base'
import { NodeFilesystem, TreeDisk } from '#folder'
import type { FolderSyncParts } from '#sync'
import { A, FOLDER, open } from '../db/fixtures.ts'
import { KEYS } from '../folder/test-folder.ts'
import { engineOf, until } from './engines.ts'

/** A shared folder on a real disk, looked at once; `end` stops it and removes all. */
export async function sharedTree(fill: (root: string) => void, parts: Partial<FolderSyncParts> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-tree-'))
  fill(root)
  const disk = new TreeDisk(
    { fs: new NodeFilesystem(), clock: systemClock, random: seededRandom(1) },
    { root, keys: KEYS, device: A.id },
  )
  const identity = await disk.adopt(FOLDER, null)
  const index = open(A)
  const shared = await engineOf(index, { parts: { disk, identity, idKey: KEYS.idKey, ...parts } })
  await until(() => shared.folder.settled())
  await shared.folder.scan()
  const end = async (): Promise<void> => {
    await shared.engine.stop()
    rmSync(root, { recursive: true, force: true })
  }
  return { ...shared, index, root, disk, end }
}
