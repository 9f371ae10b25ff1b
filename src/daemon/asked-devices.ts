import type { DeviceStore } from '#db'
import type { DeviceId, FolderId } from '#model'
import { askedKey } from './left-folders.ts'

export interface AskedDevicesParts {
  folder: FolderId
  /** The devices of the group, and when each came to it, ms. */
  members(): readonly { readonly device: DeviceId; readonly added: number }[]
  notes: Pick<DeviceStore, 'setting' | 'putSetting'>
}

/**
 * Which devices were asked for all that a folder lacks, also for what nobody was known to have kept. One that comes to the group, or again, was
 * not there when that was given up, and may have it.
 */
export class AskedDevices {
  readonly #parts: AskedDevicesParts

  constructor(parts: AskedDevicesParts) {
    this.#parts = parts
  }

  /** Those of these devices that are to be asked. */
  async unasked(devices: Iterable<DeviceId>): Promise<DeviceId[]> {
    const { members } = this.#parts
    const noted = await this.#noted()
    const added = new Map(members().map((member) => [member.device, member.added]))
    return [...devices].filter((device) => added.has(device) && noted.get(device) !== added.get(device))
  }

  async note(devices: readonly DeviceId[]): Promise<void> {
    const { members, notes } = this.#parts
    const noted = await this.#noted()
    const all = members().filter(({ device, added }) => devices.includes(device) || noted.get(device) === added)
    await notes.putSetting(this.#key, JSON.stringify(all.map(({ device, added }) => [device, added])))
  }

  async #noted(): Promise<Map<DeviceId, number>> {
    return new Map(JSON.parse((await this.#parts.notes.setting(this.#key)) ?? '[]') as [DeviceId, number][])
  }

  get #key(): string {
    return askedKey(this.#parts.folder)
  }
}
