import type { FolderStatus } from '#api/contract'
import { sentence } from '../format.ts'
import { t, theLocale, type MessageKey } from '../text/text.ts'

/** Why a folder is in its state, by the daemon's code (`sync/standing`, `folder/marker`). */
const REASONS: Record<string, MessageKey> = {
  'deletions-held': 'reason.held',
  scanning: 'reason.scanning',
  'no-role': 'reason.no-role',
  'receiving-index': 'reason.receiving-index',
  'waiting-for-device': 'reason.waiting-for-device',
  'no-device': 'reason.no-device',
  'put-off': 'reason.put-off',
  fetching: 'reason.fetching',
  vanishing: 'reason.vanishing',
  problems: 'reason.problems',
  'local-edits': 'reason.local-edits',
  'send-only': 'reason.send-only',
  alone: 'reason.alone',
  'waits-elsewhere': 'reason.waits-elsewhere',
  'to-come-elsewhere': 'reason.to-come-elsewhere',
  'online-only': 'reason.online-only',
  'up-to-date': 'reason.up-to-date',
  paused: 'reason.paused',
  offered: 'reason.offered',
  'root-missing': 'reason.root-missing',
  'root-replaced': 'reason.root-replaced',
  'root-unreadable': 'reason.root-unreadable',
  'marker-missing': 'reason.marker-missing',
  'marker-damaged': 'reason.marker-damaged',
  'marker-changed': 'reason.marker-changed',
}

/** Why a folder is in its state, in the page's language. The daemon's own sentence is English, and says more: it is taken where it can be. */
export function reasonOf(
  folder: Pick<FolderStatus, 'reason' | 'reasonCode' | 'needEntries' | 'heldEntries' | 'problems'>,
): string {
  const key = REASONS[folder.reasonCode]
  if (theLocale() === 'en' || key === undefined) return sentence(folder.reason)
  const { needEntries: need, heldEntries: held, problems } = folder
  return t(key, { need, held, problems })
}
