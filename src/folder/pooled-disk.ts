import { giveBack, Limiter, ownBuffer, Queue, takeBytes, type Clock, type Spawner } from '#base'
import { MAX_CHUNK_LENGTH, WorkerPool, type FolderKeys } from '#content'
import { chunkCount, MAX_INLINE_CHUNKS, type ChunkList, type DeviceId } from '#model'
import { compareRules, type RulesCompared } from './compare-rules.ts'
import { IGNORE_FILE } from './ignore-rules.ts'
import type { DiskAnswer, DiskJob, DiskVerb, StageAnswer } from './disk-job.ts'
import { cutInParts, type FilePart, type PartRequest } from './large-file.ts'
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
  ScanRequest,
  ScanResult,
  Space,
  StageFile,
  StageResult,
  StageWrite,
  Step,
  StepResult,
} from './folder-disk.ts'
import { Unflushed } from './unflushed.ts'

/** What one hash job takes at most, so that all threads have a share of a large call. */
const HASH_BYTES = 64 * 1024 * 1024
const HASH_FILES = 200
/** Parts of large files that are asked for at once: what else there is to do comes in between. */
const PARTS_AT_ONCE = 2
/** Bytes that are copied rather than handed over: buffers of their own for less cost more than they save. */
const LEAST_HANDED_OVER = 64 * 1024

export interface DiskPoolOptions {
  /** Threads at most. */
  workers: number
  /** A thread without work for so many ms ends, and gives its memory back. */
  idleMs: number
}

/** The threads that do the disk's work for all folders; `rested` as in WorkerPool. */
export function openDiskPool(
  { spawner, clock, rested }: { spawner: Spawner; clock: Clock; rested?: (jobs: number) => void },
  { workers, idleMs }: DiskPoolOptions,
): WorkerPool {
  return new WorkerPool({ start: () => spawner.worker('disk'), clock, ...(rested && { rested }) }, { size: workers, idleMs })
}

export interface PooledDiskOptions {
  /** Absolute. */
  root: string
  keys: FolderKeys
  /** The device whose folder it is. */
  device: DeviceId
}

/** A folder's tree through the threads of a pool, which its owner closes. Bytes to be staged that are alone in their buffer are its own from then on. */
export class PooledDisk implements FolderDisk {
  readonly #pool: Pick<WorkerPool, 'run'>
  readonly #options: PooledDiskOptions
  /** Calls that change the tree, one after another, whichever thread does them. */
  readonly #changes = new Queue()
  readonly #unflushed = new Unflushed()
  readonly #parts = new Limiter(PARTS_AT_ONCE)
  #ignoreStamp: string | undefined
  /** Are no rules known to be in force? */
  #isWithoutRules = false
  /** Grows whenever a transition may have changed them. */
  #ruleChanges = 0

  constructor(pool: Pick<WorkerPool, 'run'>, options: PooledDiskOptions) {
    this.#pool = pool
    this.#options = options
  }

  adopt(folder: string, id: string | null): Promise<RootIdentity> {
    return this.#changes.run(() => this.#run('adopt', [folder, id]))
  }

  marked(): Promise<RootMark | null> {
    return this.#run('marked', [])
  }

  release(): Promise<void> {
    return this.#changes.run(() => this.#run('release', []))
  }

  check(identity: RootIdentity): Promise<RootHealth> {
    return this.#run('check', [identity])
  }

  async scan(request: ScanRequest): Promise<ScanResult> {
    const before = this.#ruleChanges
    const { ignoreStamp, ...result } = await this.#run('look', [request])
    const ignoreChanged = this.#ignoreStamp !== undefined && this.#ignoreStamp !== ignoreStamp
    this.#ignoreStamp = ignoreStamp
    // Rules may have come while it looked, or be about to.
    this.#isWithoutRules = ignoreStamp === '' && before === this.#ruleChanges
    return { ...result, ignoreChanged }
  }

  async verify(items: readonly { path: string; expected: Expected }[]): Promise<boolean[]> {
    const unflushed = this.#unflushed.among(items.map(({ path }) => path))
    const still = await this.#run('verifyFlushed', [items, unflushed])
    this.#unflushed.forget(items.flatMap(({ path }, at) => (still[at] === true ? [path] : [])))
    return still
  }

  async ignored(entries: readonly { path: string; isDirectory: boolean }[]): Promise<boolean[]> {
    return this.#isWithoutRules ? entries.map(() => false) : this.#run('ignored', [entries])
  }

  ignoreFile(): Promise<Uint8Array> {
    return this.#run('ignoreFile', [])
  }

  compareRules(text: Uint8Array, options: { limit: number; signal: AbortSignal }): Promise<RulesCompared> {
    return compareRules((...part) => this.#run('comparePart', part), text, options)
  }

  async hash(files: readonly HashRequest[]): Promise<HashResult[]> {
    const work = shares(files).map((share) => {
      const [file] = share
      return file !== undefined && isLarge(file) ? this.#hashLarge(file) : this.#run('hash', [share])
    })
    return (await Promise.all(work)).flat()
  }

  read(pieces: readonly ReadPiece[]): Promise<(Uint8Array | null)[]> {
    const isLong = (length: number): boolean => length >= LEAST_HANDED_OVER && length <= MAX_CHUNK_LENGTH
    const into = pieces.map(({ length }) => (isLong(length) ? ownBuffer(takeBytes(length)) : null))
    return this.#run(
      'read',
      [pieces, into],
      into.filter((buffer) => buffer !== null),
    )
  }

