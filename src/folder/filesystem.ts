import { errnoOf } from '#base'
import type { DiskKind, DiskStat } from '#model'

/** An open directory. What is reached through it stays inside it, however the tree around it is moved or linked meanwhile. */
export interface Dir {
  readonly isDir: true
}

/** An open regular file. */
export interface OpenFile {
  readonly isDir: false
}

/** What `lstat` says; `mode` carries the type bits, as in `fs.Stats`, which fits it. */
export interface FileStat {
  readonly size: number
  readonly mtimeMs: number
  /** The same to the microsecond, which doubles of milliseconds miss at times; only by `statFile`, and not on every disk. */
  readonly mtimeUs?: number
  /** 0 where the disk has none. */
  readonly ctimeMs: number
  readonly ino: number
  readonly dev: number
  readonly mode: number
  readonly nlink: number
}

export type FileKind = DiskKind | 'other'

/** How a file is opened: `create` makes a new one, 0600, and fails with EEXIST; the others never make one. */
export type OpenMode = 'read' | 'write' | 'create'

/** One directory's entries: `found[i]` belongs to `names[i]`, null when it was gone again, an error when it cannot be looked at. */
export interface Survey {
  names: string[]
  found: (FileStat | Error | null)[]
  /** Names that are not valid Unicode, as far as they can be shown. */
  invalid: string[]
}

/**
 * A disk. Calls are synchronous, for worker threads, where that is four times as fast; only `flush` is not, because many
 * at once cost little more than one. Names are single ones, checked by the caller (`checkPath`); no call follows a link,
 * with the exception of `openRoot`. Errors are Node's, with `code`: ENOENT, EEXIST, ENOTDIR, EISDIR, ELOOP, ENOTEMPTY,
 * EACCES, EPERM, ENOSPC, EIO, EXDEV, ENAMETOOLONG, ….
 */
export interface Filesystem {
  readonly platform: 'linux' | 'macos' | 'windows'

  /** The directory at an absolute path; links on the way there are the user's own and are followed. */
  openRoot(path: string): Dir
  /** ENOTDIR or ELOOP when `name` is no directory itself. */
  openDir(dir: Dir, name: string): Dir
  closeDir(dir: Dir): void
  statDir(dir: Dir): FileStat
  /** Names in no order; those that are not valid Unicode are left out. */
  list(dir: Dir): string[]
  /**
   * The entries of the directory at `path` ('' or `a/b`) below `root`, with their stats; fast. For looking only: it may be
   * misled by a directory that is swapped for a link in that very moment.
   */
  survey(root: Dir, path: string): Survey
  /** Paths below `root` at which something else is mounted now, be it of the same disk; none where the system does not tell. */
  mountPoints(root: Dir): string[]

  /** Undefined when there is nothing. */
  stat(dir: Dir, name: string): FileStat | undefined
  readlink(dir: Dir, name: string): string
  mkdir(dir: Dir, name: string): void
  rmdir(dir: Dir, name: string): void
  unlink(dir: Dir, name: string): void
  /** A second name for a file; EEXIST when it is taken. EPERM, ENOTSUP or ENOSYS where the disk has no hard links. */
  link(from: Dir, name: string, to: Dir, newName: string): void
  /** In one step; replaces a file or link that is there, and an empty directory by a directory. */
  rename(from: Dir, name: string, to: Dir, newName: string): void
  /** EEXIST when the name is taken. */
  symlink(dir: Dir, name: string, target: string): void
  /** Permission bits of a file or directory; EINVAL for a link. */
  setMode(dir: Dir, name: string, mode: number): void
  /** Microseconds since 1970; of a link itself, too. A disk that cannot hold the time has another one afterwards. */
  setTime(dir: Dir, name: string, mtime: number): void

  /** ELOOP for a link, EISDIR for a directory, ENXIO for what is no regular file; never waits for a pipe. */
  open(dir: Dir, name: string, mode: OpenMode): OpenFile
  close(file: OpenFile): void
  statFile(file: OpenFile): FileStat
  /** Fills `into` from `position` on; returns how many bytes, fewer only at the end of the file. */
  read(file: OpenFile, into: Uint8Array, position: number): number
  write(file: OpenFile, bytes: Uint8Array, position: number): void
  truncate(file: OpenFile, size: number): void
  /** Permission bits and microseconds since 1970. */
  setFile(file: OpenFile, mode: number, mtime: number): void

  /**
   * Resolves when the content and metadata of the files, and the entries of the directories, survive a power cut: fsync,
   * which on macOS is F_FULLFSYNC (libuv does so) and on Windows FlushFileBuffers; directories need none there. Rejects
   * with the first error, when all have ended.
   */
  flush(items: readonly (OpenFile | Dir)[]): Promise<void>
  /** Bytes that a user may still write, and those of the whole disk; 0 where it cannot tell. */
  space(dir: Dir): { freeBytes: number; totalBytes: number }
}

const TYPE_BITS = 0o170000
export const TYPE_FILE = 0o100000
export const TYPE_DIRECTORY = 0o040000
export const TYPE_SYMLINK = 0o120000
const PERMISSION_BITS = 0o777

export function kindOf(stat: FileStat): FileKind {
  switch (stat.mode & TYPE_BITS) {
    case TYPE_FILE:
      return 'file'
    case TYPE_DIRECTORY:
      return 'directory'
    case TYPE_SYMLINK:
      return 'symlink'
    default:
      return 'other'
  }
}

export function diskStat(stat: FileStat): DiskStat {
  const { size, mtimeMs, ctimeMs, ino } = stat
  const mode = stat.mode & PERMISSION_BITS
  return kindOf(stat) === 'directory' ? { size: 0, mtimeMs: 0, ctimeMs: 0, ino, mode } : { size, mtimeMs, ctimeMs, ino, mode }
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL'])

/** Did `link` fail because this disk, or this file, cannot have a second name? */
export function isWithoutLinks(error: unknown): boolean {
  return NO_LINKS.has(errnoOf(error) ?? '')
}
