import type { CID } from 'multiformats/cid'
import { HoldfastError, type Clock, type Logger, type Timer } from '#base'
import type { DeviceId, FolderId } from '#model'
import { addressOf, distinct, isLoopback } from './addresses.ts'
import type { Host } from './host.ts'
import type { Group } from './own-group.ts'
import { providerKey, type Providable } from './provider-keys.ts'
import { ProviderRecords } from './provider-records.ts'
import { Reprovider } from './reprovider.ts'

/** How long after a connection it is asked who else is there: several often come together. */
const FIRST_MEET_MS = 1_000
const LAST_MEET_MS = 32_000
const WALK_MS = 10_000
/** Between two searches for holders: what was not found is asked for again and again. */
const SEEK_MS = 30_000

/** A device that says that it has something. */
export interface Provider {
  device: DeviceId
  /** Multiaddrs, as in an address book. */
  addresses: string[]
}

/** What this device has. */
export interface Holding {
  folders: readonly FolderId[]
  partitions: readonly number[]
}

export interface ProvidersParts {
  clock: Clock
  logger: Logger
  group: Pick<Group, 'device' | 'alone' | 'state' | 'on'>
  isConnected(device: DeviceId): boolean
  /** A device that is not connected is said to be at these addresses. */
  told(device: DeviceId, addresses: readonly string[]): void
}

/** Who has what, by the DHT: says what this device has, and finds the others, also those of which it knows no address. */
export class Providers {
  readonly #parts: ProvidersParts
  readonly #reprovider: Reprovider
  readonly #walks = new Set<AbortController>()
  #records: ProviderRecords | null = null
  #holding: () => Holding = () => ({ folders: [], partitions: [] })
  #isBusy: () => boolean = () => false
  #meeting: Timer | null = null
  #sought = -Infinity
  #off: () => void = () => undefined
  #stopped = false

  constructor(parts: ProvidersParts) {
    this.#parts = parts
    this.#reprovider = new Reprovider({
      ...parts,
      wanted: () => this.#wanted(),
      isConnected: () => this.#others().some((device) => parts.isConnected(device)),
      isBusy: () => this.#isBusy(),
      provide: async (key, signal) => (await this.#records?.provide(key, signal)) ?? 0,
      withdraw: async (key) => this.#records?.withdraw(key),
    })
  }

  start(host: Host): void {
    this.#records = new ProviderRecords(host)
    this.#off = this.#parts.group.on('changed', () => this.#reprovider.review())
    this.#reprovider.review()
  }

  /** Ends all walks at once. */
  stop(): void {
    this.#stopped = true
    this.#off()
    this.#meeting?.cancel()
    this.#reprovider.stop()
    for (const walk of this.#walks) walk.abort(new HoldfastError('offline', 'this device stops'))
  }

  /** From now on it is asked there what this device has, and whether sync is at work; `review` is to be called where the first has changed. */
  follow(holding: () => Holding, isBusy: () => boolean = () => false): void {
    this.#holding = holding
    this.#isBusy = isBusy
    this.review()
  }

  review(): void {
    if (this.#records !== null) this.#reprovider.review()
  }

  /** A device has connected: it may know where others are. */
  connected(): void {
    this.#reprovider.connected()
    this.#meeting?.cancel()
    this.#meeting = null
    this.#meetIn(FIRST_MEET_MS)
  }

  /** The other devices of the group that say they have it, as far as a walk finds them. One that has lost it may still be among them. */
  async of(what: Providable): Promise<Provider[]> {
    const records = this.#records
    if (records === null || this.#stopped) return []
    const walk = new AbortController()
    this.#walks.add(walk)
    const end = (): void => walk.abort(new HoldfastError('timeout', 'the walk took too long'))
    const timer = this.#parts.clock.after(WALK_MS, end, { idle: true })
    const found = await records.find(providerKey(this.#parts.group.state.id, what), walk.signal)
    timer.cancel()
    this.#walks.delete(walk)
    return this.#others().flatMap((device) => {
      const addresses = found.get(device)
      return addresses === undefined ? [] : [{ device, addresses: bare(device, addresses) }]
    })
  }

  /** No connected device has content of a folder: looks for others that hold its partition, or else the folder. Cheap where all are connected. */
  seek(folder: FolderId, partition: number): void {
    const now = this.#parts.clock.monotonic()
    if (now - this.#sought < SEEK_MS || this.#away().length === 0) return
    this.#sought = now
    void (async () => {
      if ((await this.#meet({ partition })) === 0) await this.#meet({ folder })
    })()
  }

  /** Looks soon for whoever is away, and some times more where that does not bring all: records come some seconds after their devices. */
  #meetIn(ms: number): void {
    if (this.#stopped || ms > LAST_MEET_MS) return
    const meet = async (): Promise<void> => {
      this.#meeting = null
      const away = this.#away().length
      if (away > 0 && (await this.#meet('group')) < away) this.#meetIn(2 * ms)
    }
    this.#meeting ??= this.#parts.clock.after(ms, () => void meet(), { idle: true })
  }

  /** Has those tried that have something and are not connected; how many these are. */
  async #meet(what: Providable): Promise<number> {
    const away = (await this.of(what)).filter(({ device }) => !this.#parts.isConnected(device))
    for (const { device, addresses } of away) this.#parts.told(device, addresses)
    return away.length
  }

  #wanted(): { prompt: CID[]; slow: CID[] } {
    const { id, devices, replicas } = this.#parts.group.state
    if (this.#parts.group.alone) return { prompt: [], slow: [] }
    const { folders, partitions } = this.#holding()
    const key = (what: Providable): CID => providerKey(id, what)
    return {
      prompt: [key('group'), ...folders.map((folder) => key({ folder }))],
      // Where each device holds all, the records of the folders tell as much.
      slow: devices.length > replicas ? partitions.map((partition) => key({ partition })) : [],
    }
  }

  #away(): DeviceId[] {
    return this.#others().filter((device) => !this.#parts.isConnected(device))
  }

  #others(): DeviceId[] {
    const { device: own, state } = this.#parts.group
    return state.devices.map(({ device }) => device).filter((device) => device !== own)
  }
}

/** Without the device at their ends; those that lead to whoever dials them last. */
function bare(device: DeviceId, addresses: ReadonlySet<string>): string[] {
  const known = [...addresses].map((address) => addressOf(address, device)).filter((address) => address !== null)
  return distinct(known.toSorted((a, b) => Number(isLoopback(a)) - Number(isLoopback(b))))
}
