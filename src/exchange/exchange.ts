import { Limiter, type Clock, type Logger } from '#base'
import type { ChunkId, DeviceId, FolderId } from '#model'
import type { Link, Peer } from '#peers'
import type { FolderChunks, ForeignBlock } from '#store'
import { AbsentError, bothAbsent } from './absent.ts'
import { Asker } from './asker.ts'
import type { HoldOutcome } from './block-frames.ts'
import { BlockServer } from './block-server.ts'
import { Capabilities } from './capabilities.ts'
import { DropAsker, type Signer } from './drop-asker.ts'
import { Fetcher } from './fetcher.ts'
import { decodeFrame } from './frames.ts'
import type { LocalFolder } from './local-chunks.ts'
import { OwnShelf } from './own-shelf.ts'
import { Relief } from './relief.ts'
import { SealedFetcher } from './sealed-fetcher.ts'
import { SegmentAsker } from './segment-asker.ts'
import { ChunkServer, PARALLEL } from './server.ts'
import type { Shelf } from './shelf.ts'
import type { FetchedChunk } from './source.ts'
import { SummaryAsker } from './summary-asker.ts'

export interface ExchangeParts {
  clock: Clock
  logger: Logger
  /** The folder if `device` may read it, else null; asked on every request. */
  folderFor(folder: FolderId, device: DeviceId): LocalFolder | null
  /** May chunks of `folder` be asked of `device`? */
  mayServe(folder: FolderId, device: DeviceId): boolean
  /** A device did again and again what none should, `why`, and is not asked any more. */
  struckOut(device: DeviceId, why: string): void
  /** Holds blocks for others; none where left out. */
  shelf?: Shelf
  /** May `device` hold sealed blocks of `folder`, whose keys it need not have? None does where left out. */
  mayHold?(folder: FolderId, device: DeviceId): boolean
  /** What opens blocks of a folder that come from elsewhere; null where its keys are not here. */
  openerOf?(folder: FolderId): Pick<FolderChunks, 'open'> | null
  /** What this device signs drop lists and index segments with; none are sent where left out. */
  signer?: Signer
  /** Hears of a chunk that no connected device has, each time that it is asked for: others may be found that have it. */
  sought?(folder: FolderId, id: ChunkId): void
}

/** Chunks, wherever they are, and sealed blocks: asks other devices, and answers them, over their bulk links. */
export class Exchange {
  /** What this device says to others that hold blocks of which of them may go. */
  readonly drops: DropAsker
  /** Index segments on devices that hold them. */
  readonly segments: SegmentAsker
  /** Which chunks others hold blocks of, by partition. */
  readonly summaries: SummaryAsker
  /** null: it holds nothing for others. */
  readonly own: OwnShelf | null
  readonly #parts: ExchangeParts
  readonly #fetcher: Fetcher
  readonly #asker: Asker
  readonly #sealed: SealedFetcher

