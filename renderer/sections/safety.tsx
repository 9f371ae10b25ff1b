import { Link } from 'wouter'
import type { FolderStatus, Remark } from '#api/contract'
import { RemarkDo } from '../parts/what-to-do.tsx'
import { remarkWords } from '../parts/words.ts'
import { ADD_DEVICE, folderAt, historyAt } from '../places.ts'
import { t } from '../text/text.ts'

/** What keeps a folder's versions from being as safe as they should be. That there are few devices is no news where there is no other at all. */
export function Safety({ folder: { id, notes }, isAlone }: { folder: Pick<FolderStatus, 'id' | 'notes'>; isAlone: boolean }) {
  const shown = notes.filter(({ reasonCode }) => !(isAlone && isDegraded(reasonCode)))
  return shown.map((note) => (
    <p key={note.message} className="facts" data-note={note.reasonCode}>
      <span className={isDegraded(note.reasonCode) ? 'muted' : 'bad'}>
        {remarkWords(note)} <RemarkAction note={note} folder={id} />
      </span>
    </p>
  ))
}

/** What to do about it: here, where this page can do it. */
export function RemarkAction({ note, folder }: { note: Remark; folder: string }) {
  const { reasonCode, values } = note
  switch (reasonCode) {
    case 'degraded':
    case 'unheld':
      return <Link href={ADD_DEVICE}>{t('add.title')}</Link>
    case 'full':
    case 'refused':
    case 'lies':
      return <Link href="/peers">{t('remark.devices')}</Link>
    case 'lost':
      return <Link href={folderAt(folder, 'problems')}>{t('remark.files')}</Link>
    case 'out-of-reach':
      return (
        <>
          {values?.['devices'] === undefined ? null : `${t('remark.connect', { devices: values['devices'] })} `}
          <Link href={folderAt(folder, 'problems')}>{t('remark.files')}</Link>
        </>
      )
    case 'deleted-apart':
      return <Link href={historyAt(folder)}>{t('remark.history')}</Link>
    default:
      return <RemarkDo note={note} />
  }
}

/** Of a device that is alone: has it all of its folders, and nobody else any? */
export function areAllHere(folders: readonly Pick<FolderStatus, 'notes'>[]): boolean {
  const codes = folders.flatMap(({ notes }) => notes.map(({ reasonCode }) => reasonCode))
  return codes.some(isDegraded) && !codes.includes('unheld')
}

function isDegraded(reasonCode: string): boolean {
  return reasonCode === 'degraded'
}
