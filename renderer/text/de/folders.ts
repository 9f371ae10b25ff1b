import type { folders as en } from '../en/folders.ts'

export const folders: Record<keyof typeof en, string> = {
  'progress.done': '{bytes} von {total}',
  'progress.left': 'noch {time}',
}
