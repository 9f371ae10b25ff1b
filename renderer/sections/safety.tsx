import { Link } from 'wouter'
import type { FolderStatus, Remark } from '#api/contract'
import { sentence } from '../format.ts'
import { t } from '../text/text.ts'

/** What keeps a folder's versions from being as safe as they should be. That there are few devices is no news where there is no other at all. */
export function Safety({ notes, isAlone }: { notes: readonly Remark[]; isAlone: boolean }) {
  const shown = notes.filter(({ reasonCode }) => !(isAlone && isDegraded(reasonCode)))
  return shown.map(({ reasonCode, message, hint }) => (
    <p key={message} className="facts" data-note={reasonCode}>
      <span className={isDegraded(reasonCode) ? 'muted' : 'bad'}>
        {sentence(message)}{' '}
        {isDegraded(reasonCode) ? <Link href="/peers">{t('add.title')}</Link> : <span className="muted">{sentence(hint)}</span>}
      </span>
    </p>
  ))
}

/** Of a device that is alone: has it all of its folders, and nobody else any? */
export function areAllHere(folders: readonly Pick<FolderStatus, 'notes'>[]): boolean {
  const codes = folders.flatMap(({ notes }) => notes.map(({ reasonCode }) => reasonCode))
  return codes.some(isDegraded) && !codes.includes('unheld')
}

function isDegraded(reasonCode: string): boolean {
  return reasonCode === 'degraded'
}
