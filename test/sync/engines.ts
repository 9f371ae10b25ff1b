import { HoldfastError, silentLogger, systemClock } from '#base'
import { inProcess, type FolderIndex } from '#db'
import type { DeviceId } from '#model'
import type { Link, Peer } from '#peers'
import { SyncEngine, type FolderSync, type FolderSyncParts, type FolderSettings } from '#sync'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, B, C, FOLDER, type Device } from '../db/fixtures.ts'

const NAMES = new Map(Object.entries({ A, B, C }).map(([name, { id }]) => [id, name]))

type Listener = (message: Uint8Array) => void | Promise<void>

/** One end of a link whose messages are read one at a time, as over a socket. */
export class PacedLink implements Link {
  readonly device: DeviceId
  other: PacedLink | null = null
  sent: Uint8Array[] = []
  reason = ''
  readonly #abort = new AbortController()
  readonly #waiting: Uint8Array[] = []
  #listener: Listener = () => undefined
  #reading = false

  constructor(device: DeviceId) {
    this.device = device
  }

  get closed(): AbortSignal {
    return this.#abort.signal
  }

  async send(...pieces: Uint8Array[]): Promise<void> {
    if (this.closed.aborted) throw this.closed.reason
    const message = new Uint8Array(Buffer.concat(pieces))
    this.sent.push(message)
    this.other?.arrive(message)
  }

  onMessage(listener: Listener): void {
    this.#listener = listener
  }

  arrive(message: Uint8Array): void {
    this.#waiting.push(message)
    setImmediate(() => void this.#read())
  }

  close(reason = 'closed'): void {
    if (this.closed.aborted) return
    this.reason = reason
    this.#abort.abort(new HoldfastError('offline', reason))
    this.other?.close(reason)
  }

  async #read(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    for (let next = this.#waiting.shift(); next !== undefined && !this.closed.aborted; next = this.#waiting.shift())
      await this.#listener(next)
    this.#reading = false
  }
}

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
export function connect(a: { engine: SyncEngine; of: Device }, b: { engine: SyncEngine; of: Device }): [PacedLink, PacedLink] {
  const toB = new PacedLink(b.of.id)
  const toA = new PacedLink(a.of.id)
  toB.other = toA
  toA.other = toB
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
