import { errnoOf, Queue, type Clock, type Random } from '#base'
import { ContentHasher, cutManifest, type FolderKeys, type Manifest } from '#content'
import { OWN_DIRECTORY, type ChunkList, type DeviceId } from '#model'
import { dropArchived, expiredArchive } from './archive-expiry.ts'
import { listArchive } from './archive.ts'
import { partUnmounted } from './boundaries.ts'
import type { Filesystem } from './filesystem.ts'
import type {
  ArchiveEntry,
  Dropped,
  DropRequest,
  Expected,
  FolderDisk,
  HashRequest,
  HashResult,
  Keeping,
  ReadPiece,
  RootHealth,
  RootIdentity,
  RootMark,
  Space,
  ScanRequest,
  ScanResult,
  StageFile,
  StageResult,
  Step,
  StepResult,
} from './folder-disk.ts'
import { hashFiles, hashPart } from './hash.ts'
import type { FilePart, PartRequest } from './large-file.ts'
import { comparePart, compareRules, type PartCompared, type RulesCompared, type ToCompare } from './compare-rules.ts'
import { readIgnoreFile, readIgnoreRules } from './ignore-rules.ts'
import { adoptRoot, checkRoot, markOf, marking, releaseRoot, rootFault } from './marker.ts'
import { readPieces } from './read.ts'
import { restoreArchived } from './restore.ts'
import { scanTree, type Scanned } from './scan.ts'
import { cleanStaged, resumeStaged, stageFiles } from './stage.ts'
import { transition } from './transition.ts'
import { TMP, Tree, withTree } from './tree.ts'
import { Unflushed } from './unflushed.ts'
import { verifyEntries } from './verify.ts'
import { withProbe } from './whole-file.ts'

export interface TreeDiskComponents {
  fs: Filesystem
  clock: Clock
  random: Random
  /** One a thread is enough: made when it is first needed. */
  hasher?: ContentHasher
}

export interface TreeDiskOptions {
  /** Absolute. */
  root: string
  keys: FolderKeys
  /** The device whose folder it is. */
  device: DeviceId
}

/** A folder's tree through a Filesystem, in this thread: the shell around one function a verb. Nothing stays open between calls. */
export class TreeDisk implements FolderDisk {
  readonly #components: TreeDiskComponents
  readonly #root: string
  readonly #keys: FolderKeys
  readonly #device: DeviceId
  /** Calls that change the tree, one after another. */
  readonly #changes = new Queue()
  readonly #unflushed = new Unflushed()
  #hasher: ContentHasher | undefined
  #foldsCase: boolean | undefined
  #ignoreStamp: string | undefined

  constructor(components: TreeDiskComponents, { root, keys, device }: TreeDiskOptions) {
    this.#components = components
    this.#root = root
    this.#keys = keys
    this.#device = device
    this.#hasher = components.hasher
  }

