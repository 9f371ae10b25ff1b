import type { FolderState, FolderStatus } from '#api/contract'
import type { IconName } from '../parts/icon.tsx'

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

/** Does it wait for somebody? */
export function isStuck({ state }: Pick<FolderStatus, 'state'>): boolean {
  return state === 'blocked' || state === 'held' || state === 'error'
}
