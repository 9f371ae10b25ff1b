import { seededRandom, type Clock } from '#base'
import { chunkIdBytes, deriveFolderKeys } from '#content'
import { TreeDisk, type Expected, type Filesystem, type FolderDisk, type ScanResult, type StageFile } from '#folder'
import { deviceIdOf, packStats, tableKind, tablePaths, tableStat, type DiskKind, type DiskStat, type StatRow } from '#model'
import type { Subject } from './filesystem-suite.ts'
import { steppingClock } from './subjects.ts'
import { User } from './user.ts'

export const KEYS = deriveFolderKeys(new Uint8Array(32).fill(7))
export const DEVICE = deviceIdOf(new Uint8Array(32).fill(3))
export const FOLDER = 'aaaaaaaaaaaaaaaaaaaaaaaaaa'
export const EMPTY = packStats([])
export const MTIME = 1_700_000_000_123_456

/** A folder on some disk with what a sync engine would keep beside it: what the disk showed at the last look. */
export class TestFolder {
  readonly disk: FolderDisk
  readonly user: User
  readonly fs: Filesystem
  readonly #close: () => void
  #known: StatRow[] = []
  #staged = 0

  constructor(subject: Subject & { clock?: Clock }, disk?: FolderDisk) {
    const { fs, root, clock = steppingClock() } = subject
    this.fs = fs
    this.user = new User(fs, root)
    this.disk = disk ?? new TreeDisk({ fs, clock, random: seededRandom(5) }, { root, keys: KEYS, device: DEVICE })
    this.#close = () => subject.close()
  }

  static async adopted(subject: Subject & { clock?: Clock }): Promise<TestFolder> {
    const folder = new TestFolder(subject)
    await folder.disk.adopt(FOLDER, null)
    return folder
  }

  close(): void {
    this.#close()
  }

  /** Compares the disk with the last look, without taking note. */
  look(scopes: readonly string[] | null = null): Promise<ScanResult> {
    const within = (path: string): boolean =>
      scopes === null || scopes.some((scope) => path === scope || path.startsWith(`${scope}/`))
    return this.disk.scan({ snapshot: packStats(this.#known.filter(({ path }) => within(path))), scopes })
  }

  /** Takes note of what the disk shows now. */
  async note(): Promise<void> {
    this.#known = rowsOf(await this.disk.scan({ snapshot: EMPTY, scopes: null }))
  }

  get known(): StatRow[] {
    return this.#known
  }

  async stat(path: string): Promise<Expected> {
    const { changed } = await this.disk.scan({ snapshot: EMPTY, scopes: [path] })
    const at = tablePaths(changed).indexOf(path)
    return at < 0 ? null : { kind: tableKind(changed, at), stat: tableStat(changed, at) }
  }

  /** The same for a path where something is. */
  async thing(path: string): Promise<{ kind: DiskKind; stat: DiskStat }> {
    const found = await this.stat(path)
    if (found === null) throw new Error(`${path} is not there`)
    return found
  }

  /** Stages a file; returns what a step needs to place it. */
  async stage(
    content: string | Uint8Array,
    { mode = 0o644, mtime = MTIME } = {},
  ): Promise<{ staged: string; size: number; mtime: number }> {
    const name = `v${this.#staged++}`
    const [result] = await this.disk.stage([stageFile(name, content, { mode, mtime })])
    if (result?.ok !== true) throw new Error(result?.message)
    return { staged: name, size: Buffer.byteLength(content), mtime }
  }
}

export function idOf(content: string | Uint8Array): Uint8Array {
  return chunkIdBytes(KEYS.idKey, Buffer.from(content))
}

export function stageFile(name: string, content: string | Uint8Array, { mode = 0o644, mtime = MTIME } = {}): StageFile {
  const bytes = new Uint8Array(Buffer.from(content))
  const writes = bytes.length === 0 ? [] : [{ id: idOf(bytes), offset: 0, bytes }]
  return { name, begun: false, writes, finish: { size: bytes.length, mode, mtime } }
}

export function rowsOf({ changed }: ScanResult): StatRow[] {
  return tablePaths(changed).map((path, at) => ({ path, kind: tableKind(changed, at), stat: tableStat(changed, at) }))
}

export function changedPaths({ changed }: ScanResult): string[] {
  return tablePaths(changed)
}
