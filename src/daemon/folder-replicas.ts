import type { Clock, Logger, Random } from '#base'
import { chunkNamer } from '#content'
import type { DeviceStore, FolderIndex, Have } from '#db'
import type { Exchange } from '#exchange'
import { idAt, mayWrite, packIds, pickIds, toHex, unpackIds, type ChunkId, type DeviceId, type FolderId } from '#model'
import type { Group } from '#peers'
import {
  bothKept,
  giveUp,
  learnManifests,
  partitionOf,
  Replicator,
  SegmentBringer,
  type ChunkFinder,
  type GiveUpParts,
  type KeptBy,
  type Tally,
} from '#replication'
import type { FolderChunks } from '#store'
import { blockHolder } from './block-holder.ts'
import type { FolderGone } from './folder-gone.ts'
import type { FolderLayout } from './folder-layout.ts'
import { HolderCounts } from './holder-counts.ts'
import { segmentHolder } from './segment-holder.ts'
import { withManifests } from './with-manifests.ts'

export interface FolderReplicasParts {
  folder: FolderId
  group: { readonly device: DeviceId; readonly state: Pick<Group['state'], 'devices' | 'role'> }
  index: FolderIndex
  store: Pick<FolderChunks, 'sealed' | 'blocksOf' | 'open'>
  exchange: Pick<Exchange, 'hold' | 'has' | 'blocks' | 'connection' | 'isConnected' | 'segments' | 'summaries' | 'drops'>
  /** Names the folder's chunks. */
  idKey: Uint8Array
  /** Chunks, wherever they are. */
  find: ChunkFinder['find']
  /** It has the folder on its disk. Where not, it brings nothing, and only asks what is there. */
  isBringing: boolean
  /** Knows whose content is gone for good. */
  gone: GiveUpParts['gone'] & Pick<FolderGone, 'noteBrought'>
  /** See Comparison. */
  isCompared(): boolean
  isBusy(): boolean
  isBulk?(): boolean
  isAwaited(): boolean
  tally: Tally
  notes: Pick<DeviceStore, 'setting' | 'putSetting'>
  /** More is known of what the others hold, or less. */
  changed(): void
  clock: Clock
  random: Random
  logger: Logger
}

interface Replica {
  replicator: Replicator
  segments: SegmentBringer
  /** The connection that it was asked over. */
  connection: number | null
}

/** What of a folder devices hold in sealed blocks that do not have it on a disk: known by this one, and brought there where it has it itself. */
export class FolderReplicas {
  readonly #parts: FolderReplicasParts
  readonly #replicas = new Map<DeviceId, Replica>()
  /** What they turn out to lack. */
  readonly counts = new HolderCounts()
  #stop = new AbortController()

  constructor(parts: FolderReplicasParts) {
    this.#parts = parts
  }

  /** What a device has, as far as it was seen; undefined for one that nothing is brought to. */
  keptOf(device: DeviceId): KeptBy | undefined {
    const replica = this.#replicas.get(device)
    // Blocks are of no use to whoever does not know of what.
    return replica && bothKept(replica.replicator.kept, replica.segments.kept)
  }

  /** Is it brought what it lacks, as far as is known? */
  isBringingTo(device: DeviceId): boolean {
    const replica = this.#replicas.get(device)
    return replica !== undefined && obstacleOf(replica) === null
  }

  /** How many devices blocks are brought to. */
  get count(): number {
    return this.#replicas.size
  }

