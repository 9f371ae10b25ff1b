import { mkdirSync, mkdtempSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Device, pair } from '../scripts/device.ts'
import type { Result } from './case.ts'
import { metered } from './meter.ts'
import { Restic } from './restic.ts'
import { Syncthing } from './syncthing.ts'

const TMPFS = 0x01021994
export const FOLDER = 'bench'
/** No connection is kept: the daemon may close one just when it is used again. */
const ONCE = { headers: { connection: 'close' } }

export interface StageOptions {
  /** Where the temporary directory is made. */
  parent: string
  /** The program that devices run. */
  entry: string
  /** The Syncthing to run beside it, if any. */
  syncthing: string | undefined
  /** The restic to run beside it, if it can be run. */
  restic: string
}

/** Two paired devices with one folder. */
export interface Pair {
  devices: [Device, Device]
  /** Where each has the folder. */
  places: [string, string]
}

type Measured = Pick<Result, 'devices' | 'sentBytes'> & { seconds: number; chunkBytes: number }

/** Where the bench plays: one temporary directory, and the daemons running now. `end` stops them and removes it. */
export class Stage {
  readonly directory: string
  readonly options: StageOptions
  #pair: { name: string; pair: Pair } | null = null
  #alone: Device | null = null
  #others: { name: string; pair: Syncthing } | null = null
  #repository: { name: string; restic: Restic | null } | null = null
  #made = 0

  constructor(options: StageOptions) {
    if (statfsSync(options.parent).type === TMPFS)
      throw new Error(`${options.parent} is no disk: name a directory on one with --dir`)
    this.options = options
    this.directory = mkdtempSync(join(options.parent, 'holdfast-bench-'))
  }

  /** A fresh directory. */
  directoryFor(what: string): string {
    const directory = join(this.directory, `${++this.#made}-${what}`)
    mkdirSync(directory)
    return directory
  }

  /** The pair called `name`; `fill` makes it ready when it is new. There is one at a time, so that none disturbs another. */
  async pair(name: string, fill: (pair: Pair) => Promise<void> = async () => undefined): Promise<Pair> {
    if (this.#pair?.name === name) return this.#pair.pair
    await this.#endDaemons()
    const directory = this.directoryFor(name)
    const { entry } = this.options
    const devices = (await Promise.all(
      ['first', 'second'].map((each) => Device.start({ home: join(directory, 'home', each), name: each, entry })),
    )) as [Device, Device]
    const places = [join(directory, 'first'), join(directory, 'second')] as [string, string]
    this.#pair = { name, pair: { devices, places } }
    await pair(devices[0], devices[1])
    mkdirSync(places[0])
    await devices[0].cli('folder', 'create', places[0], '--name', FOLDER)
    await devices[1].cli('folder', 'join', FOLDER, places[1])
    await devices[0].client.wait({ timeoutSeconds: 60 })
    await fill(this.#pair.pair)
    return this.#pair.pair
  }

  /** Two Syncthings that share a directory, if one was named; like `pair`. */
  async syncthing(name: string): Promise<Syncthing | null> {
    if (this.options.syncthing === undefined) return null
    if (this.#others?.name === name) return this.#others.pair
    await this.#others?.pair.end()
    this.#others = { name, pair: await Syncthing.start(this.options.syncthing, this.directoryFor(`syncthing-${name}`)) }
    return this.#others.pair
  }

  /** A repository of restic's, which backs up the tree called `name` and has nothing yet; null where there is no restic. Once made it stays. */
  restic(name: string): Restic | null {
    if (this.#repository?.name !== name)
      this.#repository = { name, restic: Restic.create(this.options.restic, this.directoryFor(`restic-${name}`)) }
    return this.#repository.restic
  }

  /** One new device, with no other running. */
  async alone(name: string): Promise<Device> {
    await this.#endDaemons()
    const { entry } = this.options
    return (this.#alone = await Device.start({ home: join(this.directoryFor(name), 'home'), name, entry }))
  }

  /** Does `work` while a device that is alone is stopped; the same device, running again. */
  async whileStopped(device: Device, work: () => void): Promise<Device> {
    await device.stop()
    work()
    return (this.#alone = await device.restart())
  }

  async end(): Promise<void> {
    await this.#endDaemons()
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #endDaemons(): Promise<void> {
    await Promise.all(
      [...(this.#pair?.pair.devices ?? []), ...(this.#alone === null ? [] : [this.#alone])].map((device) => device.stop()),
    )
    await this.#others?.pair.end()
    this.#pair = this.#alone = this.#others = null
  }
}

/** Moves something into the first device's folder at once, as `name`. */
export function drop(place: string, source: string, name = basename(source)): void {
  renameSync(source, join(place, name))
}

/** Does `change`, and waits until both devices have the same again. */
export async function measureSync({ devices }: Pair, change: () => void): Promise<Measured> {
  const pids = devices.map(({ pid }) => pid)
  const before = await traffic(devices)
  const { usage, result } = await metered(pids, async () => {
    const start = performance.now()
    change()
    await devices[0].client.wait({ timeoutSeconds: 900 })
    return (performance.now() - start) / 1000
  })
  const after = await traffic(devices)
  return { seconds: result, devices: usage, sentBytes: after.sent - before.sent, chunkBytes: after.chunks - before.chunks }
}

async function traffic(devices: readonly Device[]): Promise<{ sent: number; chunks: number }> {
  const texts = await Promise.all(devices.map(async ({ ready }) => (await fetch(`${ready.http}/metrics`, ONCE)).text()))
  const sum = (metric: string): number =>
    texts.reduce((total, text) => total + Number(new RegExp(`^${metric} (.*)$`, 'm').exec(text)?.[1] ?? Number.NaN), 0)
  return { sent: sum('holdfast_sent_bytes_total'), chunks: sum('holdfast_chunk_received_bytes_total') }
}
