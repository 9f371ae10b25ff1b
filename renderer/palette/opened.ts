import { useSyncExternalStore } from 'react'
import { takeTyped } from './typed-ahead.ts'

/** `search`: files first, as it is them that somebody looks for. */
export type Opened = 'commands' | 'search' | 'help' | null

let opened: Opened = null
const listeners = new Set<() => void>()

export function open(next: Opened): void {
  takeTyped()
  opened = next
  for (const listener of listeners) listener()
}

/** Also while it is still loaded. */
export function isAnyOpen(): boolean {
  return opened !== null
}

/** With a field, or soon with one. */
export function isPaletteOpen(): boolean {
  return opened === 'commands' || opened === 'search'
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
