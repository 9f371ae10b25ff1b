import type { Backend } from '#api'
import type { ListItem, PastVersion, Timeline } from '#api/contract'
import { HoldfastError } from '#base'
import { folderStatus, OTHER, THIS, type MemoryBackend } from '../api/memory-backend.ts'

export const PHOTOS = 'a'.repeat(26)
const TIME = '2030-01-02T03:04:05.000Z'

interface Kept {
  kind: PastVersion['kind']
  text: string
  version: string
  isDeleted: boolean
}

/** A folder `photos` in memory, to be looked at, written to and undone as a real one; `earlier` is what it was before. */
export class FilesInMemory {
  readonly backend: MemoryBackend
  readonly entries = new Map<string, Kept>()
  readonly past = new Map<string, Kept[]>()
  /** What of it is shown at any time of the past. */
  earlier: readonly string[] = []
  /** Paths whose earlier versions are listed before later ones: their author's clock was ahead. */
  readonly ahead = new Set<string>()
  /** When something was changed last. */
  changedAt = '2026-01-02T03:04:05.000Z'
  /** Awaited before content is taken. */
  gate: Promise<unknown> = Promise.resolve()
  /** How many puts were cut off while they waited for that. */
  cutOff = 0
  /** How long what was put was said to be, by path. */
  readonly sizes = new Map<string, number | undefined>()
  /** What putting at a path ends with. */
  readonly faults = new Map<string, HoldfastError>()
  /** What deleting a path ends with. */
  readonly stuck = new Map<string, HoldfastError>()
  #last = 0

