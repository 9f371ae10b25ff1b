import { useEffect, useRef } from 'react'
import type { ApiEvent } from '#api/contract'

const hearers = new Set<(event: ApiEvent) => void>()

/** Calls `hear` for each event of the daemon, and with `resync` where some may have been missed, as long as the component is shown. */
export function useApiEvent(hear: (event: ApiEvent) => void): void {
  const latest = useRef(hear)
  latest.current = hear
  useEffect(() => {
    const hearer = (event: ApiEvent): void => latest.current(event)
    hearers.add(hearer)
    return () => void hearers.delete(hearer)
  }, [])
}

/** For `live.ts`, which listens. */
export function hearEvent(event: ApiEvent): void {
  for (const hearer of hearers) hearer(event)
}