  /** Devices that do not take what they are to hold, and why. */
  get obstacles(): { device: DeviceId; obstacle: NonNullable<Replicator['obstacle']> }[] {
    return [...this.#replicas].flatMap(([device, replica]) => {
      const obstacle = obstacleOf(replica)
      return obstacle === null ? [] : [{ device, obstacle }]
    })
  }

  /** Those that have come back, and were not asked yet what they have: what they had they may have lost. */
  get asking(): DeviceId[] {
    return [...this.#replicas].flatMap(([device, replica]) => {
      const connection = this.#parts.exchange.connection(device)
      if (connection === null) return []
      return connection === replica.connection && bringersOf(replica).every(({ isAsked }) => isAsked) ? [] : [device]
    })
  }

  /** Goes by another layout, in which these hold blocks only. What is known of those by the one before counts no longer. */
  async follow(layout: FolderLayout, devices: readonly DeviceId[]): Promise<void> {
    await this.stop()
    for (const device of devices) {
      const [replicator, segments] = [await this.#make(device, layout), await this.#makeSegments(device)]
      this.#replicas.set(device, { replicator, segments, connection: null })
    }
    this.review()
  }

  /** There may be something to bring, or a device has come or gone. Cheap. */
  review(): void {
    for (const [device, replica] of this.#replicas) {
      const connection = this.#parts.exchange.connection(device)
      if (connection === null) continue
      for (const bringer of bringersOf(replica)) {
        if (connection === replica.connection) bringer.review()
        else bringer.startAnew()
      }
      replica.connection = connection
    }
  }

  /** Of packed ids those of which a device has blocks, by its word of now; none of one that is not there, or was found not to have what it says. */
  async heldBy(device: DeviceId, ids: Uint8Array): Promise<Uint8Array> {
    const replica = this.#replicas.get(device)
    if (replica === undefined || replica.replicator.obstacle === 'lies') return new Uint8Array(0)
    try {
      const lacking = new Set(unpackIds(await blockHolder(this.#parts, device).lacking(ids, new AbortController().signal)))
      return packIds(unpackIds(ids).filter((id) => !lacking.has(id)))
    } catch (error) {
      this.#parts.logger.debug({ device, error }, 'a device did not say what it has')
      return new Uint8Array(0)
    }
  }

  /** Something older is to be held again: all are asked for everything. */
  askAnew(): void {
    for (const { replicator } of this.#replicas.values()) replicator.startAnew()
  }

  /** One was found to have lost something: it is asked for everything. */
  askAgain(device: DeviceId): void {
    const replica = this.#replicas.get(device)
    replica?.replicator.startAnew()
    replica?.segments.startAnew()
  }

  /** Brings at once what each connected one lacks, `isAnew`: after asking it for everything again. One that fails keeps none of the others from it. */
  async bringAll(isAnew: boolean): Promise<void> {
    this.review()
    const there = [...this.#replicas].filter(([device]) => this.#parts.exchange.connection(device) !== null)
    await Promise.all(
      there.map(async ([device, replica]) => {
        const failed = (error: unknown): void =>
          this.#parts.logger.debug({ device, error }, 'not all could be brought to a device that holds blocks')
        const bring = (bringer: Replicator | SegmentBringer): Promise<unknown> => {
          if (isAnew) bringer.startAnew()
          return bringer.bring(true).catch(failed)
        }
        await Promise.all(bringersOf(replica).map(bring))
      }),
    )
  }

  async stop(): Promise<void> {
    const all = [...this.#replicas.values()]
    this.#replicas.clear()
    this.#stop.abort()
    this.#stop = new AbortController()
    await Promise.all(all.flatMap(bringersOf).map((bringer) => bringer.stop()))
  }

  get #mayBring(): boolean {
    const { group, folder, isBringing } = this.#parts
    return isBringing && mayWrite(group.state.role(folder, group.device))
  }

  /** The other devices that may write in the folder, and are connected. */
  get #writersHere(): DeviceId[] {
    const { group, folder, exchange } = this.#parts
    const others = group.state.devices.map(({ device }) => device).filter((device) => device !== group.device)
    return others.filter((device) => mayWrite(group.state.role(folder, device)) && exchange.isConnected(device))
  }

  async #make(device: DeviceId, layout: FolderLayout): Promise<Replicator> {
    const { index, find, gone, store, clock, logger, notes, folder, isBringing } = this.#parts
    const { signal } = this.#stop
    const key = `replica.${folder}.${device}`
    const noted = JSON.parse((await notes.setting(key)) ?? 'null') as { layout: string; upTo: Have[] } | null
    return new Replicator({
      ...this.#parts,
      ...(!isBringing && { index: withManifests(index, (items) => learnManifests({ index, finder: { find }, signal }, items)) }),
      holder: this.counts.of(blockHolder(this.#parts, device)),
      isHolderOf: (chunk) => layout.holders[partitionOf(chunk, layout.holders.length)]!.includes(device),
      partitions: layout.holders.length,
      mayBring: () => this.#mayBring,
      isExpectedOf: (author) => this.#writersHere.includes(author),
      seal: async (ids, lengths, signal) => {
        const blocks = await store.sealed(ids, Infinity)
        const missing = blocks.flatMap((block, at) => (block === null ? [at] : []))
        if (missing.length === 0) return blocks
        const packed = pickIds(ids, missing)
        const chunks = await find(
          packed,
          missing.map((at) => lengths[at]!),
          signal,
        )
        const there = chunks.flatMap((bytes, n) =>
          bytes === null ? [] : [{ id: toHex(idAt(packed, n)) as ChunkId, bytes, at: missing[n]! }],
        )
        const sealed = await store.blocksOf(there.map(({ id, bytes }) => ({ id, bytes })))
        there.forEach(({ at }, n) => (blocks[at] = sealed[n] ?? null))
        return blocks
      },
      lost: (items, absent, signal) => giveUp({ index, finder: { find }, gone, clock, logger }, items, absent, signal),
      noted: noted?.layout === layout.name ? noted.upTo : [],
      note: (upTo) => {
        this.#note(key, device, upTo && { layout: layout.name, upTo })
        gone
          .noteBrought(device, layout.holders, upTo ?? [])
          .catch((error: unknown) => logger.warn({ device, error }, 'what a device holds could not be noted'))
      },
    })
  }

  async #makeSegments(device: DeviceId): Promise<SegmentBringer> {
    const { folder, group, notes, idKey } = this.#parts
    const key = `segments.${folder}.${device}`
    const nameOf = chunkNamer(idKey)
    return new SegmentBringer({
      ...this.#parts,
      holder: segmentHolder({ ...this.#parts, nameOf }, device),
      device: group.device,
      nameOf,
      mayBring: () => this.#mayBring,
      isOthers: (author) => bringerOf(author, [...this.#writersHere, group.device]) !== group.device,
      noted: JSON.parse((await notes.setting(key)) ?? '[]') as Have[],
      note: (upTo) => this.#note(key, device, upTo),
    })
  }

  #note(key: string, device: DeviceId, known: unknown): void {
    const { notes, logger, changed } = this.#parts
    notes
      .putSetting(key, known === null ? null : JSON.stringify(known))
      .catch((error: unknown) => logger.warn({ device, error }, 'what a device holds could not be noted'))
    changed()
  }
}

/** Who of these is to bring an author's records: the author, or one that they all agree on. */
function bringerOf(author: DeviceId, writers: readonly DeviceId[]): DeviceId {
  return writers.includes(author) ? author : writers.toSorted()[0]!
}

function bringersOf({ replicator, segments }: Replica): (Replicator | SegmentBringer)[] {
  return [replicator, segments]
}

function obstacleOf({ replicator, segments }: Replica): Replicator['obstacle'] {
  return replicator.obstacle ?? segments.obstacle
}
