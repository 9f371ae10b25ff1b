import type { KeepItem, RetainableRecord } from '#db'
import { CHUNK_ITEM_BYTES, toHex, type ChunkId, type ChunkList, type Version, type VersionId } from '#model'

/** A version of a file that must not be lost. */
export interface Owed {
  path: string
  chunks: readonly ChunkId[]
  /** Devices whose stores had all of it, and have lost nothing of it since. */
  readonly kept: Set<string>
  /** All devices had what policy asks for when the cluster was last at rest: so many. 0: not then. */
  replicas: number
  /** Devices that have lost a copy since, to a disk, to damage, or to a user's edit. */
  readonly losses: Set<string>
}

/** Keeps account, from outside, of the versions that some device keeps, and of how many copies of them have been lost since. */
export class Ledger {
  readonly #owed = new Map<VersionId, Owed>()
  /** Forgotten by a device, by policy: from then on nobody owes it. */
  readonly forgotten = new Set<VersionId>()
  /** Devices that have lost something since all was at rest: all that they had, or single chunks. */
  readonly #disks = new Set<string>()
  readonly #chunks = new Map<ChunkId, Set<string>>()
  /** Forgotten by a device because their content was gone before any device had kept it. */
  readonly gone = new Set<VersionId>()
  /** A device has found that a version's content is gone. */
  foundGone: (device: string, item: KeepItem) => void = () => undefined
  readonly #items = new Map<string, Map<number, KeepItem>>()
  /** What devices looked at last to bring it to others. */
  readonly #brought = new Map<string, Map<number, KeepItem>>()
  readonly #retainable = new Map<string, Map<number, VersionId>>()
  readonly #pins: () => ReadonlySet<VersionId>

  constructor(pins: () => ReadonlySet<VersionId>) {
    this.#pins = pins
  }

  /** A call of a device's index has been answered. `has`: is the block of a chunk in its store? */
  watch(device: string, method: string, args: readonly unknown[], result: unknown, has: (chunk: ChunkId) => boolean): void {
    if (method === 'toKeep') for (const item of result as KeepItem[]) mapOf(this.#items, device).set(item.record, item)
    else if (method === 'kept') {
      for (const { record, until } of args[0] as { record: number; until: number | null }[]) {
        const item = mapOf(this.#items, device).get(record)
        if (until === null && item !== undefined && item.chunks !== null && !item.isForgotten) this.#kept(device, item, has)
      }
      mapOf(this.#items, device).clear()
    } else if (method === 'recordsAfter') {
      for (const item of result as KeepItem[]) mapOf(this.#brought, device).set(item.record, item)
    } else if (method === 'retainable') {
      const versions = (result as { paths: RetainableRecord[][] }).paths.flat()
      mapOf(this.#retainable, device).clear()
      for (const { record, version } of versions) mapOf(this.#retainable, device).set(record, version.id)
    } else if (method === 'forget') {
      for (const record of args[0] as number[]) {
        const id = mapOf(this.#retainable, device).get(record)
        if (id !== undefined) this.#forgot(id)
      }
    } else if (method === 'forgetGone') {
      for (const { record } of args[0] as { record: number }[]) {
        const item = mapOf(this.#items, device).get(record) ?? mapOf(this.#brought, device).get(record)
        if (item === undefined) continue
        this.gone.add(item.version.id)
        this.foundGone(device, item)
      }
    }
  }

  /** All is at rest, and every device has what it has to have: nothing is lost of these versions, of which so many copies are owed. */
  protect(versions: readonly { version: Version; chunks: ChunkList }[], replicas: number): void {
    this.#disks.clear()
    this.#chunks.clear()
    for (const { version, chunks } of versions) {
      if (this.forgotten.has(version.id) || this.gone.has(version.id)) continue
      const owed = this.#of(version, chunks)
      owed.replicas = replicas
      owed.losses.clear()
    }
  }

  /** Policy asks for fewer copies than before. */
  ask(replicas: number): void {
    for (const owed of this.#owed.values()) owed.replicas = Math.min(owed.replicas, replicas)
  }

  /** A device has lost its store, or its folder's disk, or both. */
  lostDisk(device: string, what: 'store' | 'tree' | 'both'): void {
    this.#disks.add(device)
    for (const owed of this.#owed.values()) {
      owed.losses.add(device)
      if (what !== 'tree') owed.kept.delete(device)
    }
  }

  /** A device has lost its copy of a chunk: in its store, or (`isLive`) in a file that its user has changed. */
  lostChunk(device: string, chunk: ChunkId, isLive = false): void {
    this.#chunks.set(chunk, (this.#chunks.get(chunk) ?? new Set()).add(device))
    for (const owed of this.#owed.values()) {
      if (!owed.chunks.includes(chunk)) continue
      owed.losses.add(device)
      if (!isLive) owed.kept.delete(device)
    }
  }

  /** Devices that may have lost their copy of a chunk since all was at rest. */
  lostOn(chunk: ChunkId): ReadonlySet<string> {
    return this.#disks.union(this.#chunks.get(chunk) ?? new Set())
  }

  /** The versions that must be there. */
  *due(): Generator<[VersionId, Owed]> {
    for (const [id, owed] of this.#owed) if (owed.kept.size > 0 || owed.losses.size < owed.replicas) yield [id, owed]
  }

  get size(): number {
    return this.#owed.size
  }

  #kept(device: string, { version, chunks }: KeepItem, has: (chunk: ChunkId) => boolean): void {
    if (version.kind !== 'file' || this.forgotten.has(version.id)) return
    const ids = chunksIn(chunks!)
    if (ids.length > 0 && ids.every(has)) this.#of(version, chunks!).kept.add(device)
  }

  #of(version: Version, chunks: ChunkList): Owed {
    const known = this.#owed.get(version.id)
    if (known !== undefined) return known
    const owed = { path: version.path, chunks: chunksIn(chunks), kept: new Set<string>(), replicas: 0, losses: new Set<string>() }
    this.#owed.set(version.id, owed)
    return owed
  }

  #forgot(id: VersionId): void {
    if (this.#pins().has(id)) return
    this.forgotten.add(id)
    this.#owed.delete(id)
  }
}

export function chunksIn(list: ChunkList): ChunkId[] {
  const ids: ChunkId[] = []
  for (let at = 0; at < list.length; at += CHUNK_ITEM_BYTES) ids.push(toHex(list.subarray(at, at + 32)) as ChunkId)
  return ids
}

function mapOf<V>(maps: Map<string, Map<number, V>>, device: string): Map<number, V> {
  const map = maps.get(device) ?? new Map<number, V>()
  maps.set(device, map)
  return map
}
