import { sleep, type Clock, type Logger, type Timer } from '#base'
import type { Exchange } from '#exchange'
import { chunkIds, eachId, fromHex, mayRead, unpackIds, type DeviceId, type FolderId } from '#model'
import type { PeerNetwork } from '#peers'
import { hasKept, keptUpTo, type KeptBy } from '#replication'
import type { ChunkStore } from '#store'
import { takersOf } from './folder-layout.ts'
import type { OpenFolder } from './folder-opener.ts'
import { outOfReach, whoHas, type OutOfReach, type OutOfReachParts } from './out-of-reach.ts'
import { isShelf } from './shelves.ts'

/** So long after a change it is looked again, ms: who is started anew is back by then. */
const LOOK_MS = 3_000
/** And with so much rest between looks, and between the pages of one, in parts of the time it takes. */
const REST = 20
const PAGE_REST = 2
/** In these states of a folder that is not at rest nothing moves either. */
const AT_A_STAND: ReadonlySet<string> = new Set(['no-device', 'put-off'])

export interface ReachParts {
  network: Pick<PeerNetwork, 'devices' | 'on'> & {
    readonly group: Pick<PeerNetwork['group'], 'device' | 'state'>
  }
  registry: { readonly folders: readonly OpenFolder[] }
  exchange: Pick<Exchange, 'isConnected' | 'has' | 'drops'>
  blocks: Pick<ChunkStore, 'lacking'>
  /** More is out of reach, or less. */
  changed(folder: FolderId): void
  clock: Clock
  logger: Logger
}

interface Looked {
  timer: Timer | null
  isLooking: boolean
  all: readonly OutOfReach[]
  /** What it was looked at by, as text, to compare. */
  basis: string | null
  /** How long it took, ms. */
  took: number
}

/**
 * Knows of the folders here what content is out of reach now, as only devices that are away have it. It goes by what devices have said; through the
 * records it goes only where that does not tell that all is within reach, and again only where that has changed.
 */
export class Reach {
  readonly #parts: ReachParts
  readonly #looked = new Map<FolderId, Looked>()
  readonly #stop = new AbortController()
  #off: (() => void)[] = []

  constructor(parts: ReachParts) {
    this.#parts = parts
  }

  start(): void {
    const { network, registry } = this.#parts
    const all = (): void => registry.folders.forEach(({ stored }) => this.review(stored.id))
    this.#off = [network.on('connected', all), network.on('disconnected', all)]
    all()
  }

