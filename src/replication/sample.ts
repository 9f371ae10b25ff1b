import type { Random } from '#base'
import type { Have, KeepItem } from '#db'
import { chainKey, CHUNK_ITEM_BYTES } from '#model'
import { hasKept, type KeptBy } from './protection.ts'

/** A chunk that a device is asked for, to see whether it has what it says. */
export interface Sample {
  /** Of the version that needs it. */
  place: Have
  /** No other version supersedes that one. */
  isHead: boolean
  id: Uint8Array
  length: number
}

/** What a device says that it has, and what of that was looked into already. */
export interface Claim {
  upTo: readonly Have[]
  after: KeptBy
}

/** Places of so many records that a claim adds, at random, some of them twice; all of them, in any order, where there are no more. */
export function placesIn({ upTo, after }: Claim, count: number, random: Random): Have[] {
  const added = upTo.map(({ author, epoch, seq }) => {
    const first = (after.get(chainKey({ author, epoch })) ?? 0) + 1
    return { author, epoch, first, length: Math.max(0, seq + 1 - first) }
  })
  const total = added.reduce((sum, { length }) => sum + length, 0)
  const at = (number: number): Have => {
    let rest = number
    const chain = added.find(({ length }) => (rest -= length) < 0)!
    return { author: chain.author, epoch: chain.epoch, seq: chain.first + chain.length + rest }
  }
  if (total > count) return Array.from({ length: count }, () => at(Math.floor(random.fraction() * total)))
  const all = Array.from({ length: total }, (_, number) => at(number))
  return all
    .map((place) => ({ place, by: random.fraction() }))
    .toSorted((a, b) => a.by - b.by)
    .map(({ place }) => place)
}

/** Of a version one chunk, at random, of those that the device is to hold; null where that is none, or it is not known which there are. */
export function sampleOf(item: KeepItem, isHolderOf: (chunk: Uint8Array) => boolean, random: Random): Sample | null {
  const { chunks, isForgotten, isHead } = item
  if (chunks === null || chunks.length === 0 || isForgotten) return null
  const count = chunks.length / CHUNK_ITEM_BYTES
  const first = Math.floor(random.fraction() * count)
  for (let step = 0; step < count; step++) {
    const start = ((first + step) % count) * CHUNK_ITEM_BYTES
    const id = chunks.subarray(start, start + 32)
    if (!isHolderOf(id)) continue
    const length = new DataView(chunks.buffer, chunks.byteOffset + start + 32, 4).getUint32(0, true)
    const { author, epoch, seq } = item.version
    return { place: { author, epoch, seq }, isHead, id, length }
  }
  return null
}

/** Is it to be had still of a device that claims so much, if this is what has become of its version? */
export function isOwed({ place, isHead }: Sample, upTo: KeptBy, now: KeepItem | undefined): boolean {
  return now !== undefined && !now.isForgotten && now.isHead === isHead && hasKept(upTo, place)
}
