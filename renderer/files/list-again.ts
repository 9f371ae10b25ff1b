import { useEffect, useRef } from 'react'

const hearers = new Set<() => void>()

/** Whoever shows a directory lists it anew: this page has changed something, and need not wait until events tell so. */
export function listAgain(): void {
  for (const hear of hearers) hear()
}

export function useListAgain(hear: () => void): void {
  const latest = useRef(hear)
  latest.current = hear
  useEffect(() => {
    const hearer = (): void => latest.current()
    hearers.add(hearer)
    return () => void hearers.delete(hearer)
  }, [])
}
