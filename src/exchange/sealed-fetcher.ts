import { FairLanes, orAborted, toErrorShape, type Clock, type Logger } from '#base'
import { fromHex, type ChunkId, type DeviceId, type FolderId } from '#model'
import type { FolderChunks } from '#store'
import { AbsentError } from './absent.ts'
import type { Asker } from './asker.ts'
import { ByteBudget } from './budget.ts'
import { Pace } from './pace.ts'
import type { FetchedChunk } from './source.ts'

/** Bytes of chunks asked for or opened, and not yet given back. */
const MEMORY_BYTES = 16 * 1024 * 1024

export interface SealedFetcherParts {
  clock: Clock
  logger: Logger
  asker: Pick<Asker, 'devices' | 'blocks' | 'speed'>
  /** May `device` hold sealed blocks of `folder`? */
  mayHold(folder: FolderId, device: DeviceId): boolean
  /** What opens a folder's blocks; null where its keys are not here. */
  openerOf(folder: FolderId): Pick<FolderChunks, 'open'> | null
  /** A device gave bytes that are no block of what it was asked for. */
  strike(device: DeviceId): void
}

interface Found {
  device: DeviceId
  bytes: Uint8Array
}

/** A chunk that somebody waits for. */
interface Job {
  folder: FolderId
  id: ChunkId
  length: number
  signal: AbortSignal
  /** Devices that may be asked for it yet. */
  holders: DeviceId[]
  /** Those that answered that it is not there. */
  absent: DeviceId[]
  /** Is called once it is there; null: no holder has given it. */
  end(found: Found | null): void
}

/**
 * Gets chunks out of the sealed blocks that devices without the folder's keys hold. Each holder is asked for what it gives in half a second, so
 * the faster give more; what several things are wanted for goes in turns.
 */
export class SealedFetcher {
  readonly #parts: SealedFetcherParts
  readonly #budget = new ByteBudget(MEMORY_BYTES)
  readonly #lanes = new FairLanes<Job>()
  readonly #paces = new Map<DeviceId, Pace>()
  /** Those that gave no answer when they were asked last: they are asked behind the others, or each chunk would wait for them. */
  readonly #silent = new Set<DeviceId>()
  #turn = 0

  constructor(parts: SealedFetcherParts) {
    this.#parts = parts
  }

