import { Link } from 'wouter'
import type { FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import { ActionButton, AskingButton } from '../parts/action.tsx'
import { conflictsAt, folderAt, historyAt } from '../places.ts'
import { t } from '../text/text.ts'

/** What can be done about a reason that something is not the same everywhere, where this page can do it. */
export function Fix({ code, folder: { id }, path }: { code: string; folder: FolderStatus; path?: string }) {
  switch (code) {
    case 'ignored':
    case 'ignore-rules':
      return <Link href={folderAt(id, 'ignore')}>{t('folders.fix.ignore')}</Link>
    case 'conflict':
      return <Link href={conflictsAt(id, path)}>{t('folders.fix.conflict')}</Link>
    case 'paused':
      return (
        <ActionButton primary run={() => api.resumeFolder({ folder: id })}>
          {t('folder.resume')}
        </ActionButton>
      )
    case 'local-edit':
      return (
        <AskingButton sure={t('folders.revert.sure')} run={() => api.revertFolder({ folder: id })}>
          {t('folder.revert')}
        </AskingButton>
      )
    case 'deleted':
    case 'lost':
    case 'missing-chunks':
      return <Link href={historyAt(id, path)}>{t('folders.fix.history')}</Link>
    case 'away':
    case 'out-of-reach':
    case 'to-come':
    case 'to-come-elsewhere':
    case 'lies':
      return <Link href="/peers">{t('folders.fix.devices')}</Link>
    case 'full':
      return <Link href="/health">{t('folders.fix.space')}</Link>
    default:
      return null
  }
}