  constructor(parts: ExchangeParts) {
    const { clock, logger, shelf, signer, mayHold = () => false, openerOf = () => null } = parts
    this.own = shelf === undefined || signer === undefined ? null : new OwnShelf(signer.device, shelf)
    this.#parts = parts
    this.#fetcher = new Fetcher({ ...parts, waits: () => relief.wake() })
    const isStruckOut = (device: DeviceId): boolean => this.#fetcher.isStruckOut(device)
    this.#asker = new Asker({ clock, logger, isStruckOut, strike: (device, why) => this.#fetcher.strike(device, why) })
    const asks = { asker: this.#asker, capabilities: new Capabilities({ asker: this.#asker, logger }), signer: signer ?? null }
    this.drops = new DropAsker({ ...asks, clock })
    this.segments = new SegmentAsker({ ...asks, logger })
    this.summaries = new SummaryAsker(asks)
    this.#sealed = new SealedFetcher({
      clock,
      logger,
      asker: this.#asker,
      mayHold,
      openerOf,
      strike: (device) => this.#fetcher.strike(device),
    })
    const relief = new Relief({ clock, fetcher: this.#fetcher, sealed: this.#sealed, mayServe: parts.mayServe })
  }

  get receivedBytes(): number {
    return this.#fetcher.receivedBytes
  }

  addPeer(peer: Peer): void {
    this.#asker.addPeer(peer)
    this.#fetcher.addPeer(peer)
  }

  /** Serves a device's bulk link and takes its answers, until it closes. Called for each link, whoever opened it. */
  attach(link: Link): void {
    const turns = new Limiter(PARALLEL)
    const server = new ChunkServer(this.#parts, link, turns)
    const blockServer = new BlockServer({ shelf: this.#parts.shelf ?? null, logger: this.#parts.logger }, link, turns)
    link.onMessage(async (message) => {
      try {
        const frame = decodeFrame(message)
        if ('request' in frame) await server.accept(frame.request)
        else if ('response' in frame) this.#fetcher.receive(link, frame.response, message)
        else if ('hold' in frame) await blockServer.hold(frame.hold, message)
        else if ('has' in frame) await blockServer.has(frame.has)
        else if ('blocks' in frame) await blockServer.blocks(frame.blocks)
        else if ('list' in frame) await blockServer.list(frame.list)
        else if ('drop' in frame) await blockServer.drop(frame.drop)
        else if ('segment' in frame) await blockServer.segment(frame.segment, message)
        else if ('segments' in frame) await blockServer.segments(frame.segments)
        else if ('summarize' in frame) await blockServer.summarize(frame.summarize)
        else this.#asker.receive(link, frame)
      } catch (error) {
        this.#parts.logger.warn({ device: link.device, error }, 'a device sent rubbish on the bulk channel')
        link.close('rubbish on the bulk channel')
      }
    })
    link.closed.addEventListener('abort', () => this.#linkClosed(link), { once: true })
  }

  /** See Fetcher.fetch; from the sealed blocks of devices without the keys where no other connected device has it. */
  async fetch(folder: FolderId, id: ChunkId, length: number, signal: AbortSignal): Promise<FetchedChunk> {
    try {
      return await this.#fetcher.fetch(folder, id, length, signal)
    } catch (error) {
      if (!(error instanceof AbsentError)) throw error
      return this.#sealed.fetch(folder, id, length, signal).catch((alsoAbsent: unknown) => {
        if (!(alsoAbsent instanceof AbsentError)) throw alsoAbsent
        this.#parts.sought?.(folder, id)
        throw bothAbsent(error, alsoAbsent)
      })
    }
  }

  /** Gets a chunk from one device, and no other: see Fetcher.fetch. */
  fetchFrom(device: DeviceId, folder: FolderId, id: ChunkId, length: number, signal: AbortSignal): Promise<FetchedChunk> {
    return this.#fetcher.fetch(folder, id, length, signal, device)
  }

  strike(device: DeviceId): void {
    this.#fetcher.strike(device)
  }

  /** The connected devices that may hold sealed blocks of a folder whose keys are here. */
  holders(folder: FolderId): DeviceId[] {
    return this.#sealed.holders(folder)
  }

  /** How many connected devices may have chunks of a folder, or sealed blocks of them. */
  sources(folder: FolderId): number {
    return this.#fetcher.sources(folder) + this.#sealed.holders(folder).length
  }

  /** Is a device connected, and did nothing so far for which it is not asked any more? */
  isConnected(device: DeviceId): boolean {
    return this.connection(device) !== null
  }

  /** See Asker.connection. */
  connection(device: DeviceId): number | null {
    return this.#asker.connection(device)
  }

  /** See Asker.hold. */
  hold(device: DeviceId, folder: FolderId, blocks: readonly ForeignBlock[], signal: AbortSignal): Promise<HoldOutcome[]> {
    return this.#asker.hold(device, folder, blocks, signal)
  }

  /** See Asker.has. */
  has(device: DeviceId, folder: FolderId, ids: Uint8Array, signal: AbortSignal): Promise<boolean[]> {
    return this.#asker.has(device, folder, ids, signal)
  }

  /** See Asker.blocks. */
  blocks(device: DeviceId, folder: FolderId, ids: Uint8Array, signal: AbortSignal): Promise<(Uint8Array | null)[]> {
    return this.#asker.blocks(device, folder, ids, signal)
  }

  #linkClosed(link: Link): void {
    this.#asker.linkClosed(link)
    this.drops.linkClosed(link.device)
    this.#fetcher.linkClosed(link)
  }
}
