import type { DeviceStore, StoredFolder } from '#db'
import type { FolderId } from '#model'
import type { DeletionNotes } from '#sync'
import { deletedApartKey } from './deleted-apart.ts'

type Notes = Pick<DeviceStore, 'setting' | 'putSetting' | 'putFolder' | 'dropFolder'>

/** The setting that says how many records the index of a folder had when its blocks were swept last. */
export function sweptKey(folder: FolderId): string {
  return `swept.${folder}`
}

/** The setting that says how far the last run over a folder's versions came, by which policy, and when. */
export function forgottenKey(folder: FolderId): string {
  return `forgotten.${folder}`
}

/** The setting that says that a folder was unblocked and what is missing there not judged. */
export function unblockedKey(folder: FolderId): string {
  return `unblocked.${folder}`
}

/** The setting with the deletions of a folder that count still, and since when they are held; see DeletionNote. */
function vanishedKey(folder: FolderId): string {
  return `vanished.${folder}`
}

export function vanishedNotes(notes: Pick<Notes, 'setting' | 'putSetting'>, folder: FolderId): DeletionNotes {
  const key = vanishedKey(folder)
  return { read: () => notes.setting(key), write: (text) => notes.putSetting(key, text) }
}

/** The setting with the file that device.db was when the folder's directory was last the one that it is known to be. */
export function homeKey(folder: FolderId): string {
  return `home.${folder}`
}

/** The setting with the devices that were asked for all that a folder lacks; see AskedDevices. */
export function askedKey(folder: FolderId): string {
  return `asked.${folder}`
}

function leftKey(folder: FolderId): string {
  return `left.${folder}`
}

/**
 * Forgets what is noted of a folder, which was left. Its blocks are of no use here any more if all that hold it, others than this device
 * among them, had said that they have all that they are to have; in any other case they stay.
 */
export async function noteLeft(notes: Notes, folder: FolderId, isHeldElsewhere: boolean): Promise<void> {
  await notes.dropFolder(folder)
  for (const key of [
    `indexed.${folder}`,
    `takers.${folder}`,
    unblockedKey(folder),
    vanishedKey(folder),
    homeKey(folder),
    sweptKey(folder),
    forgottenKey(folder),
    deletedApartKey(folder),
    askedKey(folder),
  ])
    await notes.putSetting(key, null)
  await notes.putSetting(leftKey(folder), isHeldElsewhere ? '1' : null)
}

/** Notes a folder that was joined: its blocks are of use here, again. */
export async function noteJoined(notes: Notes, folder: StoredFolder): Promise<void> {
  await notes.putSetting(leftKey(folder.id), null)
  await notes.putFolder(folder)
}

/** Notes that blocks of a folder come here which others count on, also where it was left before. */
export async function noteHeld(notes: Pick<Notes, 'setting' | 'putSetting'>, folder: FolderId): Promise<void> {
  if (await isLeftToOthers(notes, folder)) await notes.putSetting(leftKey(folder), null)
}

/** Was a folder left, and are its blocks of no use here? */
export async function isLeftToOthers(notes: Pick<Notes, 'setting'>, folder: FolderId): Promise<boolean> {
  return (await notes.setting(leftKey(folder))) !== null
}
