import type { Clock } from '#base'
import type { FolderIndex, Have } from '#db'
import type { DeviceId } from '#model'
import { covers } from './have.ts'
import { offered, type FolderPeer } from './folder-peer.ts'
import type { ShelfWord } from './shelf-reader.ts'

/** A connected device that has said nothing of a folder for this long takes no part in it. */
const SILENT_MS = 600_000

/** Another device that may read a folder. */
export interface FolderMember {
  device: DeviceId
  /** It made the folder, and so has had what is in it. */
  creator: boolean
}

export interface ComparisonParts {
  index: Pick<FolderIndex, 'have'>
  clock: Clock
  members(): FolderMember[]
  /** Devices of the group that may hold index segments, each with what is known of it; null where it is not connected. */
  shelves(): (ShelfWord | null)[]
}

/**
 * Whether this device knows what others have of a folder. One that has joined, or has lost its index, must not take what lies on
 * its disk for new before it does: files that were deleted long ago would come back, and old ones be in conflict with all.
 */
export class Comparison {
  readonly #parts: ComparisonParts
  readonly #onDone: () => void
  #done: boolean

  constructor(parts: ComparisonParts, done: boolean, onDone: () => void) {
    this.#parts = parts
    this.#done = done
    this.#onDone = onDone
  }

  get done(): boolean {
    return this.#done
  }

  /** Something was heard, came in, or time has passed. */
  async look(peers: readonly FolderPeer[]): Promise<void> {
    if (this.#done) return
    const have = await this.#parts.index.have()
    const { clock } = this.#parts
    if (this.#done || !isCompared({ have, peers, ...this.#now(), now: clock.monotonic() })) return
    this.#done = true
    this.#onDone()
  }

  #now(): { members: FolderMember[]; shelves: (ShelfWord | null)[] } {
    return { members: this.#parts.members(), shelves: this.#parts.shelves() }
  }
}

/**
 * Compared is who has all the records of a device that is: the folder's creator is from the start, so this knowledge goes from
 * device to device. Where nobody is left who could have it, it begins anew: every other member is here, says that it is new
 * itself, and has nothing that is not here. A member that is away may know more and is waited for, until it is removed.
 *
 * Where no such device is connected, those that hold index segments speak for those that brought them: once all that the connected ones name
 * is here, and a summary is among it, all that a device which knew the folder had at some time is here. To begin anew takes all of them.
 */
export function isCompared({
  have,
  peers,
  members,
  shelves = [],
  now,
}: {
  have: readonly Have[]
  peers: readonly Pick<FolderPeer, 'device' | 'state' | 'vain' | 'since'>[]
  members: readonly FolderMember[]
  shelves?: readonly (ShelfWord | null)[]
  /** ms, of the monotonic clock. */
  now: number
}): boolean {
  if (peers.some((peer) => peer.state !== null && knows(peer.state) && covers(have, offered(peer)))) return true
  if (!peers.some(({ state }) => state !== null && knows(state)) && isSpokenFor(have, shelves)) return true
  if (shelves.some((shelf) => shelf?.isRead !== true)) return false
  return members.every(({ device, creator }) => {
    const peer = peers.find((one) => one.device === device)
    if (peer === undefined) return false
    if (peer.state === null) return !creator && now - peer.since >= SILENT_MS
    return !knows(peer.state) && covers(have, offered(peer))
  })
}

function isSpokenFor(have: readonly Have[], shelves: readonly (ShelfWord | null)[]): boolean {
  const there = shelves.filter((shelf) => shelf !== null)
  return there.every(({ isRead }) => isRead) && there.some(({ summaries }) => summaries.some((all) => covers(have, all)))
}

/** Who does not say has an older Holdfast: with records it has been in the folder before. */
export function knows({ compared, have }: NonNullable<FolderPeer['state']>): boolean {
  return compared ?? have.length > 0
}
