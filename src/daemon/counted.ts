import { messageOf, type Logger } from '#base'
import type { FolderIndex } from '#db'
import type { DeviceId, FolderId } from '#model'
import type { Counted, Group, Place } from '#peers'
import type { OpenFolder } from './folder-opener.ts'

/** For each device that wrote in a folder the last record of every epoch of it that the index has. */
export async function countedIn(index: FolderIndex): Promise<Counted> {
  const counted = new Map<DeviceId, Place[]>()
  for (const { author, epoch, seq } of await index.have()) {
    const places = counted.get(author) ?? []
    places.push({ epoch, seq })
    counted.set(author, places)
  }
  return counted
}

/** The same of all folders that are open here. Of the others, and those not known yet, nothing is said: a device that has them says it. */
export async function countedInAll(folders: readonly OpenFolder[]): Promise<Map<FolderId, Counted>> {
  const all = new Map<FolderId, Counted>()
  for (const { stored, index, sync } of folders)
    if (index !== null && sync?.comparison.done !== false) all.set(stored.id, await countedIn(index))
  return all
}

/**
 * Says how far devices count that may not write in a folder, where nobody has said it (whoever put them out does not take part in it, or
 * this device brought the folder from another group), or said less than the index has.
 */
export async function sayCounted(group: Group, { stored, index }: OpenFolder, logger: Logger): Promise<void> {
  if (index === null) return
  try {
    await group.countFolder(stored.id, await countedIn(index))
  } catch (error) {
    logger.warn({ folder: stored.id, reason: messageOf(error) }, 'it could not be said how far devices count that were cut off')
  }
}
