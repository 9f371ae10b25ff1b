import { useEffect, useState } from 'react'
import { paced, type Pace } from './remaining.ts'

/** The pace of what is told now and then: taken with every change of it, and of `told`. Null where nobody knows a rate. */
export function usePace(rate: number | null, told: unknown): Pace | null {
  const [pace, setPace] = useState<Pace | null>(null)
  useEffect(() => {
    setPace((before) => (rate === null ? null : paced(before, rate, performance.now())))
  }, [rate, told])
  return pace
}
