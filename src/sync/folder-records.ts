import type { Ingested } from '#db'
import { mayRead, type DeviceId } from '#model'
import { Comparison } from './comparison.ts'
import type { FolderSyncParts } from './folder-parts.ts'
import { offered } from './folder-peer.ts'
import { covers } from './have.ts'
import { IndexExchange } from './index-exchange.ts'
import { stateNow } from './need.ts'
import { ShelfReader } from './shelf-reader.ts'
import type { FolderState } from './standing.ts'

/** What a folder does with what comes of its records. */
export interface RecordsHeard {
  compared(): void
  ingested(kept: Ingested['kept']): void
  /** A device said something new of itself. */
  heard(): void
  /** As in IndexExchangeParts. */
  ready(): void
  /** Out of segments has come what there was. */
  read(): void
  now(): { scans: { busy: boolean } | undefined; state: FolderState }
}

/** How a folder's records come: from connected devices that have them, and out of the segments that others hold; and what is known so. */
export function folderRecords(
  parts: FolderSyncParts,
  isCompared: boolean,
  { compared, ingested, heard, ready, read, now }: RecordsHeard,
): { exchange: IndexExchange; comparison: Comparison; shelves: ShelfReader } {
  const { id: folder, index, clock, logger, misbehaved, role, writers, members } = parts
  const shelfWords = () => (parts.shelves?.() ?? []).map((device) => shelves.word(device))
  // Where no reader is left who could say how far a device counts, what it had brought to a storage device before it was put out does.
  const isUnsaid = (device: DeviceId): boolean => members().length === 0 && parts.isUnsaid?.(device) === true
  const comparison = new Comparison({ index, clock, members: () => members(), shelves: shelfWords }, isCompared, compared)
  const exchange = new IndexExchange({
    folder,
    index,
    clock,
    logger,
    rules: () => ({ writers: writers() }),
    mayRead: (device) => mayRead(role(device)),
    isNew: () => !comparison.done,
    need: () => stateNow(parts, { isNew: !comparison.done, ...now() }),
    ingested: ({ kept }) => ingested(kept),
    heard,
    ready,
    misbehaved: (device, message) => misbehaved(device, message),
  })
  const shelves: ShelfReader = new ShelfReader({
    folder,
    exchange: parts.exchange,
    store: parts.store,
    index,
    clock,
    logger,
    writers: () => writers(),
    isNew: () => !comparison.done,
    isMember: (device) => exchange.peers.some((peer) => peer.device === device && offered(peer).length > 0),
    isOffered: (place) => exchange.peers.some((peer) => covers(offered(peer), [place])),
    isUnsaid,
    take: (batches, { author, signer }) => exchange.take(batches, signer, isUnsaid(author) ? [{ device: author }] : []),
    looked: async (isNews) => {
      await comparison.look(exchange.peers)
      if (isNews) read()
    },
    misbehaved: (device, message) => misbehaved(device, message),
  })
  return { exchange, comparison, shelves }
}
