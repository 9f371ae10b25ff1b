import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { Device, pair, type DeviceOptions } from '../../scripts/device.ts'
import { describeTree, differences } from './trees.ts'

const SYNC_SECONDS = 40

/** A directory for one test file, and the daemons in it; `end` stops what runs, unmounts and removes all (KEEP_FILES=1 keeps it). */
export class Cluster {
  readonly directory: string
  readonly devices: Device[] = []
  readonly #mounted: string[] = []

  constructor() {
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-process-')))
  }

  async start(name: string, options: Partial<DeviceOptions> = {}): Promise<Device> {
    const device = await Device.start({ home: join(this.directory, 'home', name), name, ...options })
    this.devices.push(device)
    return device
  }

  /** The same device again, after it was stopped or killed. */
  async restart(device: Device, options: Partial<DeviceOptions> = {}): Promise<Device> {
    const again = await device.restart(options)
    this.devices.push(again)
    return again
  }

  /** New devices, in one group. */
  async group(names: readonly string[], options: Partial<DeviceOptions> = {}): Promise<Device[]> {
    const devices = await Promise.all(names.map((name) => this.start(name, options)))
    await pair(devices[0]!, ...devices.slice(1))
    return devices
  }

  /** Where a device has a folder. */
  place(device: Device, folder: string): string {
    return join(this.directory, 'files', device.options.name, folder)
  }

  /** A folder of the first device, with what `fill` puts in, joined by the others; resolves before they have synced. */
  async share(folder: string, devices: readonly Device[], fill: (root: string) => void = () => undefined): Promise<string[]> {
    const places = devices.map((device) => this.place(device, folder))
    const [first, ...others] = devices
    mkdirSync(places[0]!, { recursive: true })
    fill(places[0]!)
    await first!.client.createFolder({ path: places[0]!, name: folder })
    for (const other of others) await joinOffered(other, folder, this.place(other, folder))
    return places
  }

  /** Mounts a disk at a place, by the arguments of `mount` but for the last; false where none can be mounted (it takes root). */
  mount(place: string, ...args: string[]): boolean {
    mkdirSync(place, { recursive: true })
    if (spawnSync('mount', [...args, place]).status !== 0) return false
    this.#mounted.push(place)
    return true
  }

  async end(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.kill()))
    for (const place of this.#mounted.toReversed()) spawnSync('umount', [place])
    if (process.env['KEEP_FILES'] === undefined) rmSync(this.directory, { recursive: true, force: true })
  }
}

/** Joins a folder as soon as the group's news of it has come. */
export async function joinOffered(device: Device, folder: string, path: string): Promise<void> {
  await until(`${folder} is offered`, async () => (await device.client.folders()).some(({ name }) => name === folder))
  await device.client.joinFolder({ folder, path })
}

/** Every device looks at the folder on its disk, and waits until it and those connected have the same. */
export async function settle(folder: string, ...devices: Device[]): Promise<void> {
  for (const device of devices) await device.client.wait({ folder, for: 'synced', timeoutSeconds: SYNC_SECONDS })
}

/** All places hold the same, byte for byte. */
export function expectSame(first: string, ...others: string[]): void {
  const wanted = describeTree(first)
  for (const other of others) expect(differences(wanted, describeTree(other))).toEqual([])
}

/** The state of a folder, by its name. */
export async function folderOf(device: Device, folder: string) {
  const found = (await device.client.status()).folders.find(({ name }) => name === folder)
  if (found === undefined) throw new Error(`${device.options.name} has no folder ${folder}`)
  return found
}

/**
 * Resolves when `holds` does; looks every 50 ms, and after some seconds every 150, as each look costs the daemon some milliseconds.
 * `seen` tells, where it never did, what there was instead.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 40_000,
  seen?: () => Promise<unknown>,
): Promise<void> {
  const begun = performance.now()
  while (!(await holds())) {
    const passed = performance.now() - begun
    if (passed > ms) throw new Error(`after ${ms} ms still not: ${what} ${JSON.stringify(await seen?.()) ?? ''}`)
    await new Promise((resolve) => setTimeout(resolve, Math.min(150, 50 + passed / 40)))
  }
}
