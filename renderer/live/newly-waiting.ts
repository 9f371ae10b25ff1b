import type { ApiEvent, FolderState, Pairing } from '#api/contract'
import { t } from '../text/text.ts'

/** In these a folder waits for somebody. */
const WAITING: readonly FolderState[] = ['blocked', 'held', 'error']

/** Of devices, in what waits; folders are there by their ids. */
const PAIRING = 'pairing '
const keyOf = ({ device }: Pairing): string => `${PAIRING}${device}`

/** What waits for somebody since this event; `waiting` is what did before, and is brought up to date. */
export function newlyWaiting(event: ApiEvent, waiting: Set<string>): { tag: string; title: string; body: string } | null {
  if (event.event === 'folder') {
    const { id, name, state, reason } = event.data
    if (!WAITING.includes(state)) waiting.delete(id)
    if (!WAITING.includes(state) || waiting.has(id)) return null
    waiting.add(id)
    return { tag: id, title: t('notify.folder', { folder: name }), body: reason }
  }
  if (event.event !== 'pairings') return null
  const asks = event.data.filter(({ incoming, acceptedHere }) => incoming && !acceptedHere)
  const keys = new Set(asks.map(keyOf))
  for (const key of waiting) if (key.startsWith(PAIRING) && !keys.has(key)) waiting.delete(key)
  const asking = asks.find((pairing) => !waiting.has(keyOf(pairing)))
  if (asking === undefined) return null
  waiting.add(keyOf(asking))
  return {
    tag: asking.device,
    title: t('pairing.asked', { device: asking.name }),
    body: t('pairing.look', { device: asking.name }),
  }
}
