import { HoldfastError, type Clock, type Logger } from '#base'
import type { Authored, FolderIndex } from '#db'
import type { VersionId, Version } from '#model'
import type { FolderMember } from './comparison.ts'
import type { FolderPeer } from './folder-peer.ts'

/** How long all devices of the folder must have been there without the content: each has had the time to look at its disk. */
const PATIENCE_MS = 5 * 60_000

export interface LostContentParts {
  index: Pick<FolderIndex, 'ownFiles' | 'giveUp'>
  clock: Clock
  logger: Logger
  /** May this device write, has it looked at all of its disk, and are all that may have the content connected? */
  complete(): boolean
  authored(result: Authored): void
}

/**
 * Ends the wait for content that is nowhere: published by this device, and gone from its disk before another one had it (the
 * database was lost and the file edited then, or the power went before it was on the disk). Only the author may say so, and only
 * when no device that could have it is away. What shows in its place is what the path would be without it, as far as that can be had.
 */
export class LostContent {
  readonly #parts: LostContentParts
  /** Since when content was missed at a path while all were there, and when it last was; monotonic ms. The longest ago first. */
  readonly #missed = new Map<string, { since: number; last: number }>()

  constructor(parts: LostContentParts) {
    this.#parts = parts
  }

  /** Content is missing at `path`. `build` gets a version's content, or throws `not-found`. */
  async missed(path: string, build: (version: Version) => Promise<void>): Promise<void> {
    const { index, clock, complete } = this.#parts
    if (!complete()) {
      this.#missed.delete(path)
      return
    }
    const now = clock.monotonic()
    // What is missing is tried every half minute: what was not missed for so long has been there meanwhile.
    for (const [old, { last }] of this.#missed) {
      if (now - last < PATIENCE_MS) break
      this.#missed.delete(old)
    }
    const since = this.#missed.get(path)?.since ?? now
    this.#missed.delete(path)
    if (now - since < PATIENCE_MS) {
      this.#missed.set(path, { since, last: now })
      return
    }
    for (const { head, before } of await index.ownFiles(path)) {
      if (await isThere(head, build)) continue
      await this.#giveUp(head, await firstThere(before, build))
    }
  }

  async #giveUp(lost: Version, instead: VersionId | null): Promise<void> {
    const { index, clock, logger, authored, complete } = this.#parts
    if (!complete()) return
    const result = await index.giveUp(lost.path, lost.id, instead, clock.now())
    if (result.records === 0) return
    logger.warn({ path: lost.path }, 'content that no device has was given up')
    authored(result)
  }
}

/** Are all of `devices` connected, and do they know the folder's state? */
export function areThere(members: readonly FolderMember[], peers: readonly FolderPeer[]): boolean {
  return members.every(({ device }) => peers.some((peer) => peer.device === device && peer.state !== null))
}

async function firstThere(versions: readonly Version[], build: (version: Version) => Promise<void>): Promise<VersionId | null> {
  for (const version of versions) if (await isThere(version, build)) return version.id
  return null
}

async function isThere(version: Version, build: (version: Version) => Promise<void>): Promise<boolean> {
  if (version.kind !== 'file') return true
  try {
    await build(version)
    return true
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'not-found') return false
    throw error
  }
}
