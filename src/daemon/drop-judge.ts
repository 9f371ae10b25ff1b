import { createHash } from 'node:crypto'
import type { Logger } from '#base'
import type { FolderIndex } from '#db'
import type { DropAsker, DropKind, DropOutcome, ListedChunk } from '#exchange'
import { Obstacle, unneededOf } from '#history'
import { mayWrite, packIds, toHex, unpackIds, type ChunkId, type DeviceId, type FolderId } from '#model'
import type { GroupState } from '#peers'
import type { FolderKeeping } from './folder-keeping.ts'
import { takersOf } from './folder-layout.ts'
import { isShelf } from './shelves.ts'

export interface DropJudgeParts {
  group: {
    readonly device: DeviceId
    readonly state: Pick<GroupState, 'devices' | 'pledge' | 'role' | 'takers' | 'leavers'>
  }
  drops: Pick<DropAsker, 'isHeardBy' | 'list' | 'say'>
  logger: Logger
}

/** A folder whose versions this device knows. */
export interface JudgedFolder {
  id: FolderId
  index: Pick<FolderIndex, 'gatherRetained' | 'unneeded' | 'onlyLost' | 'endGathering' | 'have'>
  keeping: Pick<FolderKeeping, 'lacking' | 'holders' | 'isKept' | 'replicas'>
}

export interface JudgeOptions {
  /** Nothing is said. */
  isDry: boolean
  /** Only what is to go by the word of others is looked at, and what of it must not. */
  isPendingOnly: boolean
  /** Only these devices are looked at, where it is given. */
  of?: readonly DeviceId[]
  signal: AbortSignal
  /** As in SweepParts. */
  obstacle(): string | null
  step(blocks: number): Promise<void>
}

/** What a device holds of a folder in sealed blocks, and is to hold no longer. */
export interface Judged {
  device: DeviceId
  /** Which it frees when its grace is over. */
  blocks: number
  bytes: number
  /** Why it was not, or not all of it, told so. */
  obstacle: string | null
}

/** So many pages of what is to go are held in memory before they are judged. */
const MOST_PAGES = 64

/** What a word that was not taken means for the one who gave it. */
const UNTAKEN: Record<Exclude<DropOutcome, 'taken'>, string> = {
  behind: 'another device has told it of versions that are not known here yet',
  stale: 'it has heard something later from this device, or the clock of one of them is wrong',
  refused: 'it does not take that from this device now',
}

/**
 * Of packed ids those that `device` is not to hold by the layout, while each who is has them: all that it is to have, as far as is known, or
 * just these, as it says now.
 */
export async function movedFrom(keeping: JudgedFolder['keeping'], device: DeviceId, ids: Uint8Array): Promise<Uint8Array> {
  const { holders, replicas } = keeping
  const lacking = (await keeping.lacking()).map((each) => each.device)
  const open = lacking.length === 0 ? ids : holders.movedFrom(device, ids, () => true)
  if (open.length === 0) return open
  const held = await Promise.all(lacking.map(async (holder) => [holder, setOf(await replicas.heldBy(holder, open))] as const))
  const have = new Map(held)
  return holders.movedFrom(device, open, (holder, id) => have.get(holder)?.has(toHex(id) as ChunkId) ?? true)
}

/** Tells devices that hold blocks of folders which they cannot read what of it may go, and what others were wrong about. */
export class DropJudge {
  readonly #parts: DropJudgeParts
  /** What was to go when it was looked at last, and rightly, as a hash, by device and folder. */
  readonly #seen = new Map<string, string>()

  constructor(parts: DropJudgeParts) {
    this.#parts = parts
  }

