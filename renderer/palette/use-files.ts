import { useEffect, useState } from 'react'
import type { ListItem } from '#api/contract'
import { api } from '../live/api.ts'

/** After the last key, ms: a search for each letter would be of no use to anybody. */
const REST_MS = 150
const MOST = 20

export interface FoundFiles {
  /** What was searched for; not yet what is typed while that is on its way. */
  query: string
  items: ListItem[]
  more: boolean
  failure: Error | null
}

const NOTHING: FoundFiles = { query: '', items: [], more: false, failure: null }

/** Files whose path has what is typed in it; those that were found last until the next ones are. */
export function useFiles(typed: string): FoundFiles {
  const query = typed.trim()
  const [found, setFound] = useState(NOTHING)
  useEffect(() => {
    if (query === '') {
      setFound(NOTHING)
      return
    }
    let isWanted = true
    const answer = (next: Partial<FoundFiles>): void => {
      if (isWanted) setFound({ ...NOTHING, query, ...next })
    }
    const timer = setTimeout(() => {
      api
        .search({ query, limit: MOST })
        .then(answer, (failure: unknown) => answer({ failure: failure instanceof Error ? failure : new Error(String(failure)) }))
    }, REST_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [query])
  return found
}
