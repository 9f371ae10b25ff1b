import { FairLanes } from '#base'
import type { FolderId } from '#model'
import { settle, type Wanted } from './source.ts'

/** The chunks that no device is asked for yet. What they are wanted for has its turn, so that a small file does not wait for all of a large one. */
export class WantedQueue {
  readonly #lanes = new FairLanes<Wanted>()

  get length(): number {
    return this.#lanes.length
  }

  add(wanted: Wanted): void {
    this.#lanes.add(wanted.purpose, wanted)
  }

  /** Puts back what was asked for in vain. */
  again(wanted: Wanted): void {
    if (!wanted.done) this.#lanes.add(wanted.purpose, wanted, true)
  }

  /** Takes what may be asked next of a device that `mayGive` it: one folder's, at most `count` chunks and `most` bytes, or one. */
  pick(mayGive: (wanted: Wanted) => boolean, count: number, most: number): Wanted[] {
    for (const lane of this.#lanes.inTurn()) {
      const { picked, bytes } = pickFrom(lane.items, mayGive, count, most)
      if (picked.length === 0) continue
      this.#lanes.took(lane, bytes)
      return picked
    }
    return []
  }

  /** Takes all out that nobody waits for any more, or that `isHopeless`; gives up the latter by `giveUp`. */
  sift(isHopeless: (wanted: Wanted) => boolean, giveUp: (wanted: Wanted) => void): void {
    for (const { items } of this.#lanes.inTurn()) {
      for (let at = items.length - 1; at >= 0; at--) {
        const wanted = items[at]!
        if (!wanted.done && !isHopeless(wanted)) continue
        items.splice(at, 1)
        settle(wanted, () => giveUp(wanted))
      }
    }
  }
}

function pickFrom(
  items: Wanted[],
  mayGive: (wanted: Wanted) => boolean,
  count: number,
  most: number,
): { picked: Wanted[]; bytes: number } {
  const picked: Wanted[] = []
  let bytes = 0
  let folder: FolderId | undefined
  for (let at = 0; at < items.length && picked.length < count;) {
    const wanted = items[at]!
    if (wanted.done) {
      items.splice(at, 1)
      continue
    }
    if (picked.length > 0 && bytes + wanted.length > most) break
    if ((folder !== undefined && wanted.folder !== folder) || !mayGive(wanted)) {
      at++
      continue
    }
    folder = wanted.folder
    bytes += wanted.length
    picked.push(wanted)
    items.splice(at, 1)
  }
  return { picked, bytes }
}
