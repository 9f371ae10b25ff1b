import { silentLogger, systemClock } from '#base'
import { Exchange, Shelf } from '#exchange'
import type { ChunkId, DeviceId, FolderId } from '#model'
import { folderChunks, type ForeignBlock } from '#store'
import { MemoryLink } from '../peers/memory-link.ts'
import { newForeign, newSealing, newStore, packIds, shelfStore } from '../store/subjects.ts'
import { linked, peerOver } from './linked.ts'

export const sealing = newSealing()
export const { folder } = sealing
export const NEVER = new AbortController().signal

export type Device = ReturnType<typeof device>

/** A device with a real store; a reader of the folder has its keys. */
export function device(
  name: string,
  { isReader = true, clock = systemClock }: { isReader?: boolean; clock?: typeof systemClock } = {},
) {
  const store = newStore()
  const struck: DeviceId[] = []
  const set = { mayRead: true, holders: ['holder', 'other', 'liar', 'old'], readers: [] as string[] }
  const calls = shelfStore(store)
  const desk = { counted: async () => undefined, take: async () => ({ outcome: 'taken' as const, hlc: 0 }) }
  const roles = {
    mayWrite: () => true,
    mayRead: () => set.mayRead,
    own: (): FolderId[] => [],
    open: () => null,
    pledge: () => 1e9,
  }
  const exchange = new Exchange({
    clock,
    logger: silentLogger,
    folderFor: () => null,
    mayServe: (_, who) => set.readers.includes(who),
    struckOut: (who) => struck.push(who),
    shelf: new Shelf({ store: calls, ...roles, keeping: async () => undefined, desk }),
    mayHold: (_, who) => set.holders.includes(who),
    openerOf: () =>
      isReader
        ? folderChunks(Object.assign(store.chunks, { open: store.foreign.open, sealed: calls.sealed }), folder, () => sealing)
        : null,
  })
  return { id: name as DeviceId, store, exchange, struck, set }
}

export function connect(a: Device, b: Device): MemoryLink {
  const { toA, toB } = linked(a.id, b.id)
  a.exchange.attach(toB)
  b.exchange.attach(toA)
  a.exchange.addPeer(peerOver(toB))
  return toB as MemoryLink
}

/** A device whose link is new each time it has broken, and leads to `answer`, which gets each message and the link to answer over. */
export function connectTo(a: Device, name: string, answer: (message: Uint8Array, link: MemoryLink) => void): { opened: number } {
  const count = { opened: 0 }
  let current: MemoryLink | null = null
  const open = async (): Promise<MemoryLink> => {
    if (current !== null && !current.closed.aborted) return current
    count.opened++
    const [toB, toA] = MemoryLink.pair(a.id, name as DeviceId)
    a.exchange.attach(toB)
    toA.onMessage((message) => answer(message, toA))
    return (current = toB)
  }
  a.exchange.addPeer({ ...peerOver(new MemoryLink(name as DeviceId)), bulk: open })
  return count
}

export function foreigners(count: number, length = 500): ForeignBlock[] {
  return Array.from({ length: count }, () => newForeign(sealing, length))
}

export function idsOf(blocks: readonly { id: ChunkId }[]): Uint8Array {
  return packIds(...blocks.map(({ id }) => id))
}
