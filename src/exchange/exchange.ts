import type { Clock, Logger } from '#base'
import type { ChunkId, DeviceId, FolderId } from '#model'
import type { Link, Peer } from '#peers'
import { Fetcher } from './fetcher.ts'
import { decodeFrame } from './frames.ts'
import type { LocalFolder } from './local-chunks.ts'
import { ChunkServer } from './server.ts'
import type { FetchedChunk } from './source.ts'

export interface ExchangeParts {
  clock: Clock
  logger: Logger
  /** The folder if `device` may read it, else null; asked on every request. */
  folderFor(folder: FolderId, device: DeviceId): LocalFolder | null
  /** May chunks of `folder` be asked of `device`? */
  mayServe(folder: FolderId, device: DeviceId): boolean
  /** A device did again and again what none should, `why`, and is not asked any more. */
  struckOut(device: DeviceId, why: string): void
}

/** Chunks, wherever they are: asks other devices, and answers them, over their bulk links. */
export class Exchange {
  readonly #parts: ExchangeParts
  readonly #fetcher: Fetcher

  constructor(parts: ExchangeParts) {
    this.#parts = parts
    this.#fetcher = new Fetcher(parts)
  }

  get receivedBytes(): number {
    return this.#fetcher.receivedBytes
  }

  addPeer(peer: Peer): void {
    this.#fetcher.addPeer(peer)
  }

  /** Serves a device's bulk link and takes its answers, until it closes. Called for each link, whoever opened it. */
  attach(link: Link): void {
    const server = new ChunkServer(this.#parts, link)
    link.onMessage(async (message) => {
      try {
        const frame = decodeFrame(message)
        if ('request' in frame) await server.accept(frame.request)
        else this.#fetcher.receive(link.device, frame.response, message)
      } catch (error) {
        this.#parts.logger.warn({ device: link.device, error }, 'a device sent rubbish on the bulk channel')
        link.close('rubbish on the bulk channel')
      }
    })
    link.closed.addEventListener('abort', () => this.#fetcher.linkClosed(link.device), { once: true })
  }

  /** See Fetcher.fetch. */
  fetch(folder: FolderId, id: ChunkId, length: number, signal: AbortSignal): Promise<FetchedChunk> {
    return this.#fetcher.fetch(folder, id, length, signal)
  }

  strike(device: DeviceId): void {
    this.#fetcher.strike(device)
  }

  sources(folder: FolderId): number {
    return this.#fetcher.sources(folder)
  }
}
