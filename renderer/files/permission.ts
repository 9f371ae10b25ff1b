import type { FolderStatus } from '#api/contract'
import type { MessageKey } from '../text/text.ts'

/** Why nothing can be added, changed or deleted in a folder here and now; null: it can. */
export function refusalOf({ state, role, path }: FolderStatus, at: string | undefined): MessageKey | null {
  if (at !== undefined) return 'files.no.then'
  if (state === 'offered') return 'files.no.offered'
  if (role === 'receive-only') return 'files.no.receive-only'
  if (role === 'none') return 'files.no.role'
  if (path === null) return 'files.no.online-only'
  if (state === 'paused') return 'files.no.paused'
  if (state === 'blocked' || state === 'error') return 'files.no.blocked'
  return null
}
