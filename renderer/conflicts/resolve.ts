import { restoreCopy } from '../history/restore.ts'
import { api } from '../live/api.ts'
import { tell } from '../live/toasts.ts'
import { quoted } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import type { ConflictSide } from './sides.ts'

export interface Place {
  /** Its id. */
  folder: string
  path: string
  /** Where the folder is on this disk. */
  root: string | null
}

/** Keeps one of the versions at the path. What the others were stays in the history; undoing that puts them beside it, as files of their own. */
export async function keepOne(place: Place, kept: ConflictSide, sides: readonly ConflictSide[], own: string): Promise<void> {
  const { folder, path } = place
  const others = sides.filter((side) => side !== kept)
  if (kept.device === own) await api.resolveConflict({ folder, path, keep: 'mine' })
  else {
    // Of two versions of which one is ours, the other needs no name.
    const isPair = sides.length === 2 && others.some(({ device }) => device === own)
    const whose = isPair || kept.device === null ? {} : { device: kept.device }
    await api.resolveConflict({ folder, path, keep: 'theirs', ...whose })
  }
  const lost = others.flatMap(({ version }) => (version === null || version.kind !== 'file' ? [] : [version]))
  const undo = async (): Promise<void> => {
    const copies: string[] = []
    for (const version of lost) copies.push(await restoreCopy(place, version))
    tell(t('conflicts.undone', { copies: copies.map((copy) => `“${quoted(copy)}”`).join(', '), count: copies.length }))
  }
  tell(
    t(kept.device === own ? 'conflicts.kept.own' : 'conflicts.kept', {
      path: quoted(path),
      device: kept.by ?? '',
      count: others.length,
    }),
    lost.length === 0 ? null : undo,
  )
}

/** Keeps each under a name of its own: nothing is taken away. */
export async function keepAll({ folder, path }: Place, count: number): Promise<void> {
  await api.resolveConflict({ folder, path, keep: 'both' })
  tell(t('conflicts.kept.all', { path: quoted(path), count }))
}
