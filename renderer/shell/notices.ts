import { asks, isStuck, type Standing } from './standing.ts'
import type { Texts } from './texts.ts'

export interface Notice {
  /** The same for as long as it is about the same. */
  key: string
  title: string
  body: string
  /** Where in the page something can be done about it. */
  place: string
}

/** What needs somebody now: never a single file that comes or goes. */
export function noticesOf({ folders, full, pairings, removed }: Standing, t: Texts): Notice[] {
  const notices: Notice[] = []
  if (removed !== null) notices.push({ key: 'removed', title: t('shell.removed'), body: t('shell.removed.how'), place: '/' })
  for (const { device, name } of pairings.filter(asks)) {
    const title = t('shell.pairing', { device: name })
    notices.push({ key: `pairing ${device}`, title, body: t('shell.pairing.how'), place: '/peers' })
  }
  for (const folder of folders) {
    const { id, name, state, reason, heldEntries, conflicts } = folder
    const place = `/?folder=${id}`
    const say = (kind: 'held' | 'blocked' | 'conflict' | 'full', values: Record<string, string | number>, at = place): void => {
      const title = t(`shell.${kind}`, { folder: name })
      notices.push({ key: `${kind} ${id}`, title, body: t(`shell.${kind}.how`, values), place: at })
    }
    if (state === 'held') say('held', { count: heldEntries })
    else if (isStuck(folder)) say('blocked', { reason })
    if (full.includes(name)) say('full', {})
    if (conflicts > 0) say('conflict', { count: conflicts }, `/conflicts?folder=${id}`)
  }
  return notices
}

/** Each notice once, until what it is about is over. What there is at the start is seen in the window. */
export class Notices {
  #known: ReadonlySet<string> | null = null

  fresh(now: readonly Notice[]): Notice[] {
    const known = this.#known
    this.#known = new Set(now.map(({ key }) => key))
    return known === null ? [] : now.filter(({ key }) => !known.has(key))
  }
}
