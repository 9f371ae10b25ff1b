import { hlcTime } from '#model'
import type { DensityCounts, DensityQuery } from './folder-lookups.ts'
import type { Strand, Strands } from './strands.ts'

/** Counts the records of strands by their times, of which it reads only so many as tell where one part ends and the next begins. */
export function densityOf(strands: Strands, { under, from, until, now, parts }: DensityQuery): DensityCounts {
  const all = strands.below(under).filter(({ length }) => length > 0)
  const timeAt = (strand: Strand, at: number): number => hlcTime(strands.timeOf(strand.recordAt(at)))
  const earliest = all.length === 0 ? null : Math.min(...all.map((strand) => timeAt(strand, 0)))
  // Another device's clock may be ahead, and what it wrote counts.
  const end = until ?? Math.max(now, ...all.map((strand) => timeAt(strand, strand.length - 1) + 1))
  const start = Math.min(from ?? earliest ?? end, end)
  const counts = Array.from({ length: parts }, () => 0)
  const partOf = (time: number): number =>
    time < start ? -1 : time >= end ? parts : Math.floor(((time - start) * parts) / (end - start))
  const add = (part: number, count: number): void => {
    if (part >= 0 && part < parts) counts[part]! += count
  }
  for (const strand of all) {
    /** Those after the one at `first` up to the one at `last`, of which it is known in which parts they are. */
    const count = (first: number, firstPart: number, last: number, lastPart: number): void => {
      if (firstPart === lastPart || last - first <= 1) return add(lastPart, last - first)
      const middle = Math.floor((first + last) / 2)
      const part = partOf(timeAt(strand, middle))
      count(first, firstPart, middle, part)
      count(middle, part, last, lastPart)
    }
    const [last, firstPart] = [strand.length - 1, partOf(timeAt(strand, 0))]
    add(firstPart, 1)
    if (last > 0) count(0, firstPart, last, partOf(timeAt(strand, last)))
  }
  return { from: start, until: end, counts, earliest }
}
