import { HoldfastError, silentLogger, systemClock } from '#base'
import { inProcess, type FolderIndex } from '#db'
import type { Link, Peer } from '#peers'
import { SyncEngine, type FolderSync, type FolderSyncParts, type FolderSettings } from '#sync'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, B, C, FOLDER, type Device } from '../db/fixtures.ts'
import { MemoryLink } from '../peers/memory-link.ts'

const NAMES = new Map(Object.entries({ A, B, C }).map(([name, { id }]) => [id, name]))

/** A connected device without a bulk channel. */
export function peerOver(link: Link): Peer {
  return {
    device: link.device,
    index: link,
    bulk: () => Promise.reject(new HoldfastError('offline', 'no bulk channel here')),
    onBulk: () => () => {},
    closed: link.closed,
    address: 'memory',
  }
}

/** An engine with one folder, whose index is `index`, without a disk unless `parts` has one. */
export async function engineOf(
  index: SqliteFolderIndex | FolderIndex,
  options: { parts?: Partial<FolderSyncParts>; settings?: Partial<FolderSettings>; mayRead?: () => boolean } = {},
): Promise<{ engine: SyncEngine; folder: FolderSync; said: string[] }> {
  const said: string[] = []
  const engine = new SyncEngine({
    lacks: () => false,
    clock: systemClock,
    logger: silentLogger,
    mayRead: options.mayRead ?? (() => true),
    misbehaved: (_device, message) => said.push(message),
  })
  const folder = await engine.addFolder(
    {
      id: FOLDER,
      name: 'folder',
      index: 'copy' in index ? inProcess<FolderIndex>(index) : index,
      disk: null,
      identity: null,
      store: null,
      kept: () => undefined,
      idKey: new Uint8Array(32),
      role: () => 'sync',
      nameOf: (device) => NAMES.get(device) ?? '',
      writers: () => [A, B, C].map(({ id }) => ({ device: id })),
      members: () => [],
      activity: () => undefined,
      changed: () => undefined,
      compared: () => undefined,
      ...options.parts,
    },
    { compared: true, paused: false, ...options.settings },
  )
  return { engine, folder, said }
}

/** Connects two engines; gives both ends of their link, the first leading to `b`. */
export function connect(a: { engine: SyncEngine; of: Device }, b: { engine: SyncEngine; of: Device }): [MemoryLink, MemoryLink] {
  const [toB, toA] = MemoryLink.pair(a.of.id, b.of.id)
  a.engine.addPeer(peerOver(toB))
  b.engine.addPeer(peerOver(toA))
  return [toB, toA]
}

/** Waits until `done` holds, at most some seconds. */
export async function until(done: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  for (const end = Date.now() + ms; !(await done());) {
    if (Date.now() > end) throw new Error('it did not come about in time')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
