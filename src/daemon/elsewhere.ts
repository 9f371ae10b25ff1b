import type { KeepItem } from '#db'
import { CHUNK_ITEM_BYTES, IdSet, type DeviceId, type RecordPlace } from '#model'
import { hasKept, keptUpTo, partitionOf, type KeptBy } from '#replication'
import type { OpenFolder } from './folder-opener.ts'

/** Versions looked at in one call. */
const PAGE = 1_000

type Folder = Pick<OpenFolder, 'index' | 'keeping' | 'sync'>
type Peer = NonNullable<OpenFolder['sync']>['exchange']['peers'][number]

/** The versions whose content a folder's devices are to have, page by page. */
export async function* pagesOf({ index, keeping }: Folder): AsyncGenerator<KeepItem[]> {
  for (let after = 0; ;) {
    const page = (await index?.recordsAfter(after, PAGE)) ?? []
    const last = page.at(-1)
    if (last === undefined) return
    after = last.record
    yield page.filter(
      ({ version: { kind, size }, isHead, isForgotten }) =>
        kind === 'file' && size > 0 && !isForgotten && (isHead || keeping?.isKept === true),
    )
  }
}

/** What of a folder other devices than one have, as far as they have said: as holders, or on a disk that has all that is to be there. */
export class Elsewhere {
  readonly #device: DeviceId
  readonly #peers: readonly Peer[]
  /** Up to which records all is on some other device's disk that these name. */
  readonly #live: readonly KeptBy[]
  /** Of all versions, whatever their names: files of several may consist of the same. */
  readonly #chunks = new IdSet()

  private constructor({ sync }: Folder, device: DeviceId) {
    this.#device = device
    this.#peers = sync?.exchange.peers ?? []
    this.#live = this.#peers.flatMap((peer) => {
      const { state } = peer
      if (peer.device === device || state?.materialised !== true || state.needEntries > 0) return []
      // Its disk may not be there.
      return state.hindrance === 'blocked' || state.hindrance === 'error' ? [] : [keptUpTo(state.have)]
    })
  }

  static async look(folder: Folder, device: DeviceId): Promise<Elsewhere> {
    const elsewhere = new Elsewhere(folder, device)
    await elsewhere.#gather(folder)
    return elsewhere
  }

  /** Does each chunk of a version lie on another device, in a file or version of any name? */
  has(item: KeepItem): boolean {
    const { chunks } = item
    if (chunks === null) return this.#isLive(item)
    for (let at = 0; at < chunks.length; at += CHUNK_ITEM_BYTES) if (!this.#chunks.has(chunks, at)) return false
    return true
  }

  /**
   * May a device that has the folder have what it has not said to have? That is so of all whose records it knows: it says how many entries its disk lacks, and
   * up to which version it keeps all, but not which ones beyond; and where nothing was heard of it.
   */
  mayHave(device: DeviceId, place: RecordPlace): boolean {
    const state = this.#peers.find((peer) => peer.device === device)?.state
    return state == null || (state.materialised && hasKept(keptUpTo(state.have), place))
  }

  #isLive({ version, isHead }: KeepItem): boolean {
    return isHead && this.#live.some((have) => hasKept(have, version))
  }

  async #gather(folder: Folder): Promise<void> {
    const { holders } = folder.keeping!
    const devices = (holders.layout?.devices ?? []).filter((each) => each !== this.#device)
    const kept = new Map(devices.map((each) => [each, holders.keptOf(each)]))
    const places = holders.layout?.holders ?? []
    for await (const page of pagesOf(folder))
      for (const item of page) {
        const { chunks, version } = item
        const isLive = this.#isLive(item)
        const there = new Set(devices.filter((each) => hasKept(kept.get(each), version)))
        if (chunks === null || !(isLive || there.size > 0)) continue
        for (let at = 0; at < chunks.length; at += CHUNK_ITEM_BYTES) {
          const isThere =
            isLive || places[partitionOf(chunks.subarray(at, at + 32), places.length)]!.some((each) => there.has(each))
          if (isThere) this.#chunks.add(chunks, at)
        }
      }
  }
}
