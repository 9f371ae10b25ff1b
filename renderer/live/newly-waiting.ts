import type { ApiEvent, FolderState } from '#api/contract'
import { t } from '../text/text.ts'

/** In these a folder waits for somebody. */
const WAITING: readonly FolderState[] = ['blocked', 'held', 'error']

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
  const asking = event.data.find(({ incoming, acceptedHere, device }) => incoming && !acceptedHere && !waiting.has(device))
  if (asking === undefined) return null
  waiting.add(asking.device)
  return {
    tag: asking.device,
    title: t('pairing.asked', { device: asking.name }),
    body: t('pairing.look', { device: asking.name }),
  }
}