  /** Looks through what each connected one holds of a folder. One that fails keeps none of the others from it. */
  async judge(folder: JudgedFolder, options: JudgeOptions): Promise<Judged[]> {
    const all: Judged[] = []
    try {
      for (const device of this.#shelves(folder, options.of)) {
        const judged: Judged = { device, blocks: 0, bytes: 0, obstacle: null }
        all.push(judged)
        await this.#judge(folder, judged, options).catch((error: unknown) => {
          options.signal.throwIfAborted()
          if (!(error instanceof Obstacle)) this.#parts.logger.debug({ error, device }, 'what a device holds could not be judged')
          judged.obstacle = error instanceof Obstacle ? error.message : 'it did not answer'
        })
      }
      return all
    } finally {
      await folder.index.endGathering()
    }
  }

  /** Those connected that hold blocks of it, or did. */
  #shelves({ id, keeping }: JudgedFolder, of?: readonly DeviceId[]): DeviceId[] {
    const { group, drops } = this.#parts
    const { state, device: own } = group
    if (!keeping.isKept || !mayWrite(state.role(id, own))) return []
    const takers = new Set(takersOf(state, id))
    const others = state.devices.map(({ device }) => device).filter((device) => device !== own && !takers.has(device))
    return others.filter((device) => (of?.includes(device) ?? true) && isShelf(state, device) && drops.isHeardBy(device))
  }

  async #judge(folder: JudgedFolder, judged: Judged, { isPendingOnly, ...options }: JudgeOptions): Promise<void> {
    const { device } = judged
    const key = `${device} ${folder.id}`
    // Of what is to go it is looked first whether it is the same as the last time.
    const pages: ListedChunk[][] = []
    const named = createHash('sha256')
    let kept = 0
    const judgeAll = async (): Promise<void> => {
      for (const page of pages.splice(0)) kept += await this.#judgePage(folder, judged, page, options)
    }
    for await (const page of this.#parts.drops.list(device, folder.id, isPendingOnly, options.signal)) {
      for (const { id } of page) named.update(id)
      pages.push(page)
      if (!isPendingOnly || pages.length === MOST_PAGES) await judgeAll()
    }
    if (!isPendingOnly) return
    const digest = named.digest('hex')
    if (this.#seen.get(key) === digest) return
    this.#seen.delete(key)
    await judgeAll()
    if (kept === 0) this.#seen.set(key, digest)
  }

  /** How many chunks of a page must not go, though somebody said so. */
  async #judgePage(
    { id: folder, index, keeping }: JudgedFolder,
    judged: Judged,
    page: readonly ListedChunk[],
    { isDry, signal, obstacle, step }: Omit<JudgeOptions, 'isPendingOnly'>,
  ): Promise<number> {
    const { device } = judged
    // First: what comes meanwhile is judged by as well, and need not be claimed.
    const horizon = await index.have()
    const ids = packIds(page.map(({ id }) => id))
    const unneeded = setOf(await unneededOf({ index, obstacle, step }, ids))
    // What there is of lost versions is brought to nobody.
    const moved = setOf(await movedFrom(keeping, device, ids)).difference(setOf(await index.onlyLost(ids)))
    const held = setOf(keeping.holders.heldBy(device, ids))
    const kinds: Record<DropKind, ChunkId[]> = { unneeded: [], moved: [], keep: [] }
    for (const { id, length, isPending } of page) {
      const kind = unneeded.has(id) ? 'unneeded' : moved.has(id) ? 'moved' : null
      if (kind === null) {
        if (isPending && held.has(id)) kinds.keep.push(id)
        continue
      }
      judged.blocks++
      judged.bytes += length
      if (!isPending) kinds[kind].push(id)
    }
    for (const [kind, those] of Object.entries(kinds) as [DropKind, ChunkId[]][]) {
      if (isDry || those.length === 0) continue
      const list = { kind, folder, horizon, ids: packIds(those) }
      const outcome = await this.#parts.drops.say(device, list, signal)
      if (outcome !== 'taken') throw new Obstacle(UNTAKEN[outcome])
    }
    await step(page.length)
    return kinds.keep.length
  }
}

function setOf(ids: Uint8Array): Set<ChunkId> {
  return new Set(unpackIds(ids))
}
