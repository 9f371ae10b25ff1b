import { errnoOf, HoldfastError, systemWords } from '#base'
import { ARCHIVE_DIRECTORY, OWN_DIRECTORY, parentPath } from '#model'
import type { Dir, Filesystem, FileStat, OpenFile } from './filesystem.ts'

/** Directories kept open at once, touched ones aside. */
const MAX_OPEN = 128

/** Thrown when the way to a path leads over a place that another disk, or another part of this one, is mounted at: what is there is left alone. */
export class BoundaryFault extends HoldfastError {
  constructor(path: string) {
    const hint = 'Make it a folder of its own, or mount the disk elsewhere.'
    super('denied', `another disk is mounted at ${path}; what is on it is left alone`, {
      reason: 'other-disk',
      values: { path },
      hint,
    })
  }
}

/** Where things are below `.holdfast`. */
export const TMP = `${OWN_DIRECTORY}/tmp`
export const ARCHIVE = ARCHIVE_DIRECTORY

/** A directory and a name in it. */
export interface Place {
  dir: Dir
  name: string
}

/**
 * A folder's tree for as long as one call works on it: directories are reached from the root name by name and stay open for
 * the next that needs them. Paths are as in records; who takes them from outside checks them first (`pathFault`).
 */
export class Tree {
  readonly fs: Filesystem
  readonly root: Dir
  /** Least recently used first. */
  readonly #open = new Map<string, Dir>()
  readonly #touched = new Set<Dir>()
  readonly #dev: number
  #mountPoints: ReadonlySet<string> | undefined
  /** No longer at the path they were opened at, but still to be flushed. */
  readonly #adrift = new Set<Dir>()
  #touchedFiles: OpenFile[] = []

  constructor(fs: Filesystem, path: string) {
    this.fs = fs
    this.root = fs.openRoot(path)
    this.#dev = fs.statDir(this.root).dev
  }

  /** Good until about a hundred other directories were asked for. Throws like `openDir`, and BoundaryFault. */
  dir(path: string): Dir {
    if (path === '') return this.root
    const known = this.#open.get(path)
    if (known !== undefined) {
      this.#open.delete(path)
      this.#open.set(path, known)
      return known
    }
    const parent = this.dir(parentPath(path))
    const dir = this.fs.openDir(parent, path.slice(path.lastIndexOf('/') + 1))
    if (this.isElsewhere(path, this.fs.statDir(dir))) {
      this.fs.closeDir(dir)
      throw new BoundaryFault(path)
    }
    this.#open.set(path, dir)
    this.#trim()
    return dir
  }

  place(path: string): Place {
    return { dir: this.dir(parentPath(path)), name: path.slice(path.lastIndexOf('/') + 1) }
  }

  /** Makes the directory at `path` and those above it where they are missing. */
  make(path: string): Dir {
    try {
      return this.dir(path)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error
    }
    const parent = this.make(parentPath(path))
    const name = path.slice(path.lastIndexOf('/') + 1)
    try {
      this.fs.mkdir(parent, name)
      this.touch(parent)
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
    return this.dir(path)
  }

  /** Is it on another disk than the root, or is another part of the same one mounted there? */
  isElsewhere(path: string, { dev }: FileStat): boolean {
    if (dev !== this.#dev) return true
    this.#mountPoints ??= new Set(this.fs.mountPoints(this.root))
    return this.#mountPoints.has(path)
  }

  /** What is at `path`: undefined when it, or a directory above it, is not there. */
  stat(path: string): FileStat | undefined {
    try {
      const { dir, name } = this.place(path)
      return this.fs.stat(dir, name)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  /** The directory's entries changed: the next `flush` makes them durable. */
  touch(dir: Dir): void {
    this.#touched.add(dir)
  }

  /** The file changed: the next `flush` makes it durable and closes it. */
  touchFile(file: OpenFile): void {
    this.#touchedFiles.push(file)
  }

  get touched(): number {
    return this.#touched.size + this.#touchedFiles.length
  }

  /** Makes all that was touched durable; a failure means that none of it may be counted on. */
  async flush(): Promise<void> {
    const files = this.#touchedFiles
    const items = [...files, ...this.#touched]
    this.#touchedFiles = []
    this.#touched.clear()
    try {
      if (items.length > 0) await this.fs.flush(items)
    } finally {
      for (const file of files) this.fs.close(file)
      for (const dir of this.#adrift) this.fs.closeDir(dir)
      this.#adrift.clear()
    }
  }

  /** The directory at `path` is there no longer, or another one is: what is open at or below it is not used again. */
  forget(path: string): void {
    for (const [at, dir] of this.#open) {
      if (at !== path && !at.startsWith(`${path}/`)) continue
      this.#open.delete(at)
      if (this.#touched.has(dir)) this.#adrift.add(dir)
      else this.fs.closeDir(dir)
    }
  }

  close(): void {
    for (const file of this.#touchedFiles) this.fs.close(file)
    for (const dir of [...this.#open.values(), ...this.#adrift, this.root]) this.fs.closeDir(dir)
    this.#open.clear()
    this.#adrift.clear()
  }

  #trim(): void {
    let extra = this.#open.size - MAX_OPEN - this.#touched.size
    for (const [path, dir] of this.#open) {
      if (extra-- <= 0) return
      if (this.#touched.has(dir)) continue
      this.#open.delete(path)
      this.fs.closeDir(dir)
    }
  }
}

/** Runs `work` on the tree at `path` and closes it afterwards; a root that is gone is `blocked`. */
export async function withTree<T>(fs: Filesystem, path: string, work: (tree: Tree) => T | Promise<T>): Promise<T> {
  let tree: Tree
  try {
    tree = new Tree(fs, path)
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause
    const hint = 'Is the disk it is on connected?'
    throw new HoldfastError('blocked', `the directory ${path} cannot be opened: ${systemWords(errnoOf(cause), '')}`, {
      reason: 'cannot-open',
      values: { path, system: errnoOf(cause) ?? '' },
      hint,
      cause,
    })
  }
  try {
    return await work(tree)
  } finally {
    tree.close()
  }
}

/** Nothing is at the path: it, or a directory on the way to it, does not exist. */
export function isMissing(error: unknown): boolean {
  const code = errnoOf(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP'
}
