import { useRef } from 'react'
import type { ApiEvent, FolderState } from '#api/contract'
import { t } from '../text/text.ts'
import { useApiEvent } from './api-event.ts'
import { theShell } from './shell.ts'

const KEY = 'holdfast.notify'
/** In these a folder waits for somebody. */
const WAITING: readonly FolderState[] = ['blocked', 'held', 'error']

/** Does this browser let the page ask? In the shell, the shell itself speaks up. */
export function canNotify(): boolean {
  return 'Notification' in window && Notification.permission !== 'denied'
}

export function notifies(): boolean {
  return canNotify() && Notification.permission === 'granted' && localStorage.getItem(KEY) === 'yes'
}

/** Resolves to whether it does from now on: the browser asks its user first. */
export async function setNotifies(wanted: boolean): Promise<boolean> {
  if (wanted && (await Notification.requestPermission()) === 'granted') localStorage.setItem(KEY, 'yes')
  else localStorage.removeItem(KEY)
  return notifies()
}

/** Speaks up for what waits for somebody, while the page is open and nobody looks at it. */
export function useNotifications(): void {
  const waiting = useRef(new Set<string>())
  useApiEvent((event) => {
    const news = newlyWaiting(event, waiting.current)
    if (news === null || theShell() !== undefined || document.visibilityState === 'visible' || !notifies()) return
    // One for each thing, whichever tabs are open.
    const shown = new Notification(news.title, { body: news.body, tag: news.tag })
    shown.addEventListener('click', () => window.focus())
  })
}

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
