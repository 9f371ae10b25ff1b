import { Events, type Logger } from '#base'
import { deviceIdOf, publicKeyOf, signingKey, type ChunkId, type DeviceId } from '#model'
import type { NetworkEvents } from '#peers'
import { SyncEngine } from '#sync'
import { GroupLayout } from '../../src/daemon/group-layout.ts'
import type { LostNoticesParts } from '../../src/daemon/lost-notices.ts'
import { isShelf } from '../../src/daemon/shelves.ts'
import { decodeControl, encodeControl } from '../../src/peers/control.ts'
import { Boot } from './boot.ts'
import { Dice } from './dice.ts'
import type { Shared } from './shared.ts'
import { SimHome, type OpenHome } from './sim-home.ts'
import { simLogger } from './sim-logger.ts'
import type { Seat, SimPeer } from './sim-network.ts'
import type { Upkeep } from './sim-upkeep.ts'
import { DeviceClock } from './world.ts'

/** One run of a device, as far as it is the same for all devices. */
export interface Run {
  boot: Boot
  clock: DeviceClock
  logger: Logger
  home: OpenHome
  engine: SyncEngine
  layout: GroupLayout
  /** By which devices hear of what others have lost. */
  network: LostNoticesParts['network']
}

/** One device, whatever it is for: a key, a home that outlives its crashes, and what runs of it while it runs. */
export abstract class SimNode {
  readonly name: string
  readonly id: DeviceId
  readonly seed: Uint8Array
  readonly home: SimHome
  boot: Boot | null = null
  engine: SyncEngine | null = null
  abstract upkeep: Upkeep | null
  /** As the device had it last, also while it does not run. */
  layout: GroupLayout | null = null
  /** ms by which its wall clock is ahead. */
  offset = 0
  /** When it last did anything but wait; ms of the world. */
  busyAt = 0
  /** What the engine complained of, by device. */
  readonly misbehaviour: string[] = []
  /** Called when the power has gone by itself and the disk is as it is afterwards. */
  afterCut: () => void = () => undefined
  protected readonly shared: Shared
  protected readonly wall: DeviceClock
  readonly #peers = new Map<DeviceId, SimPeer>()
  #heard = new Events<Pick<NetworkEvents, 'lost'>>()
  #seat: Seat | null = null

  constructor(shared: Shared, name: string, seed: Uint8Array, isMember: boolean) {
    this.shared = shared
    this.name = name
    this.seed = seed
    this.id = deviceIdOf(publicKeyOf(signingKey(seed)))
    this.wall = new DeviceClock(
      shared.world,
      () => this.offset,
      () => true,
    )
    const { sealing, group } = shared
    this.home = new SimHome({
      device: this.id,
      isMember,
      sealing,
      group,
      dice: new Dice(shared.dice.between(0, 2 ** 31), `store of ${name}`),
      now: () => this.now(),
    })
  }

  abstract start(): Promise<void>

  /** Ends it properly. */
  abstract stop(): Promise<void>

  get running(): boolean {
    return this.boot?.alive === true && this.upkeep !== null
  }

  now(): number {
    return this.wall.now()
  }

  /** The key of another device, for a planted fault alone. */
  seedOf(device: DeviceId): Uint8Array | undefined {
    return this.shared.seedOf(device)
  }

