import { HoldfastError, type Clock, type Logger, type Timer } from '#base'
import type { DeviceId } from '#model'
import type { ChunkFinder } from '#replication'
import type { AskedDevices } from './asked-devices.ts'
import type { FolderGone, Sought } from './folder-gone.ts'

/** So long after a device has connected, ms: by then it has said what it has. */
const CONNECTED_MS = 3_000
/** And with so much rest after it was done last, in parts of the time that it took. */
const REST = 20
/** Where a device was silent it is asked again after CONNECTED_MS, then after twice as long, and so on up to this, ms. */
const MOST_MS = 3_600_000

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
  /** Searches under way: a user may ask for one beside its own. */
  #seeking = 0
  #isUnsure = false
  /** Searches in a row that not all have answered. */
  #unanswered = 0
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
    this.#unanswered = 0
    this.#later()
  }

  /** Devices have come to one that was without any, and have not all answered yet: what counted as lost is of a time when nobody could have it. */
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
    let isAnswered = false
    this.#seeking++
    try {
      const strangers = await devices.unasked(peers())
      let isSilent = false
      for await (const part of gone.sought(find, strangers.length > 0, any)) {
        any.throwIfAborted()
        if (part.there.length > 0) await found(part.there)
        if (part.open.length > 0) isSilent = true
        heard(part)
      }
      isAnswered = !isSilent
      // Who has come meanwhile was not asked, or not for all.
      if (isAnswered && this.connections.isSubsetOf(asked)) this.#isUnsure = false
      // Who went meanwhile, or was silent, has not answered for all.
      const still = new Set(peers())
      if (isAnswered && strangers.length > 0 && asked.isSubsetOf(this.connections))
        await devices.note(strangers.filter((each) => still.has(each)))
    } finally {
      this.#seeking--
      this.#took = clock.monotonic() - started
      if (isAnswered) this.#unanswered = 0
      else if (signal?.aborted !== true) this.#again()
    }
  }

  stop(): void {
    this.#timer?.cancel()
    this.#stop.abort(new HoldfastError('offline', 'the folder is being stopped', { reason: 'folder-stopping' }))
  }

  /** Nothing else may bring those to answer who did not. */
  #again(): void {
    this.#unanswered++
    if (this.#timer === null && !this.#stop.signal.aborted && this.connections.size > 0) this.#later()
  }

  #later(): void {
    const { clock, logger } = this.#parts
    this.#timer?.cancel()
    const rest = this.#isUnsure && this.#unanswered === 0 ? 0 : this.#took * REST
    const growing = Math.min(CONNECTED_MS * 2 ** Math.max(this.#unanswered - 1, 0), MOST_MS)
    this.#timer = clock.after(Math.max(growing, rest), () => {
      this.#timer = null
      if (this.#seeking > 0) return this.#later()
      this.seek().catch((error: unknown) => logger.debug({ error }, 'what is lost could not be looked for'))
    })
  }
}
