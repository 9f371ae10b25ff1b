import { useRef } from 'react'
import { useLoaded, type Loaded } from '../live/loaded.ts'

/** What is made of versions' content, which never changes: loaded once, and again only where it could not be had and a device comes. */
export function useContent<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const failed = useRef(false)
  const loaded = useLoaded(key, load, ({ event }) => failed.current && event === 'peer')
  failed.current = loaded.failure !== null
  return loaded
}
