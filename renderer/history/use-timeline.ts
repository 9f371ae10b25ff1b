import { useEffect, useRef, useState } from 'react'
import type { ApiEvent, Change } from '#api/contract'
import { api } from '../live/api.ts'
import { useApiEvent } from '../live/api-event.ts'
import { failureOf } from '../live/loaded.ts'
import type { Failure } from '../parts/action.tsx'
import { mergedChanges } from './days.ts'

/** Which changes are shown. */
export interface Choice {
  folder: string
  path: string
  device: string | undefined
  until: string | undefined
}

export interface ShownTimeline {
  /** null until the first ones are there. */
  changes: Change[] | null
  /** There are older ones. */
  hasMore: boolean
  failure: Failure | null
  loadMore: () => void
  reload: () => void
}

const PAGE = 200
/** Changes come in bursts: they are asked for this often at most. */
const APART_MS = 500

/** A folder's changes, newest first: a page at first, more as they are asked for, and what comes new as long as it is shown. */
export function useTimeline(choice: Choice, concerns: (event: ApiEvent) => boolean): ShownTimeline {
  const key = JSON.stringify(choice)
  const [shown, setShown] = useState<{ key: string; changes: Change[]; next: string | null } | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const latest = useRef({ key, choice })
  latest.current = { key, choice }
  const loading = useRef<string | null>(null)
  /** Something happened while it was asked. */
  const missed = useRef(false)
  const again = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const ask = async (before: string): Promise<void> => {
    const { key: asked, choice: of } = latest.current
    const name = `${asked} ${before}`
    if (loading.current === name) {
      missed.current = true
      return
    }
    loading.current = name
    try {
      const { changes, next } = await api.timeline({ ...of, before, limit: PAGE })
      if (latest.current.key !== asked) return
      setFailure(null)
      setShown((known) => {
        if (known?.key !== asked) return { key: asked, changes, next }
        if (before !== '') return known.next === before ? { key: asked, changes: [...known.changes, ...changes], next } : known
        const merged = mergedChanges(known.changes, changes)
        return { key: asked, changes: merged.changes, next: merged.connected ? known.next : next }
      })
    } catch (error) {
      if (latest.current.key === asked) setFailure(failureOf(error))
    } finally {
      if (loading.current === name) loading.current = null
      if (missed.current) {
        missed.current = false
        void ask('')
      }
    }
  }

  useEffect(() => {
    setFailure(null)
    void ask('')
  }, [key])
  useEffect(() => () => clearTimeout(again.current), [])
  useApiEvent((event) => {
    if ((event.event !== 'resync' && !concerns(event)) || again.current !== undefined) return
    again.current = setTimeout(() => {
      again.current = undefined
      void ask('')
    }, APART_MS)
  })

  const current = shown?.key === key ? shown : null
  return {
    changes: current?.changes ?? null,
    hasMore: (current?.next ?? null) !== null,
    failure,
    loadMore: () => {
      if (current !== null && current.next !== null) void ask(current.next)
    },
    reload: () => void ask(''),
  }
}
