import type { Clock, Random } from '#base'
import { TYPE_DIRECTORY, TYPE_FILE, type FileStat } from '#folder'
import { foldedKey } from '#model'

export interface SimDiskOptions {
  clock: Clock
  /** Decides what a crash leaves. */
  random: Random
  platform?: 'linux' | 'macos' | 'windows'
  foldsCase?: boolean
  hardLinks?: boolean
  /** Of the disk's timestamps, ms. */
  granularityMs?: number
}

/** A call on the disk, as a hook sees it. */
export interface SimCall {
  call: string
  /** The name the call is about; '' for those on open files and directories. */
  name: string
  /** Where the directory is now, from the disk's root. */
  directory: string
}

export interface SimHooks {
  /** Called before every call; what it throws is what the caller gets. Its own calls on other filesystems of the disk come between. */
  before?: ((call: SimCall) => void) | undefined
  /** True lets a flush resolve without effect. */
  losesFlush?: (() => boolean) | undefined
}

/** What was thrown by a disk whose machine has crashed: whoever still runs on it is dead. */
export class SimCrash extends Error {}

export interface SimEntry {
  name: string
  inode: SimInode
}

export class SimInode {
  readonly ino: number
  readonly type: number
  dev: number
  mode: number
  mtimeMs: number
  ctimeMs: number
  nlink = 0
  data = new Uint8Array(0)
  size = 0
  target = ''
  /** By key: what the disk tells names apart by. */
  readonly entries = new Map<string, SimEntry>()
  /** What a crash leaves for sure. */
  durable: { data: Uint8Array; mode: number; mtimeMs: number } | undefined
  durableEntries = new Map<string, SimEntry>()
  where: { parent: SimInode; name: string } | undefined
  /** Programs that have it open, which Windows minds. */
  held = 0

  constructor(ino: number, type: number, dev: number, mode: number, now: number) {
    this.ino = ino
    this.type = type
    this.dev = dev
    this.mode = mode
    this.mtimeMs = now
    this.ctimeMs = now
  }

  get path(): string {
    return this.where === undefined ? '' : `${this.where.parent.path}/${this.where.name}`
  }

  stat(): FileStat {
    const { ino, dev, mtimeMs, ctimeMs, nlink, size } = this
    return { ino, dev, mtimeMs, ctimeMs, nlink, size, mode: this.type | this.mode }
  }
}

interface Edit {
  directory: SimInode
  key: string
  entry: SimEntry | null
}

/** Edits of entries that become durable together, as those of a rename do. */
type Operation = readonly Edit[]

const SECTOR = 512

/**
 * A disk in memory. Live state is what programs see; durable state is what a crash leaves: content and metadata of a file
 * after a flush of it, entries of a directory after a flush of it, in the order in which they were made, a rename in both or
 * neither. All else may survive, be lost, or (content) be torn, as the seed decides.
 */
export class SimDisk {
  readonly options: Required<SimDiskOptions>
  readonly root: SimInode
  /** Bytes of files that fit on it. */
  capacity = Infinity
  /** Absolute paths at which another part of this very disk is mounted; what is there is in the tree as ever. */
  readonly mounts = new Set<string>()
  /** Grows with every crash. */
  epoch = 0
  #lastIno = 1
  #pending: Operation[] = []
  readonly #dirty = new Set<SimInode>()

  constructor(options: SimDiskOptions) {
    this.options = { platform: 'linux', foldsCase: false, hardLinks: true, granularityMs: 1, ...options }
    this.root = this.make(TYPE_DIRECTORY, 0o755)
    this.root.nlink = 1
  }

  now(): number {
    const { clock, granularityMs } = this.options
    return Math.floor(clock.now() / granularityMs) * granularityMs
  }

  key(name: string): string {
    return this.options.foldsCase ? foldedKey(name) : name
  }

  make(type: number, mode: number, dev = 1): SimInode {
    return new SimInode(this.#lastIno++, type, dev, mode, this.now())
  }

  /** Changes entries in one step: `inode` null removes. */
  edit(...edits: { directory: SimInode; name: string; inode: SimInode | null }[]): void {
    const now = this.now()
    this.#pending.push(
      edits.map(({ directory, name, inode }) => {
        const key = this.key(name)
        const old = directory.entries.get(key)?.inode
        if (old !== undefined) unlinked(old, now)
        directory.entries.delete(key)
        directory.mtimeMs = directory.ctimeMs = now
        const entry = inode === null ? null : { name, inode }
        if (entry !== null) {
          directory.entries.set(key, entry)
          entry.inode.nlink++
          entry.inode.ctimeMs = now
          entry.inode.where = { parent: directory, name }
        }
        return { directory, key, entry }
      }),
    )
  }

  write(inode: SimInode, bytes: Uint8Array, position: number): void {
    const end = position + bytes.length
    if (end > inode.size && this.used() + end - inode.size > this.capacity) throw simError('ENOSPC', 'write')
    if (end > inode.data.length) {
      const larger = new Uint8Array(Math.max(end, inode.data.length * 2))
      larger.set(inode.data)
      inode.data = larger
    }
    inode.data.set(bytes, position)
    inode.size = Math.max(inode.size, end)
    this.changed(inode)
  }

