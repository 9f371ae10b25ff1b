import { onTestFinished } from 'vitest'
import { seededRandom, silentLogger, type Clock } from '#base'
import { chunkId } from '#content'
import { inProcess, type DeviceStore, type FolderIndex } from '#db'
import { decodeFrame, encodeDropped, encodeListed, readDropList, type Exchange } from '#exchange'
import { packChunks, signingKey, toHex, type ChunkId, type DeviceId, type FolderId, type Version, type VersionId } from '#model'
import type { GroupDevice } from '#peers'
import { hasKept, newTally } from '#replication'
import { folderChunks, SweptBlocks, type FolderSealing } from '#store'
import { encodeHeld } from '../../src/exchange/block-frames.ts'
import { Capabilities } from '../../src/exchange/capabilities.ts'
import { DropAsker } from '../../src/exchange/drop-asker.ts'
import { SegmentAsker } from '../../src/exchange/segment-asker.ts'
import { encodeNamed } from '../../src/exchange/segment-frames.ts'
import { SummaryAsker } from '../../src/exchange/summary-asker.ts'
import { encodeSummaries } from '../../src/exchange/summary-frames.ts'
import { DropJudge, type Judged, type JudgedFolder } from '../../src/daemon/drop-judge.ts'
import { FolderReplicas } from '../../src/daemon/folder-replicas.ts'
import { HeldForOthers } from '../../src/daemon/held-for-others.ts'
import { sweepPending } from '../../src/daemon/sweep-pending.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { author, device, FOLDER, NOW, open, send, stat, type Device } from '../db/fixtures.ts'
import { newSealing, newMemoryStore, packIds, shelfStore } from '../store/subjects.ts'

/** As a SegmentAsker, a DropAsker or a SummaryAsker puts it: its frame, and what reads the answer. */
type Question<T> = [frame: (number: number) => Uint8Array[], read: (answer: never) => T | null]

export const SHELF = device(9).id
const NEVER = new AbortController().signal

/** What happens between two steps of others. */
export type Turn = (what: string) => Promise<void>

/** A storage device, and members that write: their indexes, stores, drop lists and what brings blocks are real; links are calls, each of which takes turns. */
export class DropCluster {
  readonly sealing: FolderSealing = { ...newSealing(), folder: FOLDER }
  readonly store = newMemoryStore()
  readonly members: Member[]
  readonly turn: Turn
  now = NOW
  readonly #held: HeldForOthers

  constructor(devices: readonly Device[], turn: Turn = async () => undefined) {
    this.turn = turn
    const database = openDeviceStore(':memory:')
    onTestFinished(() => database.close())
    this.#held = new HeldForOthers({
      group: { device: SHELF, state: this.state(devices) },
      blocks: shelfStore(this.store),
      notes: inProcess<DeviceStore>(database),
      clock: { now: () => this.now },
      open: () => null,
      folders: () => [],
      pledge: () => 1e9,
    })
    this.members = devices.map((device) => new Member(this, device, devices))
  }

  get shelf(): HeldForOthers['shelf'] {
    return this.#held.shelf
  }

  /** Which of these the storage device has. Asks as nobody else does: no note is taken back. */
  has(names: readonly string[]): string[] {
    return names.filter((name) => this.store.table.blockOf(FOLDER, this.idOf(name)) !== undefined)
  }

  sweep(grace: number): Promise<{ blocks: number }> {
    const parts = { folder: FOLDER, blocks: new SweptBlocks(this.store), step: () => this.turn('sweep') }
    return sweepPending(parts, { now: this.now, grace, isDry: false })
  }

  idOf(name: string): ChunkId {
    return chunkId(this.sealing.idKey, Buffer.from(name))
  }

  state(devices: readonly Device[]) {
    const all = [
      { device: SHELF, role: 'storage' },
      ...devices.map(({ id }) => ({ device: id, role: 'member' })),
    ] as GroupDevice[]
    return {
      devices: all,
      role: (_: FolderId, device: DeviceId) => (device === SHELF ? ('none' as const) : ('sync' as const)),
      cut: () => null,
      pledge: () => 0,
      takers: () => devices.map(({ id }) => id),
      leavers: () => [],
    }
  }
}

