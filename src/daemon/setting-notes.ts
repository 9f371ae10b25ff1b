import { durationMs, durationText, sizeText } from '#base'
import type { PledgeOutlook } from './pledge-rule.ts'

/** What sync replaced or deleted stays in the archives for so long, unless `gc_grace` is less. */
export const ARCHIVE_REST_MS = 10 * 60_000

/** What somebody who has set a grace has to know; null: nothing. */
export function graceNote(grace: string): string | null {
  const ms = durationMs(grace)!
  if (ms >= ARCHIVE_REST_MS) return null
  return `What sync replaces or deletes leaves the archives after ${durationText(ms)} now, not after ten minutes, once the stores have it: what a program that has such a file open writes into it later than that is lost.`
}

/** The same of a pledge. */
export function pledgeNote({
  set,
  held,
  foreign,
  room,
}: Pick<PledgeOutlook, 'set' | 'held' | 'foreign' | 'room'>): string | null {
  const most = held + Math.max(0, room)
  if (set > most)
    return `The disk of this device has room for ${sizeText(most)} of that as it is now: once that is used up the group hears so, and places the rest elsewhere.`
  if (set < foreign)
    return `This device holds ${sizeText(foreign)} for others already. It takes no more than the pledge, and gives up of what is beyond it what other devices hold by then.`
  return null
}