  truncate(inode: SimInode, size: number): void {
    const data = new Uint8Array(size)
    data.set(inode.data.subarray(0, Math.min(size, inode.size)))
    inode.data = data
    inode.size = size
    this.changed(inode)
  }

  changed(inode: SimInode): void {
    inode.mtimeMs = inode.ctimeMs = this.now()
    this.#dirty.add(inode)
  }

  touched(inode: SimInode): void {
    inode.ctimeMs = this.now()
    this.#dirty.add(inode)
  }

  used(): number {
    if (this.capacity === Infinity) return 0
    let sum = 0
    for (const inode of this.all()) sum += inode.size
    return sum
  }

  /** Every file, directory and link once. */
  *all(directory: SimInode = this.root, seen = new Set<SimInode>()): Generator<SimInode> {
    for (const { inode } of directory.entries.values()) {
      if (seen.has(inode)) continue
      seen.add(inode)
      yield inode
      yield* this.all(inode, seen)
    }
  }

  flush(inode: SimInode): void {
    inode.durable = { data: inode.data.slice(0, inode.size), mode: inode.mode, mtimeMs: inode.mtimeMs }
    this.#dirty.delete(inode)
    if (inode.type === TYPE_DIRECTORY) this.#flushEntries(inode)
  }

  /** Everything becomes durable, as if all had been left alone for a while. */
  settle(): void {
    for (const operation of this.#pending) keep(operation)
    this.#pending = []
    for (const inode of [...this.#dirty]) this.flush(inode)
  }

  /** The power goes: what was not flushed may be lost. Filesystems booted before throw SimCrash from now on. */
  crash(): void {
    const { random } = this.options
    this.epoch++
    const lost = new Set<SimInode>()
    for (const operation of this.#pending) {
      const isLost = random.fraction() < 0.5 || operation.some(({ directory }) => lost.has(directory))
      if (isLost) for (const { directory } of operation) lost.add(directory)
      else keep(operation)
    }
    this.#pending = []
    for (const inode of this.#dirty) this.#tear(inode)
    this.#dirty.clear()
    restoreEntries(this.root)
  }

  /** What the directory's edits stand on comes with them: earlier ones in any directory that they share. */
  #flushEntries(directory: SimInode): void {
    const needed = new Set([directory])
    const later: Operation[] = []
    for (const operation of this.#pending.toReversed()) {
      if (operation.some((edit) => needed.has(edit.directory))) for (const edit of operation) needed.add(edit.directory)
      else later.push(operation)
    }
    const left = new Set(later)
    for (const operation of this.#pending) if (!left.has(operation)) keep(operation)
    this.#pending = later.reverse()
  }

  #tear(inode: SimInode): void {
    const { random } = this.options
    const old = inode.durable ?? { data: new Uint8Array(0), mode: inode.mode, mtimeMs: inode.mtimeMs }
    const fate = random.fraction()
    const hasData = inode.type === TYPE_FILE
    if (hasData && fate < 0.3) {
      this.#set(inode, old.data.slice())
    } else if (hasData && fate < 0.7) {
      const torn = inode.data.slice(0, inode.size)
      for (let at = 0; at < torn.length; at += SECTOR) {
        if (random.fraction() < 0.5) continue
        const before = old.data.subarray(at, at + SECTOR)
        torn.fill(0, at, at + SECTOR)
        torn.set(before.subarray(0, torn.length - at), at)
      }
      this.#set(inode, torn)
    }
    if (random.fraction() < 0.5) Object.assign(inode, { mode: old.mode, mtimeMs: old.mtimeMs })
    inode.durable = { data: inode.data.slice(0, inode.size), mode: inode.mode, mtimeMs: inode.mtimeMs }
  }

  #set(inode: SimInode, data: Uint8Array<ArrayBuffer>): void {
    inode.data = data
    inode.size = data.length
  }
}

function unlinked(inode: SimInode, now: number): void {
  inode.nlink--
  inode.ctimeMs = now
}

function keep(operation: Operation): void {
  for (const { directory, key, entry } of operation) {
    if (entry === null) directory.durableEntries.delete(key)
    else directory.durableEntries.set(key, entry)
  }
}

/** Live entries become what was durable. */
function restoreEntries(root: SimInode): void {
  const counts = new Map<SimInode, number>()
  const visit = (directory: SimInode): void => {
    directory.entries.clear()
    for (const [key, entry] of directory.durableEntries) {
      directory.entries.set(key, entry)
      counts.set(entry.inode, (counts.get(entry.inode) ?? 0) + 1)
      entry.inode.where = { parent: directory, name: entry.name }
      entry.inode.held = 0
      if (entry.inode.type === TYPE_DIRECTORY) visit(entry.inode)
    }
  }
  visit(root)
  for (const [inode, count] of counts) inode.nlink = count
}

export function simError(code: string, call: string, name = ''): Error {
  return Object.assign(new Error(`${code}: ${call} '${name}'`), { code })
}
