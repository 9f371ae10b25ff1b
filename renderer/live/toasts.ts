import { useSyncExternalStore } from 'react'

/** What was done, for some seconds, and how to undo it. */
export interface Toast {
  number: number
  text: string
  /** Rejects where it cannot be undone any more, saying why. */
  undo: (() => Promise<unknown>) | null
}

const SHOWN_MS = 12_000

let toasts: readonly Toast[] = []
let last = 0
const listeners = new Set<() => void>()

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

/** Says what was done; with `undo` it can be undone as long as that is shown. */
export function tell(text: string, undo: Toast['undo'] = null): void {
  const number = ++last
  set([...toasts, { number, text, undo }].slice(-3))
  setTimeout(() => dismiss(number), SHOWN_MS)
}

export function dismiss(number: number): void {
  set(toasts.filter((toast) => toast.number !== number))
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
}
