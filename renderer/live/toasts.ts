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
let isHeld = false
const timers = new Map<number, ReturnType<typeof setTimeout>>()
const listeners = new Set<() => void>()

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

/** Says what was done; with `undo` it can be undone as long as that is shown. */
export function tell(text: string, undo: Toast['undo'] = null): void {
  const number = ++last
  set([...toasts, { number, text, undo }].slice(-3))
  if (!isHeld) goLater(number)
}

/** Somebody reads what is shown, or is about to press its button: it stays until they are done, and its time anew. */
export function hold(held: boolean): void {
  isHeld = held
  for (const timer of timers.values()) clearTimeout(timer)
  timers.clear()
  if (!held) for (const { number } of toasts) goLater(number)
}

function goLater(number: number): void {
  timers.set(
    number,
    setTimeout(() => dismiss(number), SHOWN_MS),
  )
}

export function dismiss(number: number): void {
  clearTimeout(timers.get(number))
  timers.delete(number)
  set(toasts.filter((toast) => toast.number !== number))
  // Whoever was there has pressed its button: no word comes of one that is gone.
  if (isHeld) hold(false)
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
