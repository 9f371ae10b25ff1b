import type { Snapshot } from '../live/state.ts'
import { isStuck } from '../folders/folder-words.ts'
import type { IconName } from '../parts/icon.tsx'
import { reasonWords } from '../parts/words.ts'
import { conflictsAt, folderAt } from '../places.ts'
import { quoted, visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'

/** Something that waits for somebody: what, why, and where it is dealt with. */
export interface Attention {
  key: string
  icon: IconName
  title: string
  reason: string
  verb: string
  href: string
}

/** What needs somebody, the most urgent first: folders that stand still, then what is in conflict, what does not sync, and what is offered. */
export function attentions(snapshot: Snapshot): Attention[] {
  const { folders, conflicts } = snapshot
  const stuck = folders.filter(isStuck).map((folder): Attention => ({
    key: `stuck ${folder.id}`,
    icon: folder.state === 'held' ? 'hand' : 'stop',
    title: `${folder.name}: ${t(`folder.${folder.state}`)}`,
    reason: reasonWords(folder),
    verb: t(folder.state === 'held' ? 'tray.decide' : 'tray.look'),
    href: folderAt(folder.id),
  }))
  const disputed = folders
    .map((folder) => ({ folder, paths: new Set(conflicts.filter((one) => one.folder === folder.name).map(({ path }) => path)) }))
    .filter(({ paths }) => paths.size > 0)
    .map(({ folder, paths }): Attention => ({
      key: `conflict ${folder.id}`,
      icon: 'fork',
      title: t('tray.conflicts', { count: paths.size, folder: folder.name }),
      reason: t('tray.conflicts.why', { path: quoted([...paths][0] ?? ''), count: paths.size - 1 }),
      verb: t('tray.choose'),
      href: conflictsAt(folder.id),
    }))
  const unsynced = folders
    .filter((folder) => folder.problems > 0 && !isStuck(folder))
    .map((folder): Attention => ({
      key: `problem ${folder.id}`,
      icon: 'stop',
      title: t('tray.problems', { count: folder.problems, folder: folder.name }),
      reason: visible(snapshot.problems[folder.name]?.[0]?.path ?? ''),
      verb: t('tray.look'),
      href: folderAt(folder.id, 'problems'),
    }))
  const offered = folders
    .filter(({ state }) => state === 'offered')
    .map((folder): Attention => ({
      key: `offered ${folder.id}`,
      icon: 'gift',
      title: t('tray.offered', { folder: folder.name }),
      reason: reasonWords(folder),
      verb: t('action.join'),
      href: '/',
    }))
  return [...stuck, ...disputed, ...unsynced, ...offered]
}
