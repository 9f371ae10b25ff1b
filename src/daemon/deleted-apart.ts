import { shellWord, type Clock, type Logger, type Timer } from '#base'
import type { Remark } from '#api/contract'
import type { Activity, DeviceStore, StoredFolder } from '#db'
import type { DeviceId, FolderId } from '#model'
import type { Group } from '#peers'
import { remark, REMARKS } from './remarks.ts'

/** They are told of together when no more came for so long, ms. */
const REST_MS = 2_000
/** And for so long, ms, in the folder's status. */
const TOLD_MS = 7 * 24 * 60 * 60_000

interface Told {
  entries: number
  by: DeviceId[]
  /** When, ms. */
  time: number
}

export interface DeletedApartParts {
  group: { readonly device: DeviceId; readonly state: Pick<Group['state'], 'devices'> }
  store: Pick<DeviceStore, 'setting' | 'putSetting'>
  activity(items: Activity[]): void
  called(device: DeviceId): string
  changed(folder: FolderId): void
  clock: Clock
  logger: Logger
}

/** The setting that keeps what is told of a folder. */
export function deletedApartKey(folder: FolderId): string {
  return `deleted-apart.${folder}`
}

/**
 * Entries of a folder that went from this disk because somebody had deleted them while the two devices were not in one group: as where this device was put out,
 * had the only copy of something, and the others deleted what none of them could get. It is a deletion like any other, and what is gone can be restored; but
 * nobody who was asked knew of the content, so somebody is told.
 */
export class DeletedApart {
  readonly #parts: DeletedApartParts
  readonly #folder: Pick<StoredFolder, 'id' | 'name'>
  #told: Told | null = null
  #waiting: DeviceId[] = []
  #timer: Timer | null = null

  constructor(parts: DeletedApartParts, folder: Pick<StoredFolder, 'id' | 'name'>) {
    this.#parts = parts
    this.#folder = folder
  }

  async load(): Promise<this> {
    const text = await this.#parts.store.setting(deletedApartKey(this.#folder.id))
    this.#told = text === null ? null : (JSON.parse(text) as Told)
    return this
  }

  /** An entry went from this disk that `by` had deleted at `made`, ms. Cheap. */
  took(by: DeviceId, made: number): void {
    const { group, clock, logger } = this.#parts
    const together = group.state.devices.filter(({ device }) => device === by || device === group.device)
    if (together.every(({ added }) => added <= made)) return
    this.#waiting.push(by)
    this.#timer?.cancel()
    this.#timer = clock.after(REST_MS, () => {
      this.#tell().catch((error: unknown) => logger.warn({ error }, 'what was deleted elsewhere could not be noted'))
    })
  }

  /** null: nothing, or that was long ago. `isKept`: the folder's history is. */
  note(isKept: boolean): Remark | null {
    const { name } = this.#folder
    const told = this.#now
    if (told === null) return null
    const word = shellWord(name)
    const archive = `holdfast folder archive ${word} lists what is left of them, and brings it back`
    const past = `holdfast ls ${word} --deleted --recursive lists them, holdfast restore ${shellWord(`${name}/PATH`)} brings one back`
    return remark(name, 'deleted-apart', this.#values(told), isKept ? past : archive)
  }

  get #now(): Told | null {
    return this.#told !== null && this.#parts.clock.now() - this.#told.time < TOLD_MS ? this.#told : null
  }

  async #tell(): Promise<void> {
    const { store, activity, clock, logger, changed } = this.#parts
    const { id: folder } = this.#folder
    const devices = this.#waiting.splice(0)
    const [before, time] = [this.#now, clock.now()]
    const by = [...new Set([...(before?.by ?? []), ...devices])]
    this.#told = { entries: (before?.entries ?? 0) + devices.length, by, time }
    const fresh = { entries: devices.length, by: [...new Set(devices)], time }
    const detail = `${REMARKS['deleted-apart'](this.#values(fresh))}; holdfast restore TARGET brings one back`
    logger.warn({ folder, entries: devices.length }, detail)
    activity([{ time, event: 'deleted', folder, path: null, device: fresh.by[0]!, detail }])
    changed(folder)
    await store.putSetting(deletedApartKey(folder), JSON.stringify(this.#told))
  }

  #values({ entries, by }: Told): { entries: number; devices: string } {
    return { entries, devices: by.map((device) => this.#parts.called(device)).join(', ') }
  }
}
