import { durationMs } from '#base'
import { noteOf } from './notes.ts'
import type { PledgeOutlook } from './pledge-rule.ts'

/** What sync replaced or deleted stays in the archives for so long, unless `gc_grace` is less. */
export const ARCHIVE_REST_MS = 10 * 60_000

type Noted = ReturnType<typeof noteOf>

/** What somebody who has set a grace has to know; null: nothing. */
export function graceNote(grace: string): Noted | null {
  const ms = durationMs(grace)!
  return ms >= ARCHIVE_REST_MS ? null : noteOf('grace', { ms })
}

/** The same of a pledge. */
export function pledgeNote({ set, held, foreign, room }: Pick<PledgeOutlook, 'set' | 'held' | 'foreign' | 'room'>): Noted | null {
  const most = held + Math.max(0, room)
  if (set > most) return noteOf('pledge-room', { bytes: most })
  if (set < foreign) return noteOf('pledge-held', { bytes: foreign })
  return null
}