  async stage(files: readonly StageFile[]): Promise<StageResult[]> {
    const packed = pack(files)
    const job: DiskJob<'stage'> = { ...this.#options, verb: 'stage', args: [packed.files] }
    const { results, buffers } = (await this.#pool.run(job, packed.buffers)) as StageAnswer
    for (const buffer of buffers) giveBack(new Uint8Array(buffer))
    return results
  }

  transition(steps: readonly Step[]): Promise<StepResult[]> {
    if (steps.length === 0) return this.#changes.run(async () => [])
    const run = (): Promise<StepResult[]> => this.#run('transition', [steps])
    const work = (): Promise<StepResult[]> => this.#changes.run(() => this.#unflushed.note(steps, run))
    if (!steps.some(({ path }) => path === IGNORE_FILE)) return work()
    this.#changeRules()
    return work().finally(() => this.#changeRules())
  }

  resume(name: string, chunks: ChunkList): Promise<number[]> {
    return this.#run('resume', [name, chunks])
  }

  cleanStage(keep: () => readonly string[]): Promise<void> {
    return this.#changes.run(() => this.#run('clean', [keep()]))
  }

  archived(): Promise<ArchiveEntry[]> {
    return this.#run('archived', [])
  }

  restore(name: string, to: string | null): Promise<string> {
    return this.#changes.run(() => this.#run('restore', [name, to]))
  }

  expired(keeping: Keeping): Promise<ArchiveEntry[]> {
    return this.#changes.run(() => this.#run('expired', [keeping]))
  }

  dropArchived(requests: readonly DropRequest[]): Promise<Dropped[]> {
    return this.#changes.run(() => this.#run('dropArchived', [requests]))
  }

  space(): Promise<Space> {
    return this.#run('space', [])
  }

  async close(): Promise<void> {
    await this.#changes.run(() => Promise.resolve())
  }

  /** In parts, so that all threads share in it, and none is taken up for long. */
  async #hashLarge(file: HashRequest): Promise<HashResult[]> {
    const cut = (part: PartRequest): Promise<FilePart | undefined> => this.#parts.run(() => this.#run('hashPart', [part]))
    const whole = await cutInParts(file, HASH_BYTES, cut)
    // One that changed meanwhile gets its second chance as others do.
    if (whole === undefined) return this.#run('hash', [[file]])
    if (!whole.ok) return [whole]
    const { path, stat, mtime, chunker, chunks, end: size } = whole
    const manifest = chunkCount(chunks) > MAX_INLINE_CHUNKS && (await this.#run('manifest', [chunks]))
    return [{ ok: true, path, stat, mtime, chunker, size, chunks, ...(manifest && { manifest }) }]
  }

  #changeRules(): void {
    this.#ruleChanges++
    this.#isWithoutRules = false
  }

  async #run<Verb extends DiskVerb>(
    verb: Verb,
    args: DiskJob<Verb>['args'],
    transfer: ArrayBuffer[] = [],
  ): Promise<DiskAnswer<Verb>> {
    const job: DiskJob<Verb> = { ...this.#options, verb, args }
    return (await this.#pool.run(job, transfer)) as DiskAnswer<Verb>
  }
}

/** Consecutive files, cut where a share has enough of them; a large one is alone. */
function shares(files: readonly HashRequest[]): HashRequest[][] {
  const all: HashRequest[][] = []
  let share: HashRequest[] = []
  let bytes = 0
  const end = (): void => {
    if (share.length > 0) all.push(share)
    share = []
    bytes = 0
  }
  for (const file of files) {
    if (isLarge(file)) end()
    share.push(file)
    bytes += file.stat.size
    if (share.length >= HASH_FILES || bytes >= HASH_BYTES) end()
  }
  end()
  return all
}

/** Large enough to be cut in parts. */
function isLarge({ stat }: HashRequest): boolean {
  return stat.size >= 2 * HASH_BYTES
}

/**
 * The same requests, and the buffers to hand over with them. Pieces that are small parts of a network buffer, as most are, are
 * copied into one new buffer, since a clone would take the whole along for each; a large one that is alone in its buffer goes with that.
 */
function pack(files: readonly StageFile[]): { files: StageFile[]; buffers: ArrayBuffer[] } {
  let length = 0
  for (const { writes } of files)
    for (const write of writes) if ('bytes' in write && !isHandedOver(write)) length += write.bytes.length
  const buffers = new Set([new ArrayBuffer(length)])
  const [buffer] = buffers
  let at = 0
  const moved = (write: StageWrite): StageWrite => {
    if (!('bytes' in write)) return write
    if (isHandedOver(write)) {
      buffers.add(write.bytes.buffer as ArrayBuffer)
      return write
    }
    const bytes = new Uint8Array(buffer!, at, write.bytes.length)
    bytes.set(write.bytes)
    at += bytes.length
    return { ...write, bytes }
  }
  return { files: files.map((file) => ({ ...file, writes: file.writes.map(moved) })), buffers: [...buffers] }
}

/** A buffer that other pieces are in, too, is not to be taken from them, however small they are. */
function isHandedOver({ bytes: { byteLength, buffer }, isAlone }: Extract<StageWrite, { bytes: Uint8Array }>): boolean {
  return isAlone === true && byteLength >= LEAST_HANDED_OVER && buffer instanceof ArrayBuffer
}