  /** Ends it at once; `power`: the disk loses what was not flushed. Calls under way have happened or not. */
  crash(power: boolean): void {
    const { boot } = this
    if (boot === null) return
    boot.alive = false
    if (this.#seat !== null) this.shared.network.leave(this.#seat, true)
    this.gone(boot)
    if (power) this.cut()
  }

  /** What a power cut does to its disks. */
  protected cut(): void {
    this.home.store.cut()
  }

  /** All that is the same for every device; nothing of it is connected yet. */
  protected async begin(): Promise<Run> {
    const { world, dice, group, planted, failed } = this.shared
    const boot = new Boot(world, dice, this.name)
    this.boot = boot
    this.#peers.clear()
    const clock = new DeviceClock(
      world,
      () => this.offset,
      () => boot.alive,
    )
    const logger = simLogger(world, this.name)
    const home = this.home.open({
      boot,
      clock,
      failed,
      powerCut: () => this.powerCut(boot),
      planted: planted.store && ((calls) => planted.store!(calls, this)),
      losesFlushes: planted.losesBlocks === true,
      swept: (chunks) => this.swept(chunks),
    })
    const key = signingKey(this.seed)
    const engine = new SyncEngine({
      clock,
      logger,
      mayRead: (folder, device) => group.state.role(folder, device) !== 'none',
      lacks: (folder) => !this.home.has(folder),
      misbehaved: (device, message) => this.misbehaviour.push(`${device.slice(-4)}: ${message}`),
      shelf: home.held.shelf,
      mayHold: (_folder, device) => isShelf(group.state, device),
      signer: { device: this.id, key },
    })
    this.engine = engine
    const layout = new GroupLayout({
      group: group.layoutGroup(this.id),
      key,
      store: home.notes,
      clock,
      logger,
      connected: () => [...this.#peers.keys()],
      send: (device, bytes) =>
        void this.#peers
          .get(device)
          ?.group.send(encodeControl({ kind: 'layout', layout: bytes }))
          .catch(() => undefined),
      misbehaved: (device, message) => this.misbehaviour.push(`${device.slice(-4)}: ${message}`),
    })
    this.layout = layout
    layout.on('changed', () => {
      this.reviewHolders()
      planted.layout?.(this, home.blocks, this.shared.folder)
    })
    // Where nobody will ever give anything there are none.
    if (group.hasLayouts()) await layout.start()
    const heard = (this.#heard = new Events())
    const network: Run['network'] = {
      group,
      peers: () =>
        [...this.#peers.values()].map(({ device, group: link }) => ({
          device,
          sendLost: (folder) => void link.send(encodeControl({ kind: 'lost', folder })).catch(() => undefined),
        })),
      on: (event, listener) => heard.on(event, listener),
    }
    return { boot, clock, logger, home, engine, layout, network }
  }

  /** From now on others connect to it. */
  protected meet({ boot }: Run): void {
    this.#seat = { device: this.id, onPeer: (peer) => this.#met(boot, peer) }
    this.shared.network.join(this.#seat)
  }

  /** Nobody is connected to it any more. */
  protected part(): void {
    if (this.#seat !== null) this.shared.network.leave(this.#seat, false)
  }

  protected gone(boot: Boot): void {
    boot.alive = false
    this.boot = null
    this.engine = null
    this.upkeep = null
    this.#seat = null
  }

  /** The power went in the middle of a call. */
  protected powerCut(boot: Boot): void {
    boot.alive = false
    const { world } = this.shared
    world.trace.note(`${world.now.toFixed(1)} ${this.name} power cut`)
    world.after(0, () => {
      if (this.boot !== boot) return
      this.crash(true)
      this.afterCut()
    })
  }

  protected reviewHolders(): void {
    // Those that read no folder have nothing to do with who holds it.
  }

  /** What a sweep has removed here. */
  protected abstract swept(chunks: ChunkId[]): Promise<void>

  #met(boot: Boot, peer: SimPeer): void {
    if (!boot.alive) return
    const { device } = peer
    this.#peers.set(device, peer)
    const layout = this.layout!
    peer.closed.addEventListener(
      'abort',
      () => {
        if (!boot.alive || this.#peers.get(device) !== peer) return
        this.#peers.delete(device)
        layout.disconnected(device)
      },
      { once: true },
    )
    this.engine!.addPeer(peer)
    this.upkeep!.mender.connected()
    layout.connected(device)
    peer.group.onMessage((bytes) => {
      const message = decodeControl(bytes)
      if (message?.kind === 'layout') layout.received(device, message.layout)
      if (message?.kind === 'lost') this.#heard.emit('lost', { device, folder: message.folder })
    })
    this.reviewHolders()
  }
}
