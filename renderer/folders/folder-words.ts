import type { FolderState, FolderStatus } from '#api/contract'
import { sentence } from '../format.ts'
import type { IconName } from '../parts/icon.tsx'
import { isMessageKey, t, theLocale } from '../text/text.ts'

/** How a folder's state looks, beside its word. */
export const FOLDER_STATES: Record<FolderState, { icon: IconName; tone: 'good' | 'busy' | 'bad' | 'quiet' }> = {
  idle: { icon: 'check', tone: 'good' },
  scanning: { icon: 'search', tone: 'busy' },
  syncing: { icon: 'arrows', tone: 'busy' },
  paused: { icon: 'pause', tone: 'quiet' },
  blocked: { icon: 'stop', tone: 'bad' },
  held: { icon: 'hand', tone: 'bad' },
  offered: { icon: 'gift', tone: 'quiet' },
  error: { icon: 'stop', tone: 'bad' },
}

/** Why a folder is in its state. The daemon's own sentence is English, and says most: other languages tell what its code means. */
export function folderReason({ reason, reasonCode, needEntries, heldEntries, problems }: FolderStatus): string {
  const key = `folders.reason.${reasonCode}`
  if (theLocale() === 'en' || !isMessageKey(key)) return sentence(reason)
  return t(key, { need: needEntries, held: heldEntries, problems })
}

/** Does it wait for somebody? */
export function isStuck({ state }: Pick<FolderStatus, 'state'>): boolean {
  return state === 'blocked' || state === 'held' || state === 'error'
}