  constructor(backend: MemoryBackend, paths: readonly string[]) {
    this.backend = backend
    for (const path of paths) {
      if (path.endsWith('/')) this.put(path.slice(0, -1), 'directory')
      else this.put(path, 'file', `content of ${path}`)
    }
    backend.folderList = [folderStatus('photos', PHOTOS, { path: '/home/me/photos', entries: paths.length })]
    const noted = async <T>(name: string, input: unknown, result: () => T): Promise<T> => {
      backend.calls.push({ name, input })
      return result()
    }
    const of: Partial<Backend> = {
      list: (input) => noted('list', input, () => this.#list(input)),
      removeEntries: (input) =>
        noted('removeEntries', input, () => {
          this.#expect(input.path, input.expected)
          return this.#remove(input.path, input.recursive)
        }),
      restoreMoment: (input) =>
        noted('restoreMoment', input, () => {
          const gone = [...this.entries].filter(([path, { isDeleted }]) => isDeleted && `${path}/`.startsWith(`${input.path}/`))
          for (const [path] of gone) {
            const last = this.past.get(path)!.findLast(({ kind }) => kind !== 'tombstone')!
            this.put(path, last.kind, last.text)
          }
          const none = { write: [], delete: [], bytes: 0, deleted: 0, missing: [], missingEntries: 0, missingBytes: 0 }
          return { to: null, entries: gone.length, ...none }
        }),
      restore: (input) =>
        noted('restore', input, () => {
          const before = this.past.get(input.path)?.find(({ version }) => version === input.version)
          if (before === undefined) throw new HoldfastError('not-found', `there is no such version of ${input.path}`)
          this.#expect(input.path, input.expected)
          this.put(input.path, before.kind, before.text)
          const { version } = this.entries.get(input.path)!
          return { path: input.path, version, bytes: before.text.length, here: true }
        }),
      versions: (input) => noted('versions', input, () => this.#versions(input.path)),
      timeline: (input) => noted('timeline', input, () => this.#timeline(input.path)),
      entryDetails: (input) =>
        noted('entryDetails', input, () => ({
          item: this.item(input.path),
          ...{ reasonCode: 'synced' as const, message: 'It is the same on all devices.', hint: null, problem: null },
          devices: [
            { device: THIS, name: 'desk', connected: true, has: 'yes' as const },
            { device: OTHER, name: 'kitchen', connected: false, has: 'no' as const },
          ],
        })),
      writeContent: async (input, content, signal) => {
        backend.puts.push(input.path)
        this.sizes.set(input.path, input.size)
        try {
          signal.addEventListener('abort', () => this.cutOff++)
          await this.gate
          let text = ''
          for await (const piece of content) text += Buffer.from(piece).toString('latin1')
          signal.throwIfAborted()
          const fault = this.faults.get(input.path)
          if (fault !== undefined) throw fault
          const before = this.entries.get(input.path)
          const above = input.path.split('/').slice(0, -1)
          above.forEach((_, at) => this.#directory(above.slice(0, at + 1).join('/')))
          if (input.kind === 'directory') this.#directory(input.path)
          else this.put(input.path, 'file', text)
          const replaced = before === undefined || before.isDeleted ? null : before.version
          return { path: input.path, version: this.entries.get(input.path)!.version, replaced, bytes: text.length }
        } catch (error) {
          backend.failedPuts.push(input.path)
          throw error
        }
      },
    }
    Object.assign(backend, of)
  }

  put(path: string, kind: Kept['kind'], text = ''): void {
    const version = (++this.#last).toString(16).padStart(32, '0')
    const kept = { kind, text, version, isDeleted: false }
    this.entries.set(path, kept)
    this.past.set(path, [...(this.past.get(path) ?? []), kept])
  }

  /** What is there, in order. */
  get paths(): string[] {
    return [...this.entries].flatMap(([path, { isDeleted }]) => (isDeleted ? [] : [path])).toSorted()
  }

  text(path: string): string | undefined {
    const entry = this.entries.get(path)
    return entry === undefined || entry.isDeleted ? undefined : entry.text
  }

  item(path: string): ListItem | null {
    const entry = this.entries.get(path)
    if (entry === undefined) return null
    const { kind, text, version, isDeleted } = entry
    return {
      ...{ folder: 'photos', path, size: text.length, version, modified: kind === 'file' ? TIME : null },
      ...(isDeleted ? { kind: 'file', state: 'deleted', modified: null } : { kind, state: 'here' }),
    }
  }

  #versions(path: string): PastVersion[] {
    const past = this.past.get(path) ?? []
    const all = this.ahead.has(path) ? past : past.toReversed()
    return all.map((kept) => ({ ...pastVersion(kept), current: kept === past.at(-1) }))
  }

  #timeline(path: string): Timeline {
    const cause = 'edited' as const
    const by = { device: THIS, by: 'desk', kind: 'file' as const, size: 0, sizeBefore: 0, forgotten: false, pinned: false }
    return { changes: [{ path, version: '0'.repeat(32), time: this.changedAt, cause, current: true, ...by }], next: null }
  }

  #list({ path, recursive, deleted, at, after, limit }: Parameters<Backend['list']>[0]): ListItem[] {
    const all = at === undefined ? [...this.entries.keys()] : this.earlier
    const within = (each: string): boolean =>
      recursive ? path === '' || each.startsWith(`${path}/`) : each.slice(0, Math.max(0, each.lastIndexOf('/'))) === path
    return all
      .filter((each) => within(each) && each > after)
      .toSorted()
      .flatMap((each) => this.item(each) ?? [])
      .map((item) => (at === undefined ? item : { ...item, state: 'here' as const }))
      .filter(({ state }) => deleted || state !== 'deleted')
      .slice(0, limit)
  }

  #remove(path: string, recursive: boolean): Awaited<ReturnType<Backend['removeEntries']>> {
    const fault = this.stuck.get(path)
    if (fault !== undefined) throw fault
    const before = `of.1.${this.#last}`
    const below = this.paths.filter((each) => each.startsWith(`${path}/`))
    if (!this.paths.includes(path)) throw new HoldfastError('not-found', `there is no ${path} in photos`)
    if (below.length > 0 && !recursive) throw new HoldfastError('usage', `${path} is a directory`)
    for (const each of [path, ...below]) {
      this.entries.set(each, { ...this.entries.get(each)!, isDeleted: true })
      const version = (++this.#last).toString(16).padStart(32, '0')
      this.past.set(each, [...(this.past.get(each) ?? []), { kind: 'tombstone', text: '', version, isDeleted: true }])
    }
    return { path, entries: below.length + 1, bytes: 0, before }
  }

  #expect(path: string, expected: string | undefined): void {
    const there = this.entries.get(path)
    const now = there === undefined || there.isDeleted ? '' : there.version
    if (expected !== undefined && expected !== now)
      throw new HoldfastError('conflict', `${path} was changed since: it stays as it is`)
  }

  #directory(path: string): void {
    const there = this.entries.get(path)
    if (there?.kind === 'file' && !there.isDeleted)
      throw new HoldfastError('exists', `${path} is a file, no directory`, { hint: 'choose another path, or delete it first' })
    if (there === undefined || there.isDeleted) this.put(path, 'directory')
  }
}

function pastVersion({ kind, text, version }: Kept): PastVersion {
  return {
    ...{ version, kind, size: text.length, time: TIME, device: THIS, by: 'desk', cause: 'added', state: 'kept' },
    ...{ stored: true, forgotten: false, lost: false, givenUp: null, pinned: false, snapshots: [], current: false },
  }
}
