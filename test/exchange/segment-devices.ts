import { silentLogger, systemClock, systemRandom } from '#base'
import { chunkNamer } from '#content'
import { inProcess, type FolderIndex, type Have } from '#db'
import { Exchange, Shelf } from '#exchange'
import { signingKey, type DeviceId, type FolderId, type Segment } from '#model'
import { newTally, SegmentBringer, type SegmentBringerParts } from '#replication'
import { folderChunks } from '#store'
import { segmentHolder } from '../../src/daemon/segment-holder.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { ShelfReader } from '../../src/sync/shelf-reader.ts'
import { A, B, C, FOLDER, NOW, type Device } from '../db/fixtures.ts'
import { newSealing, newStore, shelfStore } from '../store/subjects.ts'
import { linked, peerOver } from './linked.ts'

export const sealing = { ...newSealing(), folder: FOLDER }
export const { idKey } = sealing
export const nameOf = chunkNamer(idKey)
export const NEVER = new AbortController().signal

export type Storage = ReturnType<typeof storage>

/** A storage device: a real store, and no keys. */
export function storage(name: string) {
  const store = newStore()
  const set = { pledge: 1e9, mayRead: true, writers: [A, B, C].map(({ id }) => id) }
  const calls = shelfStore(store)
  const shelf = new Shelf({
    store: calls,
    mayWrite: (_, device) => set.writers.includes(device),
    mayRead: () => set.mayRead,
    own: (): FolderId[] => [],
    open: () => null,
    pledge: () => set.pledge,
    keeping: async () => undefined,
    desk: { counted: async () => undefined, take: async () => ({ outcome: 'taken', hlc: 0 }) },
  })
  const exchange = new Exchange({ ...nothing, shelf })
  return { id: name as DeviceId, store, set, calls, shelf, exchange }
}

const nothing = {
  clock: systemClock,
  logger: silentLogger,
  folderFor: () => null,
  mayServe: () => false,
  struckOut: () => undefined,
}

export type Member = ReturnType<typeof member>

/** A device that has the folder's keys, and an index of it. */
export function member(of: Device, index: SqliteFolderIndex, { shelf }: Partial<Pick<Storage, 'shelf'>> = {}) {
  const { chunks, foreign } = newStore()
  const struck: DeviceId[] = []
  const opener = folderChunks(
    Object.assign(chunks, { open: foreign.open, sealed: foreign.sealed.bind(foreign) }),
    FOLDER,
    () => sealing,
  )
  const exchange = new Exchange({
    ...nothing,
    struckOut: (device) => struck.push(device),
    mayHold: (_, device) => ![A, B, C].some(({ id }) => id === device),
    openerOf: () => opener,
    signer: { device: of.id, key: signingKey(of.seed) },
    ...(shelf && { shelf }),
  })
  const calls = inProcess<FolderIndex>(index)
  const misbehaved: string[] = []
  const set = { isOffered: false, unsaid: '', member: '', later: 0 }
  return {
    ...{ of, index, exchange, struck, misbehaved, set },
    /** Connected until the returned link is closed, or the device left. */
    connect({ id, exchange: other }: Storage) {
      const { toA, toB } = linked(of.id, id)
      const peer = peerOver(toB)
      exchange.attach(toB)
      other.attach(toA)
      exchange.addPeer(peer)
      return peer
    },
    bringer(to: Storage, parts: Partial<SegmentBringerParts> = {}): SegmentBringer & { notes: (readonly Have[])[] } {
      const notes: (readonly Have[])[] = []
      const bringer = new SegmentBringer({
        index: calls,
        holder: segmentHolder({ folder: FOLDER, store: opener, exchange, nameOf }, to.id),
        device: of.id,
        nameOf,
        mayBring: () => true,
        isCompared: () => true,
        isOthers: () => false,
        noted: [],
        note: (upTo) => notes.push(upTo ?? []),
        isBusy: () => false,
        isAwaited: () => true,
        tally: newTally(),
        clock: systemClock,
        random: systemRandom,
        logger: silentLogger,
        ...parts,
      })
      return Object.assign(bringer, { notes })
    },
    /** Reads once from all connected, and gives what it knows of them then. */
    async read(reader: ShelfReader, ...of: Storage[]) {
      reader.ask()
      await reader.ended()
      return of.map(({ id }) => reader.word(id))
    },
    reader(writers: readonly Device[] = [A, B, C]): ShelfReader {
      return new ShelfReader({
        folder: FOLDER,
        exchange,
        store: opener,
        index: calls,
        clock: { monotonic: () => systemClock.monotonic() + set.later },
        logger: silentLogger,
        writers: () => writers.map(({ id }) => ({ device: id })),
        isNew: () => true,
        isMember: (device) => device === set.member,
        isOffered: () => set.isOffered,
        isUnsaid: (device) => set.unsaid === device,
        take: async (batches, { author }) => {
          const counted = [...writers.map(({ id }) => id), ...(set.unsaid === author ? [author] : [])]
          return index.ingest(batches, { now: NOW + 1e9, writers: counted.map((device) => ({ device })) })
        },
        looked: async () => undefined,
        misbehaved: (_, message) => misbehaved.push(message),
      })
    },
    named: (from: Storage, which: 'all' | 'last' = 'all'): Promise<Segment[]> =>
      exchange.segments.named(from.id, FOLDER, which, NEVER),
    opener,
  }
}