/** A member: what it has on its disk are the chunks of the current versions that it has written itself. */
export class Member {
  readonly device: Device
  readonly index
  readonly replicas: FolderReplicas
  readonly drops: DropAsker
  readonly judge: DropJudge
  isConnected = true
  /** What the storage device is to hold no longer, though versions need it. */
  moved: readonly string[] = []
  readonly #cluster: DropCluster
  readonly #names = new Map<string, string>()
  #connection = 1

  constructor(cluster: DropCluster, device: Device, devices: readonly Device[]) {
    this.#cluster = cluster
    this.device = device
    this.index = open(device)
    onTestFinished(() => this.index.close())
    const clock: Clock = {
      now: () => cluster.now,
      monotonic: () => 0,
      after: (ms, then) => {
        if (ms < 1_000) queueMicrotask(then)
        return { cancel: () => undefined }
      },
    }
    const connection = (): number | null => (this.isConnected ? this.#connection : null)
    const asker = { connection, ask: <T>(_: DeviceId, __: AbortSignal, ...of: Question<T>) => this.#ask(...of) }
    const asks = {
      ...{ asker, capabilities: new Capabilities({ asker, logger: silentLogger }), logger: silentLogger },
      signer: { device: device.id, key: signingKey(device.seed) },
    }
    this.drops = new DropAsker({ ...asks, clock })
    const state = cluster.state(devices)
    this.judge = new DropJudge({ group: { device: device.id, state }, drops: this.drops, logger: silentLogger })
    const own = newMemoryStore()
    const chunks = Object.assign(own.chunks, { open: own.foreign.open, sealed: own.foreign.sealed.bind(own.foreign) })
    const { shelf, turn } = cluster
    const asked = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
      await turn(what)
      if (!this.isConnected) throw Object.assign(new Error('away'), { code: 'offline' })
      const result = await work()
      await turn(what)
      return result
    }
    const exchange: Pick<
      Exchange,
      'hold' | 'has' | 'blocks' | 'connection' | 'isConnected' | 'segments' | 'summaries' | 'drops'
    > = {
      connection,
      isConnected: () => this.isConnected,
      segments: new SegmentAsker(asks),
      summaries: new SummaryAsker(asks),
      drops: this.drops,
      has: (_, folder, ids) => asked('has', () => shelf.has(device.id, folder, ids, true)),
      hold: (_, folder, blocks) => asked('hold', () => shelf.hold(device.id, folder, blocks, true)),
      blocks: (_, folder, ids) => asked('blocks', () => shelf.sealed(device.id, folder, ids, Infinity)),
    }
    this.replicas = new FolderReplicas({
      folder: FOLDER,
      group: { device: device.id, state },
      index: inProcess<FolderIndex>(this.index),
      store: folderChunks(chunks, FOLDER, () => cluster.sealing),
      exchange,
      find: async (ids) => this.#find(ids),
      isBringing: true,
      gone: { before: (items) => items.map(() => null), missed: async () => false, noteBrought: async () => undefined },
      isCompared: () => true,
      idKey: cluster.sealing.idKey,
      isBusy: () => false,
      isAwaited: () => true,
      tally: newTally(),
      notes: { setting: async () => null, putSetting: async () => undefined },
      changed: () => undefined,
      clock,
      random: seededRandom(1),
      logger: silentLogger,
    })
  }

  start(): Promise<void> {
    return this.replicas.follow({ name: 'layout', holders: [[SHELF]], devices: [SHELF] }, [SHELF])
  }

  /** Writes a version of these chunks; its id, or null where nothing is new. */
  edit(path: string, names: readonly string[]): VersionId | null {
    const list = names.map((name) => ({ id: this.#cluster.idOf(name), length: Buffer.byteLength(name) }))
    for (const [at, name] of names.entries()) this.#names.set(list[at]!.id, name)
    const size = list.reduce((sum, { length }) => sum + length, 0)
    const change = {
      path,
      kind: 'file' as const,
      stat: stat({ size }),
      content: { chunker: 1, size, chunks: packChunks(list) },
    }
    author(this.index, change)
    const isThis = ({ chunks }: Version): boolean => Buffer.from(chunks).equals(change.content.chunks)
    // Where another one has written the same, it is that version; what the disk shows already is none.
    return this.index.versions(path).find(({ isHead, version }) => isHead && isThis(version))?.version.id ?? null
  }

  /** Gets the records that another one has. */
  hear(other: Member): void {
    send(other.index, this.index)
  }

  /** Asks for all, and brings what is lacking. */
  async bring(): Promise<void> {
    if (this.isConnected) await this.replicas.bringAll(true)
  }

  /** Goes away, or comes back over another connection. */
  connect(isConnected: boolean): void {
    if (isConnected && !this.isConnected) this.#connection++
    this.isConnected = isConnected
  }

  /** Forgets all superseded versions of a path. */
  forget(path: string): VersionId[] {
    const ids = this.index.versions(path).flatMap(({ version, isHead }) => (isHead ? [] : [version.id]))
    const all = this.index.retainable(0).paths.flat()
    this.index.forget(all.filter(({ version }) => ids.includes(version.id)).map(({ record }) => record))
    return ids
  }

  /** Tells the storage device what may go; `isPendingOnly`: only looks at what is to go. */
  judges(isPendingOnly = false): Promise<Judged[]> {
    const index = inProcess<FolderIndex>(this.index)
    const inTurns: JudgedFolder['index'] = {
      have: async () => (await this.#cluster.turn('have'), index.have()),
      unneeded: async (ids) => (await this.#cluster.turn('unneeded'), index.unneeded(ids)),
      onlyLost: (ids) => index.onlyLost(ids),
      gatherRetained: () => index.gatherRetained(),
      endGathering: () => index.endGathering(),
    }
    const moved = packIds(...this.moved.map((name) => this.#cluster.idOf(name)))
    const holders = { heldBy: (_: DeviceId, ids: Uint8Array) => ids, movedFrom: () => moved }
    const keeping = { lacking: async () => [], holders, isKept: true } as unknown as JudgedFolder['keeping']
    return this.judge.judge(
      { id: FOLDER, index: inTurns, keeping },
      { isDry: false, isPendingOnly, signal: NEVER, obstacle: () => null, step: async () => undefined },
    )
  }

  /** Does it count on the storage device for a version? */
  countsOn(place: Parameters<typeof hasKept>[1]): boolean {
    return hasKept(this.replicas.keptOf(SHELF), place)
  }

  #find(ids: Uint8Array): (Uint8Array | null)[] {
    const current = new Set(
      ['one', 'two'].flatMap((path) =>
        this.index
          .versions(path)
          .filter(({ isHead }) => isHead)
          .flatMap(({ version }) =>
            Array.from({ length: version.chunks.length / 36 }, (_, at) => toHex(version.chunks.subarray(at * 36, at * 36 + 32))),
          ),
      ),
    )
    return Array.from({ length: ids.length / 32 }, (_, at) => {
      const id = toHex(ids.subarray(at * 32, at * 32 + 32))
      return current.has(id) && this.#names.has(id) ? new Uint8Array(Buffer.from(this.#names.get(id)!)) : null
    })
  }

  /** A question about drop lists, segments or summaries and its answer, through the frames. */
  async #ask<T>(...[frame, read]: Question<T>): Promise<T> {
    const { turn, shelf } = this.#cluster
    await turn('ask')
    if (!this.isConnected) throw Object.assign(new Error('away'), { code: 'offline' })
    const asked = decodeFrame(Buffer.concat(frame(1)))
    let answer: Uint8Array
    if ('list' in asked) {
      const { folder, after, isPendingOnly } = asked.list
      answer = encodeListed({ number: 1, ...(await shelf.list(this.device.id, folder, after, isPendingOnly)) })
    } else if ('drop' in asked) {
      answer = encodeDropped({ number: 1, ...(await shelf.drop(this.device.id, readDropList(asked.drop.list))) })
    } else if ('segments' in asked) {
      const { folder, which, after } = asked.segments
      answer = encodeNamed({ number: 1, ...(await shelf.segments.named(this.device.id, folder, which, after)) })
    } else if ('segment' in asked) {
      const { head, block } = asked.segment
      answer = encodeHeld({ number: 1, outcomes: [await shelf.segments.hold(this.device.id, head, block)] })
    } else if ('summarize' in asked) {
      const { folder, ...question } = asked.summarize
      answer = encodeSummaries({ number: 1, ...(await shelf.summarize(this.device.id, folder, question, true)) })
    } else throw new Error('it is to be a question about drop lists, segments or summaries')
    await turn('answer')
    return read(decodeFrame(answer) as never)!
  }
}
