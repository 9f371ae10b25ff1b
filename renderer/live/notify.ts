import { useRef } from 'react'
import { useApiEvent } from './api-event.ts'
import { newlyWaiting } from './newly-waiting.ts'
import { theShell } from './shell.ts'

const KEY = 'holdfast.notify'

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
