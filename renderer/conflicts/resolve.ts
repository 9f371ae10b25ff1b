import { ApiError } from '#api/client'
import { restoreCopy } from '../history/restore.ts'
import { api } from '../live/api.ts'
import { tell } from '../live/toasts.ts'
import { quoted } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { decided } from './decided.ts'
import type { ConflictSide, Disputed } from './sides.ts'

export interface Place {
  /** Its id. */
  folder: string
  path: string
  /** Where the folder is on this disk. */
  root: string | null
}

/** What somebody has seen who chooses. */
export interface Choice {
  place: Place
  disputed: Disputed
  sides: readonly ConflictSide[]
  /** To be called where it is not so any more. */
  reload: () => void
}

/** Keeps one of the versions at the path. What the others were stays in the history; undoing that puts them beside it, as files of their own. */
export async function keepOne(choice: Choice, kept: ConflictSide, own: string): Promise<void> {
  const { place, sides } = choice
  const { path } = place
  const others = sides.filter((side) => side !== kept)
  // Of two versions of which one is ours, the other needs no name.
  const isPair = sides.length === 2 && others.some(({ device }) => device === own)
  const whose = isPair || kept.device === null ? {} : { device: kept.device }
  if (!(await settle(choice, kept.device === own ? { keep: 'mine' } : { keep: 'theirs', ...whose }))) return
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
export async function keepAll(choice: Choice): Promise<void> {
  if (!(await settle(choice, { keep: 'both' }))) return
  tell(t('conflicts.kept.all', { path: quoted(choice.place.path), count: choice.sides.length }))
}

/** False where the versions are others by now, which is told: what was chosen from may not be there any more to tell it beside. */
async function settle(
  { place: { folder, path }, disputed, sides, reload }: Choice,
  wanted: { keep: 'mine' | 'theirs' | 'both'; device?: string },
): Promise<boolean> {
  const expected = sides.flatMap(({ version }) => version?.version ?? [])
  try {
    await api.resolveConflict({ folder, path, ...wanted, expected })
  } catch (error) {
    reload()
    if (!(error instanceof ApiError) || error.told.reason !== 'settled-otherwise') throw error
    tell(t('conflicts.otherwise', { path: quoted(path) }))
    return false
  }
  decided(disputed)
  return true
}
