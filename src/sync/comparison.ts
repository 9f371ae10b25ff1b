import type { Clock } from '#base'
import type { FolderIndex, Have } from '#db'
import type { DeviceId } from '#model'
import { covers } from './have.ts'
import { offered, type FolderPeer } from './folder-peer.ts'

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
    if (this.#done || !isCompared({ have, peers, members: this.#parts.members(), now: clock.monotonic() })) return
    this.#done = true
    this.#onDone()
  }
}

/**
 * Compared is who has all the records of a device that is: the folder's creator is from the start, so this knowledge goes from
 * device to device. Where nobody is left who could have it, it begins anew: every other member is here, says that it is new
 * itself, and has nothing that is not here. A member that is away may know more and is waited for, until it is removed.
 */
export function isCompared({
  have,
  peers,
  members,
  now,
}: {
  have: readonly Have[]
  peers: readonly Pick<FolderPeer, 'device' | 'state' | 'vain' | 'since'>[]
  members: readonly FolderMember[]
  /** ms, of the monotonic clock. */
  now: number
}): boolean {
  if (peers.some((peer) => peer.state !== null && knows(peer.state) && covers(have, offered(peer)))) return true
  return members.every(({ device, creator }) => {
    const peer = peers.find((one) => one.device === device)
    if (peer === undefined) return false
    if (peer.state === null) return !creator && now - peer.since >= SILENT_MS
    return !knows(peer.state) && covers(have, offered(peer))
  })
}

/** Who does not say has an older Holdfast: with records it has been in the folder before. */
export function knows({ compared, have }: NonNullable<FolderPeer['state']>): boolean {
  return compared ?? have.length > 0
}
