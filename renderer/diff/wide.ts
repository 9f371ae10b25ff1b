import { useSyncExternalStore } from 'react'

const WIDE = '(min-width: 900px)'

/** Is there room for two texts beside each other? */
export function useIsWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(WIDE)
      query.addEventListener('change', changed)
      return () => query.removeEventListener('change', changed)
    },
    () => matchMedia(WIDE).matches,
  )
}
