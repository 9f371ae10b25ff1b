import type { FolderState, FolderStatus } from '#api/contract'
import type { IconName } from '../parts/icon.tsx'
import { reasonWords } from '../parts/words.ts'
import { t } from '../text/text.ts'

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

/** A folder's state in a word, and why it is so; null where the word says all. */
export function stateWords(folder: FolderStatus): { state: string; reason: string | null } {
  if (folder.reasonCode === 'up-to-date') return { state: t('folder.up-to-date'), reason: null }
  return { state: t(`folder.${folder.state}`), reason: reasonWords(folder) }
}

/** Does it wait for somebody? */
export function isStuck({ state }: Pick<FolderStatus, 'state'>): boolean {
  return state === 'blocked' || state === 'held' || state === 'error'
}
