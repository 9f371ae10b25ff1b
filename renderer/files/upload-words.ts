import { quoted } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { nameOf } from './rows.ts'
import type { UploadState } from './upload.ts'
import type { Goal } from './uploads.ts'

/** What an upload came to, in one sentence. */
export function summaryOf({ added, replaced, failed, left, filesDone }: UploadState, goal: Goal): string {
  const place = placeName(goal)
  if (added + replaced === 0 && failed.length + left === 0) return t('files.upload.made', { count: filesDone, place })
  const parts = [
    added > 0 || replaced === 0 ? t('files.upload.added', { count: added, place }) : '',
    replaced > 0 ? t('files.upload.replaced', { count: replaced, place }) : '',
    failed.length > 0 ? t('files.upload.failed', { count: failed.length }) : '',
    left > 0 ? t('files.upload.left', { count: left }) : '',
  ]
  return parts.filter((part) => part !== '').join(' ')
}

/** The directory that something goes to, as a sentence calls it. */
export function placeName({ into, folderName }: Goal): string {
  return quoted(into === '' ? folderName : nameOf(into))
}
