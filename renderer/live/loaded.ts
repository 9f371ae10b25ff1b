import { useCallback, useEffect, useRef, useState } from 'react'
import type { ApiEvent } from '#api/contract'
import { failureOf, type Failure } from '../parts/action.tsx'
import { useApiEvent } from './api-event.ts'

export interface Loaded<T> {
  /** null until it is there, and while something else is loaded. */
  value: T | null
  failure: Failure | null
  /** Loads it anew; what is shown stays until then. */
  reload: () => void
}

/** Events come in bursts: what they change is asked for this often at most. */
const APART_MS = 500

/**
 * What a screen shows beside the snapshot: loaded when it is shown and when `key` changes, and again after an event that `concerns` it;
 * `load` is that of the last key.
 */
export function useLoaded<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  concerns: (event: ApiEvent) => boolean = () => false,
): Loaded<T> {
  const [answer, setAnswer] = useState<{ key: string; value: T | null; failure: Failure | null } | null>(null)
  const [round, setRound] = useState(0)
  const latest = useRef(load)
  latest.current = load
  const again = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  useEffect(() => {
    const ending = new AbortController()
    latest.current(ending.signal).then(
      (value) => {
        if (!ending.signal.aborted) setAnswer({ key, value, failure: null })
      },
      (error: unknown) => {
        if (ending.signal.aborted) return
        setAnswer((before) => ({ key, value: before?.key === key ? before.value : null, failure: failureOf(error) }))
      },
    )
    return () => ending.abort()
  }, [key, round])
  useEffect(() => () => clearTimeout(again.current), [])

  const reload = useCallback(() => setRound((before) => before + 1), [])
  useApiEvent((event) => {
    if ((event.event !== 'resync' && !concerns(event)) || again.current !== undefined) return
    again.current = setTimeout(() => {
      again.current = undefined
      reload()
    }, APART_MS)
  })
  return answer?.key === key ? { value: answer.value, failure: answer.failure, reload } : { value: null, failure: null, reload }
}

export { failureOf }
