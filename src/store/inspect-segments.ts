import type { Random } from '#base'
import { blockDigest } from '#content'
import { readSegment, sameBytes, verifySegment } from '#model'
import type { SegmentPlace, SegmentTable, StoredSegment } from './sealed-segments.ts'
import type { InspectedSegments } from './upkeep.ts'

/** Looked at in one call: a segment has up to 2 MiB. */
const PAGE = 8

const PLACE = ['folder', 'chunk', 'author', 'epoch', 'first', 'last'] as const

/** See StoreUpkeep. */
export function inspectSegments(
  { segments, random }: { segments: Pick<SegmentTable, 'page'>; random: Random },
  after: number,
  part: number,
): InspectedSegments {
  const page = segments.page(after, PAGE)
  const some = part < 1 ? page.filter(() => random.fraction() < part) : page
  const suspects = some.filter((segment) => !isWhole(placeOf(segment), segment)).map(placeOf)
  return { checked: some.length, suspects, next: page.length < PAGE ? null : page.at(-1)!.number }
}

/** Is it what was signed, and of that place? */
export function isWhole(place: SegmentPlace, { head, bytes }: Pick<StoredSegment, 'head' | 'bytes'>): boolean {
  try {
    const segment = readSegment(head)
    const isSame = PLACE.every((key) => segment[key] === place[key])
    return isSame && sameBytes(blockDigest(bytes), segment.digest) && verifySegment(segment)
  } catch {
    return false
  }
}

function placeOf({ folder, chunk, author, epoch, first, last }: SegmentPlace): SegmentPlace {
  return { folder, chunk, author, epoch, first, last }
}
