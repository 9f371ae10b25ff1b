import { useEffect, useMemo, useRef, useState } from 'react'
import type { ApiEvent, FolderStatus } from '#api/contract'
import { useApiEvent } from '../live/api-event.ts'
import { failureOf, type Failure } from '../parts/action.tsx'
import type { Sort } from '../parts/choice.ts'
import { useListAgain } from './list-again.ts'
import { pagesOf, type Listed } from './listing.ts'
import { comparing, kept, merged, parentOf, rowOf, type FileRow } from './rows.ts'

export interface Listing {
  /** In order. */
  rows: readonly FileRow[]
  /** All of them are there. */
  isWhole: boolean
  failure: Failure | null
}

interface Loaded {
  key: string
  sort: Sort
  rows: readonly FileRow[]
  isWhole: boolean
  failure: Failure | null
}

/** What changes is asked for this often at most, and a long list less often: it would take all of the time. */
const APART_MS = 1_000
const APART_TIMES = 4

/**
 * The entries of a directory, in order: the first ones as soon as they are there. They are listed anew when events tell of a change; `name`
 * is the folder's, as events call it.
 */
export function useListing(listed: Listed, name: string, sort: Sort): Listing {
  const key = JSON.stringify(listed)
  const [loaded, setLoaded] = useState<Loaded>(() => nothing(key, sort))
  const [round, setRound] = useState(0)
  const latest = useRef({ listed, sort, took: 0, known: '' })
  latest.current.listed = listed
  latest.current.sort = sort

  useEffect(() => {
    const ending = new AbortController()
    const began = performance.now()
    void load(latest.current.listed, key, () => latest.current.sort, ending.signal, setLoaded).then(() => {
      latest.current.took = performance.now() - began
    })
    return () => ending.abort()
  }, [key, round])

  const again = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(again.current), [])
  const reload = (wait: number): void => {
    if (again.current !== undefined && wait > 0) return
    clearTimeout(again.current)
    again.current = setTimeout(() => {
      again.current = undefined
      setRound((before) => before + 1)
    }, wait)
  }
  useListAgain(() => reload(0))
  useApiEvent((event) => {
    const { took, known } = latest.current
    const [concerns, knows] = concerning(event, { ...listed, name }, known)
    latest.current.known = knows
    if (concerns) reload(Math.max(APART_MS, took * APART_TIMES))
  })

  const isShown = loaded.key === key
  const rows = useMemo(
    () => (loaded.sort === sort ? loaded.rows : loaded.rows.toSorted(comparing(sort))),
    [loaded.rows, loaded.sort, sort],
  )
  if (!isShown) return nothing(key, sort)
  return { rows, isWhole: loaded.isWhole, failure: loaded.failure }
}

function nothing(key: string, sort: Sort): Loaded {
  return { key, sort, rows: [], isWhole: false, failure: null }
}

async function load(
  listed: Listed,
  key: string,
  sortNow: () => Sort,
  signal: AbortSignal,
  set: (next: (before: Loaded) => Loaded) => void,
): Promise<void> {
  let rows: FileRow[] = []
  let sort = sortNow()
  // What is shown already is not replaced by a part of it.
  const isPart = (before: Loaded): boolean => before.key === key && before.isWhole
  try {
    for await (const page of pagesOf(listed, signal)) {
      if (sort !== sortNow()) {
        sort = sortNow()
        rows.sort(comparing(sort))
      }
      const compare = comparing(sort)
      rows = merged(rows, page.map(rowOf).sort(compare), compare)
      const part: Loaded = { key, sort, rows, isWhole: false, failure: null }
      if (signal.aborted) return
      set((before) => (isPart(before) ? before : part))
    }
  } catch (error) {
    if (signal.aborted) return
    return set((before) => ({ ...(before.key === key ? before : nothing(key, sort)), isWhole: true, failure: failureOf(error) }))
  }
  set((before) => {
    const old = before.key === key && before.sort === sort && before.isWhole ? before.rows : []
    return { key, sort, rows: old.length === 0 ? rows : kept(old, rows), isWhole: true, failure: null }
  })
}

/** Does an event tell of a change in what is listed? And what is known of the folder after it. */
function concerning(event: ApiEvent, { folder, name, path, at }: Listed & { name: string }, known: string): [boolean, string] {
  // What has been stays as it was.
  if (at !== undefined) return [false, known]
  switch (event.event) {
    case 'resync':
      return [true, known]
    case 'folder': {
      if (event.data.id !== folder) return [false, known]
      const now = contentOf(event.data)
      return [now !== known, now]
    }
    case 'activity': {
      const { folder: of, path: at, from } = event.data
      if (of !== name) return [false, known]
      return [[at, from].some((each) => each !== null && isIn(each, path)), known]
    }
    default:
      return [false, known]
  }
}

/** Directly in a directory, or one that it is in itself. */
function isIn(path: string, directory: string): boolean {
  return parentOf(path) === directory || directory === path || directory.startsWith(`${path}/`)
}

/** What tells that entries of a folder may have changed: its rates and reasons do not. */
function contentOf({ state, entries, bytes, needEntries, needBytes, conflicts, problems }: FolderStatus): string {
  return [state, entries, bytes, needEntries, needBytes, conflicts, problems].join()
}
