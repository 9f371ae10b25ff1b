import type { FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import { ActionButton, AskingButton } from '../parts/action.tsx'
import { t } from '../text/text.ts'

/** Of blocked folders where nothing is that could be meant to count as it is. */
const NOTHING_THERE: ReadonlySet<string> = new Set(['root-missing', 'root-no-directory'])

/** What somebody has to decide about a folder, if anything: what is meant to be done first comes first. */
export function Decisions({ folder: { id, state, reasonCode, heldEntries } }: { folder: FolderStatus }) {
  const folder = id
  if (state === 'held')
    return (
      <>
        <ActionButton primary run={() => api.rejectFolder({ folder })}>
          {t('folder.reject')}
        </ActionButton>
        <AskingButton sure={t('folder.approve.sure', { count: heldEntries })} run={() => api.approveFolder({ folder })}>
          {t('folder.approve')}
        </AskingButton>
      </>
    )
  if (state === 'blocked' && !NOTHING_THERE.has(reasonCode))
    return <ActionButton run={() => api.unblockFolder({ folder })}>{t('folder.unblock')}</ActionButton>
  if (state === 'paused')
    return (
      <ActionButton primary run={() => api.resumeFolder({ folder })}>
        {t('folder.resume')}
      </ActionButton>
    )
  if (reasonCode === 'local-edits')
    return (
      <AskingButton sure={t('folders.revert.sure')} run={() => api.revertFolder({ folder })}>
        {t('folder.revert')}
      </AskingButton>
    )
  return null
}

/** Is there anything? */
export function needsDecision({ state, reasonCode }: FolderStatus): boolean {
  return (
    state === 'held' ||
    state === 'paused' ||
    (state === 'blocked' && !NOTHING_THERE.has(reasonCode)) ||
    (state === 'idle' && reasonCode === 'local-edits')
  )
}