  /** The connected devices that may hold blocks of a folder whose keys are here. */
  holders(folder: FolderId): DeviceId[] {
    if (this.#parts.openerOf(folder) === null) return []
    return this.#parts.asker.devices.filter((device) => this.#parts.mayHold(folder, device))
  }

  /** Did a device give no answer when it was asked last? */
  isSilent(device: DeviceId): boolean {
    return this.#silent.has(device)
  }

  /** Would a chunk be asked for at once, of a holder that `mayAsk`, and leave room for others? */
  hasRoom(folder: FolderId, mayAsk: (device: DeviceId) => boolean): boolean {
    if (this.#lanes.length > 0 || this.#budget.used > MEMORY_BYTES / 2) return false
    return this.holders(folder).some((device) => mayAsk(device) && this.#room(device) > 0)
  }

  /**
   * A chunk, verified. Rejects with AbsentError where no connected holder that `mayAsk` has it, and when `signal` aborts, which is also what
   * chunks are wanted for.
   */
  async fetch(
    folder: FolderId,
    id: ChunkId,
    length: number,
    signal: AbortSignal,
    mayAsk: (device: DeviceId) => boolean = () => true,
  ): Promise<FetchedChunk> {
    const holders = this.holders(folder).filter(mayAsk)
    const absent: DeviceId[] = []
    let found: Found | null = null
    if (holders.length > 0) {
      await this.#budget.take(length, signal)
      const job: Job = { folder, id, length, signal, holders: [...holders], absent, end: () => undefined }
      try {
        found = await orAborted(this.#wait(job), signal)
      } finally {
        if (found === null) this.#budget.give(length)
        if (signal.aborted) this.#sift((waiting) => waiting === job)
      }
    }
    if (found === null) throw new AbsentError({ open: [], sealed: absent, isSure: absent.length === holders.length })
    return { ...found, isAlone: true, release: () => this.#budget.give(length) }
  }

  #wait(job: Job): Promise<Found | null> {
    return new Promise((end) => {
      job.end = end
      this.#turn++
      this.#lanes.add(job.signal, job)
      this.#pump()
    })
  }

  /** Hands out what waits, one chunk a device and turn: first to who has most room, in parts of what it gives in half a second. */
  #pump(): void {
    for (let asked = true; asked && this.#lanes.length > 0;) {
      const all = this.#parts.asker.devices
      const inTurn = [...all.slice(this.#turn % all.length), ...all.slice(0, this.#turn % all.length)]
      const devices = inTurn.map((device) => ({ device, room: this.#room(device) }))
      asked = false
      for (const { device } of devices.filter(({ room }) => room > 0).toSorted((a, b) => b.room - a.room)) {
        const job = this.#next(device)
        if (job === undefined) continue
        void this.#ask(device, job)
        asked = true
      }
    }
    const connected = this.#parts.asker.devices
    this.#sift(({ holders }) => !holders.some((device) => connected.includes(device)))
  }

  /** Gives up what waits in vain. */
  #sift(isVain: (job: Job) => boolean): void {
    for (const { items } of this.#lanes.inTurn()) {
      for (const job of items.filter(isVain)) {
        items.splice(items.indexOf(job), 1)
        job.end(null)
      }
    }
  }

  /** 1 where a device is asked for nothing, 0 or less where it is asked for as much as it may be. */
  #room(device: DeviceId): number {
    const pace = this.#pace(device)
    pace.woken(this.#parts.clock.monotonic(), pace.outstanding)
    return 1 - pace.outstanding / pace.window
  }

  #pace(device: DeviceId): Pace {
    const pace = this.#paces.get(device) ?? new Pace()
    this.#paces.set(device, pace)
    return pace
  }

  /** Takes out what a device is asked for next. */
  #next(device: DeviceId): Job | undefined {
    const connected = this.#parts.asker.devices
    const isFirst = (other: DeviceId): boolean => !this.#silent.has(other) && connected.includes(other)
    const mayBe = ({ holders }: Job): boolean => holders.includes(device) && (!this.#silent.has(device) || !holders.some(isFirst))
    for (const lane of this.#lanes.inTurn()) {
      const at = lane.items.findIndex(mayBe)
      if (at < 0) continue
      const [job] = lane.items.splice(at, 1)
      this.#lanes.took(lane, job!.length)
      return job
    }
    return undefined
  }

  async #ask(device: DeviceId, job: Job): Promise<void> {
    const pace = this.#pace(device)
    pace.outstanding += job.length
    job.holders = job.holders.filter((other) => other !== device)
    const bytes = await this.#from(device, job)
    pace.outstanding -= job.length
    if (bytes !== undefined) pace.answered(this.#parts.clock.monotonic(), this.#parts.asker.speed(device))
    if (bytes === null) job.absent.push(device)
    if (bytes?.length === job.length) job.end({ device, bytes })
    else if (!job.signal.aborted) this.#lanes.add(job.signal, job, true)
    this.#pump()
  }

  /** null: it is not there; undefined: nothing that can be told from that. */
  async #from(device: DeviceId, { folder, id, signal }: Job): Promise<Uint8Array | null | undefined> {
    const { logger, asker, openerOf, strike } = this.#parts
    try {
      const [bytes] = await asker.blocks(device, folder, fromHex(id), signal)
      this.#silent.delete(device)
      if (bytes == null) return bytes
      if (bytes.length === 0) return undefined
      const [opened] = (await openerOf(folder)?.open([{ id, bytes }])) ?? []
      if (opened === 'wrong') strike(device)
      return typeof opened === 'string' ? undefined : opened
    } catch (error) {
      if (toErrorShape(error).code === 'timeout' && !signal.aborted) this.#silent.add(device)
      logger.debug({ device, folder, error }, 'a device could not give a block')
      return undefined
    }
  }
}
