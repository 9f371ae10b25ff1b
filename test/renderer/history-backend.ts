import { HoldfastError } from '#base'
import type { Change, Conflict, PastVersion } from '#api/contract'
import type { MemoryBackend } from '../api/memory-backend.ts'

/** Where the folder is. */
const ROOT = '/home/me/photos'
export const PHOTOS = 'a'.repeat(26)

/** One version of a path, as a test says it; the rest is what is usual. */
export interface Written extends Partial<PastVersion> {
  /** Hours ago. */
  ago: number
  content?: string | Uint8Array
}

interface Kept {
  version: PastVersion
  content: Uint8Array
}

/** A folder's past in memory, with content; restoring, pinning and deleting change it, and are told. */
export class MemoryPast {
  readonly paths = new Map<string, Kept[]>()
  readonly #backend: MemoryBackend
  readonly #now: number
  #last = 0

  constructor(backend: MemoryBackend, paths: Record<string, Written[]>, now = Date.now()) {
    this.#backend = backend
    this.#now = now
    for (const [path, written] of Object.entries(paths)) for (const each of written.toReversed()) this.write(path, each)
    Object.assign(backend, this.operations())
  }

  /** Of a path, the newest first. */
  versions(path: string): PastVersion[] {
    return (this.paths.get(path) ?? []).map(({ version }) => version)
  }

  /** A new version, which the others of its path are no longer current beside, unless it says so. */
  write(path: string, { ago, content = '', ...more }: Written): PastVersion {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const known = this.paths.get(path) ?? []
    const [{ device, name }] = [this.#backend.deviceList[1]!]
    const version: PastVersion = {
      version: (++this.#last).toString(16).padStart(32, '0'),
      time: new Date(this.#now - ago * 3_600_000).toISOString(),
      ...{ device, by: name, kind: more.cause === 'deleted' ? 'tombstone' : 'file', size: bytes.length },
      cause: known.length === 0 ? 'added' : 'edited',
      ...{ state: 'protected', stored: true, forgotten: false, lost: false, givenUp: null, pinned: false, snapshots: [] },
      current: true,
      ...more,
    }
    const older = more.current === true ? known : known.map((kept) => ({ ...kept, version: { ...kept.version, current: false } }))
    this.paths.set(path, [{ version, content: bytes }, ...older])
    return version
  }

  changes(): Change[] {
    const all = [...this.paths].flatMap(([path, kept]) =>
      kept.map(({ version }, at) => ({ ...version, path, sizeBefore: kept[at + 1]?.version.size ?? null })),
    )
    return all.toSorted((a, b) => b.time.localeCompare(a.time) || b.version.localeCompare(a.version))
  }

  #find(path: string, id: string | undefined): Kept {
    const found = this.paths.get(path)?.find(({ version }) => id === undefined || version.version === id)
    if (found === undefined) throw new HoldfastError('not-found', `there is no such version of ${path}`)
    return found
  }

  #expect(path: string, expected: string | undefined): void {
    const current = this.versions(path).filter((each) => each.current)
    const isNothing = current.every(({ kind }) => kind === 'tombstone')
    if (expected === undefined || (expected === '' ? isNothing : current.length === 1 && current[0]!.version === expected)) return
    throw new HoldfastError('conflict', `${path} was changed since: it stays as it is`)
  }

  #told(path: string): void {
    const number = (this.#backend.activityList.at(-1)?.number ?? 0) + 1
    const item = { number, time: new Date().toISOString(), event: 'changed', folder: 'photos', path, from: null, detail: '' }
    this.#backend.activityList.push({ ...item, device: null, by: null })
    this.#backend.announce({ event: 'activity', data: { ...item, device: null, by: null } })
  }

  operations(): Partial<MemoryBackend> {
    const note = (name: string, input: unknown): void => void this.#backend.calls.push({ name, input })
    return {
      versions: async ({ path }) => this.versions(path),
      tree: async ({ path }) => {
        const [{ version, size } = { version: '', size: 0 }] = this.versions(path)
        return [{ path, kind: 'file', size, mode: 0o644, mtime: 0, version, target: '' }]
      },
      timeline: async (input) => {
        note('timeline', input)
        const { path, device, until, before, limit } = input
        const all = this.changes().filter(
          (change) =>
            (path === '' || change.path === path || change.path.startsWith(`${path}/`)) &&
            (device === undefined || change.device === device) &&
            (until === undefined || change.time < until),
        )
        const from = before === '' ? 0 : Number(before)
        return { changes: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null }
      },
      density: async ({ parts }) => {
        const times = this.changes().map(({ time }) => Date.parse(time))
        const [from, until] = [Math.min(...times), this.#now]
        const counts = new Array<number>(parts).fill(0)
        for (const time of times) counts[Math.min(parts - 1, Math.floor(((time - from) / (until - from)) * parts))]! += 1
        const iso = (time: number): string => new Date(time).toISOString()
        return { from: iso(from), until: iso(until), counts, earliest: iso(from) }
      },
      restore: async (input) => {
        note('restore', input)
        const { version, content } = this.#find(input.path, input.version)
        if (input.to !== null) this.write(input.to.replace(`${ROOT}/`, ''), { ago: 0, content })
        if (input.to !== null) return { path: input.to, version: version.version, bytes: content.length, here: true }
        this.#expect(input.path, input.expected)
        const made = this.write(input.path, { ago: 0, content, cause: 'restored' })
        this.#told(input.path)
        return { path: input.path, version: made.version, bytes: content.length, here: true }
      },
      removeEntries: async (input) => {
        note('removeEntries', input)
        this.#expect(input.path, input.expected)
        if (this.paths.has(input.path)) this.write(input.path, { ago: 0, cause: 'deleted' })
        this.#told(input.path)
        return { path: input.path, entries: 1, bytes: 0, before: 'of.1.1' }
      },
      pin: async (input) => this.#pinned('pin', input, note),
      unpin: async (input) => this.#pinned('unpin', input, note),
      readContent: async ({ path, version: id }) => {
        const { version, content } = this.#find(path, id)
        if (version.state === 'incomplete')
          throw new HoldfastError('offline', `no connected device has all of ${path}`, { hint: 'connect kitchen' })
        return {
          ...{ path, kind: 'file', size: content.length, mode: 0o644, mtime: 0, version: version.version },
          async *read({ start, end }) {
            yield content.subarray(start, end)
          },
        }
      },
    }
  }

  async #pinned(
    verb: 'pin' | 'unpin',
    input: { path: string; version: string },
    note: (name: string, input: unknown) => void,
  ): Promise<{ path: string; version: string }> {
    note(verb, input)
    const kept = this.#find(input.path, input.version)
    kept.version = { ...kept.version, pinned: verb === 'pin' }
    return { path: input.path, version: kept.version.version }
  }
}

/** Two versions of a path in conflict: the one that shows, and the other beside it. */
export function conflictOf(path: string, [shown, other]: readonly [PastVersion, PastVersion]): Conflict {
  const dot = path.lastIndexOf('.')
  return {
    ...{ folder: 'photos', path, with: `${path.slice(0, dot)}.conflict-20300102-030405-QWERTYUI-ab12${path.slice(dot)}` },
    ...{ device: other.device, by: other.by, time: other.time, shownDevice: shown.device, shownBy: shown.by },
  }
}
