import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { DeviceStore, StoredFolder } from '#db'
import type { FolderDisk } from '#folder'
import { homeKey } from './left-folders.ts'

/**
 * Is the home's database another file than when the folder's directory was last the right one? Then the home was copied, or restored
 * from a backup; where the directory is another one, too, that was hardly by itself.
 */
export async function isHomeRestored(
  { home, store }: { home: string; store: Pick<DeviceStore, 'setting' | 'putSetting'> },
  { id, marker }: StoredFolder,
  disk: FolderDisk | null,
): Promise<boolean> {
  const now = statSync(join(home, 'index', 'device.db'), { bigint: true, throwIfNoEntry: false })?.ino.toString()
  if (disk === null || marker === null || now === undefined) return false
  const before = await store.setting(homeKey(id))
  const { ok } = await disk.check(marker)
  if (ok && before !== now) await store.putSetting(homeKey(id), now)
  return !ok && before !== null && before !== now
}
