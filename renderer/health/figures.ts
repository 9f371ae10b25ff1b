import { useCallback, useEffect, useRef, useState } from 'react'
import { useApiEvent } from '../live/api-event.ts'
import { failureOf, type Failure } from '../parts/action.tsx'

/** Figures are asked for this often at most, ms: they are of the last minutes and hours, and cost the daemon some work. */
const APART_MS = 15_000

export interface Figures<T> {
  value: T | null
  failure: Failure | null
  reload: () => void
}

/** What was asked for last, and when: whoever comes back to the screen sees that at once. */
const known = new Map<string, { at: number; value: unknown }>()

/** Figures of the daemon, loaded when they are shown, and anew where its events say that something moves; `key` names them. */
export function useFigures<T>(key: string, load: () => Promise<T>): Figures<T> {
  const [failure, setFailure] = useState<Failure | null>(null)
  const [, redraw] = useState(0)
  const latest = useRef(load)
  useEffect(() => {
    latest.current = load
  })
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const ask = useCallback(async (): Promise<void> => {
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = null
    try {
      known.set(key, { at: Date.now(), value: await latest.current() })
      setFailure(null)
    } catch (error) {
      setFailure(failureOf(error))
    }
    redraw((before) => before + 1)
  }, [key])
  const askLater = useCallback((): void => {
    if (timer.current !== null) return
    const wait = (known.get(key)?.at ?? 0) + APART_MS - Date.now()
    timer.current = setTimeout(() => void ask(), Math.max(0, wait))
  }, [key, ask])
  useEffect(() => {
    if (Date.now() - (known.get(key)?.at ?? 0) >= APART_MS) void ask()
    return () => {
      if (timer.current !== null) clearTimeout(timer.current)
      timer.current = null
    }
  }, [key, ask])
  useApiEvent(({ event }) => {
    if (document.visibilityState !== 'visible') return
    if (event === 'resync') void ask()
    else if (event === 'transfers' || event === 'folder') askLater()
  })
  return { value: (known.get(key)?.value as T | undefined) ?? null, failure, reload: () => void ask() }
}