  adopt(folder: string, id: string | null): Promise<RootIdentity> {
    const owner = { folder, device: this.#device }
    return this.#changes.run(() =>
      marking(this.#root, () => this.#with((tree) => adoptRoot(tree, owner, id, this.#components.random))),
    )
  }

  marked(): Promise<RootMark | null> {
    return marking(this.#root, () => this.#with(markOf))
  }

  release(): Promise<void> {
    return this.#changes.run(() => this.#with((tree) => releaseRoot(tree, this.#device)))
  }

  async check(identity: RootIdentity): Promise<RootHealth> {
    let tree: Tree
    try {
      tree = new Tree(this.#components.fs, this.#root)
    } catch (error) {
      return rootFault(error, this.#root)
    }
    try {
      return checkRoot(tree, identity, this.#device)
    } finally {
      tree.close()
    }
  }

  async scan(request: ScanRequest): Promise<ScanResult> {
    const { ignoreStamp, ...result } = await this.look(request)
    const ignoreChanged = this.#ignoreStamp !== undefined && this.#ignoreStamp !== ignoreStamp
    this.#ignoreStamp = ignoreStamp
    return { ...result, ignoreChanged }
  }

  /** A scan that leaves it to the caller to remember the ignore rules. */
  look(request: ScanRequest): Promise<Scanned & Pick<ScanResult, 'unmounted'>> {
    return this.#with(async (tree) => {
      const scanned = scanTree(tree, request, this.#probeCase(tree))
      return { ...scanned, ...(await partUnmounted(tree, scanned, request.scopes === null)) }
    })
  }

  async verify(items: readonly { path: string; expected: Expected }[]): Promise<boolean[]> {
    const unflushed = this.#unflushed.among(items.map(({ path }) => path))
    const still = await this.verifyFlushed(items, unflushed)
    this.#unflushed.forget(items.flatMap(({ path }, at) => (still[at] === true ? [path] : [])))
    return still
  }

  /** A `verify` that leaves it to the caller to know what is to be flushed before. */
  verifyFlushed(items: readonly { path: string; expected: Expected }[], unflushed: readonly string[]): Promise<boolean[]> {
    return this.#with((tree) => verifyEntries(tree, items, { foldsCase: this.#probeCase(tree), unflushed }))
  }

  ignored(entries: readonly { path: string; isDirectory: boolean }[]): Promise<boolean[]> {
    return this.#with((tree) => {
      const rules = readIgnoreRules(tree)
      return entries.map(({ path, isDirectory }) => rules.ignores(path, isDirectory))
    })
  }

  ignoreFile(): Promise<Uint8Array> {
    return this.#with(readIgnoreFile)
  }

  compareRules(text: Uint8Array, options: { limit: number; signal: AbortSignal }): Promise<RulesCompared> {
    return compareRules((...part) => this.comparePart(...part), text, options)
  }

  /** A part of it, so that no call takes long; see `comparePart`. */
  comparePart(text: Uint8Array, left: readonly ToCompare[], limit: number): Promise<PartCompared> {
    return this.#with((tree) => comparePart(tree, text, left, limit))
  }

  hash(files: readonly HashRequest[]): Promise<HashResult[]> {
    return this.#with((tree) => hashFiles(tree, files, this.#contentHasher, this.#keys))
  }

  /** Undefined where the file changed meanwhile. */
  hashPart(part: PartRequest): Promise<FilePart | undefined> {
    return this.#with((tree) => hashPart(tree, part, this.#contentHasher, this.#keys))
  }

  manifest(chunks: ChunkList): Promise<Manifest> {
    return Promise.resolve(cutManifest(this.#contentHasher, chunks, this.#keys))
  }

  /** Into the buffers that are given, for each piece one that is long enough or null. */
  read(pieces: readonly ReadPiece[], into: readonly (ArrayBuffer | null)[] = []): Promise<(Uint8Array | null)[]> {
    return this.#with((tree) => readPieces(tree, pieces, this.#keys, into))
  }

  stage(files: readonly StageFile[]): Promise<StageResult[]> {
    return this.#with((tree) => stageFiles(tree, files, this.#keys))
  }

  transition(steps: readonly Step[]): Promise<StepResult[]> {
    const run = (): Promise<StepResult[]> => this.#with((tree) => transition(tree, steps, this.#components.clock))
    return this.#changes.run(() => this.#unflushed.note(steps, run))
  }

  resume(name: string, chunks: ChunkList): Promise<number[]> {
    return this.#with((tree) => resumeStaged(tree, name, chunks, this.#keys))
  }

  cleanStage(keep: () => readonly string[]): Promise<void> {
    return this.#changes.run(() => this.clean(keep()))
  }

  /** A `cleanStage` whose turn has come. */
  clean(keep: readonly string[]): Promise<void> {
    return this.#with((tree) => cleanStaged(tree, new Set(keep)))
  }

  archived(): Promise<ArchiveEntry[]> {
    return this.#with(listArchive)
  }

  restore(name: string, to: string | null): Promise<string> {
    return this.#changes.run(() => this.#with((tree) => restoreArchived(tree, this.#root, name, to)))
  }

  expired(keeping: Keeping): Promise<ArchiveEntry[]> {
    return this.#changes.run(() => this.#with((tree) => expiredArchive(tree, this.#components.clock, keeping)))
  }

  dropArchived(requests: readonly DropRequest[]): Promise<Dropped[]> {
    return this.#changes.run(() => this.#with((tree) => dropArchived(tree, requests, this.#keys)))
  }

  space(): Promise<Space> {
    return this.#with((tree) => ({ ...tree.fs.space(tree.root), foldsCase: this.#probeCase(tree) }))
  }

  async close(): Promise<void> {
    await this.#changes.run(() => Promise.resolve())
  }

  get #contentHasher(): ContentHasher {
    return (this.#hasher ??= new ContentHasher())
  }

  #with<T>(work: (tree: Tree) => T | Promise<T>): Promise<T> {
    return withTree(this.#components.fs, this.#root, work)
  }

  /** Whether the disk takes `A` for `a`, tried out once; where nothing can be written, what is usual on the platform. */
  #probeCase(tree: Tree): boolean {
    if (this.#foldsCase === undefined) {
      try {
        // Nothing is put into the empty directory that a disk was mounted at.
        if (tree.stat(OWN_DIRECTORY) === undefined) return tree.fs.platform !== 'linux'
        const tmp = tree.make(TMP)
        this.#foldsCase = withProbe(tree.fs, tmp, 'case', (_, name) => tree.fs.stat(tmp, name.toUpperCase()) !== undefined)
      } catch (error) {
        if (errnoOf(error) === undefined) throw error
        return tree.fs.platform !== 'linux'
      }
    }
    return this.#foldsCase
  }
}
