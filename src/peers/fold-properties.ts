import type { DeviceId, FolderId, VersionId } from '#model'
import type { FolderProperties, FolderSnapshot } from './group.ts'
import type { PropertyBody } from './operation-body.ts'
import { unnamed, type LoggedName } from './sealed-names.ts'

/** Of one folder at most: every decision about a version asks about them. */
export const MAX_PINS = 10_000
export const MAX_SNAPSHOTS = 1_000

/** With its name as the log has it. */
type LoggedSnapshot = Omit<FolderSnapshot, 'name'> & { name: LoggedName }

/** What the log says of one folder's policy, pins and snapshots. Of policies and of pins of a version the last word counts. */
export class FoldedProperties implements FolderProperties {
  policy: readonly number[] | null = null
  readonly pins = new Set<VersionId>()
  readonly #snapshots = new Map<string, LoggedSnapshot>()
  /** Ids of deleted snapshots: what brings the folder from another group must not bring them back. */
  readonly #deleted = new Set<string>()
  /** Opens the name of a snapshot where it is sealed; null where it is not known here. */
  open: (sealed: Uint8Array) => string | null = () => null

  take(body: PropertyBody, by: DeviceId): void {
    switch (body.kind) {
      case 'folder.retention':
        this.policy = body.policy
        return
      case 'folder.pin':
        if (!body.isPinned) this.pins.delete(body.version)
        else if (this.pins.size < MAX_PINS) this.pins.add(body.version)
        return
      case 'snapshot.create': {
        const { id, name, created, entries, bytes, upTo } = body
        if (this.knows(id) || this.#snapshots.size >= MAX_SNAPSHOTS) return
        this.#snapshots.set(id, { id, name, by, created, entries, bytes, upTo })
        return
      }
      case 'snapshot.delete':
        this.#snapshots.delete(body.id)
        this.#deleted.add(body.id)
    }
  }

  /** Is there a snapshot with this id, or was there one? */
  knows(id: string): boolean {
    return this.#snapshots.has(id) || this.#deleted.has(id)
  }

  /** Two devices may give one name at once: both snapshots stay, and the later one is called `name (2)`. */
  get snapshots(): FolderSnapshot[] {
    const all = [...this.#snapshots.values()].map((snapshot) => ({ ...snapshot, name: this.#nameOf(snapshot) }))
    const taken = new Set(all.map(({ name }) => name))
    const used = new Set<string>()
    return all.map((snapshot) => {
      let { name } = snapshot
      for (let number = 2; used.has(name) || (number > 2 && taken.has(name)); number++) name = `${snapshot.name} (${number})`
      used.add(name)
      return { ...snapshot, name }
    })
  }

  #nameOf({ id, name }: LoggedSnapshot): string {
    return typeof name === 'string' ? name : (this.open(name) ?? unnamed(id))
  }

  /** What says the same of the folder in another group, as far as it is not said there. */
  bodies(folder: FolderId, known: FoldedProperties | undefined): PropertyBody[] {
    const pins = [...this.pins].filter((version) => known?.pins.has(version) !== true)
    const snapshots = [...this.#snapshots.values()].filter(({ id }) => known?.knows(id) !== true)
    return [
      ...(this.policy === null || known !== undefined
        ? []
        : [{ kind: 'folder.retention', folder, policy: this.policy } as const]),
      ...pins.map((version) => ({ kind: 'folder.pin', folder, version, isPinned: true }) as const),
      ...snapshots.map(
        ({ id, name, created, entries, bytes, upTo }) =>
          ({ kind: 'snapshot.create', folder, id, name, created, entries, bytes, upTo }) as const,
      ),
    ]
  }
}
