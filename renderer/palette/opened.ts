import { useSyncExternalStore } from 'react'

/** `search`: files first, as it is them that somebody looks for. */
export type Opened = 'commands' | 'search' | 'help' | null

let opened: Opened = null
const listeners = new Set<() => void>()

export function open(next: Opened): void {
  opened = next
  for (const listener of listeners) listener()
}

/** Also while it is still loaded. */
export function isAnyOpen(): boolean {
  return opened !== null
}

/** What is open over the page. */
export function useOpened(): Opened {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => opened,
  )
}
