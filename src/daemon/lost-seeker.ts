import { HoldfastError, type Clock, type Logger, type Timer } from '#base'
import type { DeviceId } from '#model'
import type { ChunkFinder } from '#replication'
import type { AskedDevices } from './asked-devices.ts'
import type { FolderGone, Sought } from './folder-gone.ts'

/** So long after a device has connected, ms: by then it has said what it has. */
const CONNECTED_MS = 3_000
/** And with so much rest after it was done last, in parts of the time that it took. */
const REST = 20

export interface LostSeekerParts {
  gone: Pick<FolderGone, 'sought'>
  find: ChunkFinder['find']
  /** The devices of the group, and the connection to each. */
  devices(): readonly DeviceId[]
  connection(device: DeviceId): number | null
  /** Those that take part in the folder and are connected. */
  peers(): readonly DeviceId[]
  asked: Pick<AskedDevices, 'unasked' | 'note'>
  /** These versions, by their records, are to be had again. */
  found(records: readonly number[]): Promise<void>
  clock: Clock
  logger: Logger
}

/** Looks for what is lost of a folder on devices that connect. */
export class LostSeeker {
  readonly #parts: LostSeekerParts
  readonly #stop = new AbortController()
  #connections: ReadonlySet<number> = new Set()
  #peers: ReadonlySet<DeviceId> = new Set()
  #timer: Timer | null = null
  #isSeeking = false
  #isUnsure = false
  /** How long it took last, ms. */
  #took = 0

  constructor(parts: LostSeekerParts) {
    this.#parts = parts
  }

  /** A device may have come. Cheap. */
  review(): void {
    const now = this.connections
    const peers = new Set(this.#parts.peers())
    const isNew = !now.isSubsetOf(this.#connections) || !peers.isSubsetOf(this.#peers)
    if (isNew && this.#connections.size === 0) this.#isUnsure = true
    this.#connections = now
    this.#peers = peers
    if (!isNew || this.#stop.signal.aborted) return
    this.#later()
  }

  /** Devices have come to one that was without any, and were not asked yet: what counted as lost is of a time when nobody could have it. */
  get isUnsure(): boolean {
    return this.#isUnsure
  }

  /** To the devices of the group, as they are now. */
  get connections(): ReadonlySet<number> {
    const { devices, connection } = this.#parts
    return new Set(devices().flatMap((device) => connection(device) ?? []))
  }

  /** Looks for what is lost at once; `heard` hears of each part, once what is there of it is to be had again. Rejects when `signal` aborts. */
  async seek(heard: (part: Sought) => void = () => undefined, signal?: AbortSignal): Promise<void> {
    const { gone, find, found, clock, peers, asked: devices } = this.#parts
    const started = clock.monotonic()
    const asked = this.connections
    const any = signal === undefined ? this.#stop.signal : AbortSignal.any([this.#stop.signal, signal])
    this.#isSeeking = true
    try {
      const strangers = await devices.unasked(peers())
      let isAnswered = true
      for await (const part of gone.sought(find, strangers.length > 0, any)) {
        any.throwIfAborted()
        if (part.there.length > 0) await found(part.there)
        if (part.open.length > 0) isAnswered = false
        heard(part)
      }
      // Who has come meanwhile was not asked, or not for all.
      if (this.connections.isSubsetOf(asked)) this.#isUnsure = false
      // Who went meanwhile, or was silent, has not answered for all.
      const still = new Set(peers())
      if (isAnswered && strangers.length > 0 && asked.isSubsetOf(this.connections))
        await devices.note(strangers.filter((each) => still.has(each)))
    } finally {
      this.#isSeeking = false
      this.#took = clock.monotonic() - started
    }
  }

  stop(): void {
    this.#timer?.cancel()
    this.#stop.abort(new HoldfastError('offline', 'the folder is being stopped', { reason: 'folder-stopping' }))
  }

  #later(): void {
    const { clock, logger } = this.#parts
    this.#timer?.cancel()
    const rest = this.#isUnsure ? 0 : this.#took * REST
    this.#timer = clock.after(Math.max(CONNECTED_MS, rest), () => {
      if (this.#isSeeking) return this.#later()
      this.seek().catch((error: unknown) => {
        logger.debug({ error }, 'what is lost could not be looked for')
        if (this.#isUnsure && !this.#stop.signal.aborted) this.#later()
      })
    })
  }
}