  stop(): void {
    this.#stop.abort()
    for (const off of this.#off) off()
    for (const { timer } of this.#looked.values()) timer?.cancel()
  }

  /** Something about a folder, or who is there, may have changed. Cheap. */
  review(folder: FolderId): void {
    if (this.#stop.signal.aborted) return
    const looked = this.#of(folder)
    looked.timer ??= this.#parts.clock.after(Math.max(LOOK_MS, looked.took * REST), () => {
      looked.timer = null
      if (looked.isLooking) return this.review(folder)
      this.#look(folder, looked).catch((error: unknown) => {
        this.#parts.logger.debug({ error }, 'it could not be looked what is out of reach')
        looked.basis = ''
        this.review(folder)
      })
    })
  }

  /** What of a folder was out of reach when it was last looked, and nobody has come who has it. */
  of(folder: FolderId): readonly OutOfReach[] {
    return this.#looked.get(folder)?.all.filter(({ devices }) => devices.every((device) => this.#isAway(device))) ?? []
  }

  /** Who has what cannot be had of a version now, of those that are away. */
  async whoHas(folder: OpenFolder, path: string, id: string): Promise<Pick<OutOfReach, 'devices' | 'isSaid'>> {
    const past = await folder.index?.version(path, id)
    if (past == null) return { devices: [], isSaid: false }
    const chunks = await folder.index!.chunksOf(path, past.version.id)
    const parts = this.#partsOf(folder)
    const lacking = chunks === null ? null : await parts.lacking(chunkIds(chunks))
    return whoHas(parts, past, lacking === null ? null : [...lacking].map(fromHex))
  }

  #of(folder: FolderId): Looked {
    let looked = this.#looked.get(folder)
    if (looked === undefined) {
      looked = { timer: null, isLooking: false, all: [], basis: '', took: 0 }
      this.#looked.set(folder, looked)
    }
    return looked
  }

  async #look(id: FolderId, looked: Looked): Promise<void> {
    const { registry, clock, changed } = this.#parts
    const folder = registry.folders.find(({ stored }) => stored.id === id)
    if (folder === undefined) {
      this.#looked.delete(id)
      return
    }
    if (!this.#isAtRest(folder)) return
    const parts = this.#partsOf(folder)
    const basis = await this.#basis(folder, parts)
    if (basis === looked.basis) return
    looked.isLooking = true
    const started = clock.monotonic()
    const passed = (): number => clock.monotonic() - started
    try {
      const all = basis === null ? [] : await outOfReach(parts, this.#stop.signal).finally(() => (looked.took = passed()))
      const isChanged = JSON.stringify(all.map(wordsOf)) !== JSON.stringify(looked.all.map(wordsOf))
      Object.assign(looked, { all, basis, took: basis === null ? 0 : looked.took })
      if (isChanged) changed(id)
    } finally {
      looked.isLooking = false
    }
  }

  /** Has all come to rest, so that what is missing is not just on its way? */
  #isAtRest({ sync, keeping }: OpenFolder): boolean {
    if (sync === null || keeping === null) return false
    const { state, reasonCode } = sync.standing
    const isStill = state === 'idle' || AT_A_STAND.has(reasonCode)
    return isStill && (!keeping.isKept || (keeping.holders.isCurrent && !keeping.holders.isAnyLooking))
  }

  /** What a look would go by, as text; null where it is known without one that all is within reach. */
  async #basis({ index, keeping, sync, stored }: OpenFolder, parts: OutOfReachParts): Promise<string | null> {
    const { state, device } = this.#parts.network.group
    if (parts.away.size === 0 || !keeping!.keeps || !mayRead(state.role(stored.id, device))) return null
    const need = sync?.totals?.needEntries ?? 0
    const { layout } = keeping!.holders
    if (layout === undefined && need === 0) return null
    const have = await index!.have()
    const holders = (layout?.devices ?? []).filter((each) => parts.isThere(each))
    const whole = new Set(holders.filter((each) => have.every((place) => hasKept(parts.keptOf(each), place))))
    if (layout !== undefined && layout.holders.every((each) => each.some((holder) => whole.has(holder)))) return null
    const words = holders.map((each) => [each, [...(parts.keptOf(each) ?? [])]])
    return JSON.stringify([layout?.name, [...parts.away.keys()], words, have, need, parts.live.length])
  }

  #partsOf({ index, keeping, sync, stored: { id } }: OpenFolder): OutOfReachParts {
    const { network, exchange, blocks, clock } = this.#parts
    const { device: own, state } = network.group
    const { holders, isKept } = keeping!
    const others = [...new Set([...takersOf(state, id), ...shelvesIn(state)])].filter((device) => device !== own)
    const there = others.filter((device) => exchange.isConnected(device))
    const seen = new Map(network.devices().map((each) => [each.device, each]))
    const kept = new Map<DeviceId, KeptBy | undefined>([own, ...others].map((device) => [device, holders.keptOf(device)]))
    const { signal } = this.#stop
    return {
      index: index!,
      isKept,
      holders: holders.layout?.holders ?? null,
      keptOf: (device) => kept.get(device),
      isThere: (device) => device === own || there.includes(device),
      live: (sync?.exchange.peers ?? []).flatMap(({ state: said }) => {
        const isWhole = said?.materialised === true && said.needEntries === 0
        // Its disk may not be there.
        return isWhole && said.hindrance !== 'blocked' && said.hindrance !== 'error' ? [keptUpTo(said.have)] : []
      }),
      away: new Map(
        others.filter((device) => this.#isAway(device)).map((device) => [device, seen.get(device)?.lastSeen ?? -Infinity]),
      ),
      lacking: async (ids) => {
        const places = await index!.locate(ids)
        const noPlace = Buffer.concat(eachId(ids).filter((_, at) => places[at]!.length === 0))
        let lacking: Uint8Array = noPlace.length === 0 ? noPlace : await blocks.lacking(id, noPlace)
        for (const device of there) {
          if (lacking.length === 0) break
          // What holds blocks for others counts on what it is told first.
          if (isShelf(state, device)) await exchange.drops.tell(device, id, await index!.have(), signal)
          const has = await exchange.has(device, id, lacking, signal)
          lacking = Buffer.concat(eachId(lacking).filter((_, at) => !has[at]))
        }
        return new Set(unpackIds(lacking))
      },
      rest: (ms) => sleep(clock, ms * PAGE_REST, signal),
      clock,
    }
  }

  #isAway(device: DeviceId): boolean {
    const found = this.#parts.network.devices().find((each) => each.device === device)
    return found !== undefined && !found.connected
  }
}

function shelvesIn(state: PeerNetwork['group']['state']): DeviceId[] {
  return state.devices.map(({ device }) => device).filter((device) => isShelf(state, device))
}

function wordsOf({ paths, ...words }: OutOfReach): unknown {
  return [words, [...paths.keys()]]
}
