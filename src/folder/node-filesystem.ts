import fs from 'node:fs'
import { sep, toNamespacedPath } from 'node:path'
import { diskSeconds, errnoOf, microsecondsIn, microsecondsOf } from '#base'
import { kindOf, type Dir, type Filesystem, type FileStat, type OpenFile, type OpenMode, type Survey } from './filesystem.ts'
import { flushAll } from './flush.ts'
import { mountPoints } from './mount-points.ts'
import { descriptorPlaces, pathPlaces, type NodeDir, type Places } from './places.ts'

/** Absent on Windows, where opening does not follow links that were told apart by `lstat` just before. */
const NO_FOLLOW = (fs.constants.O_NOFOLLOW as number | undefined) ?? 0
const NO_WAIT = (fs.constants.O_NONBLOCK as number | undefined) ?? 0
const FLAGS: Record<OpenMode, number> = {
  read: fs.constants.O_RDONLY | NO_FOLLOW | NO_WAIT,
  write: fs.constants.O_RDWR | NO_FOLLOW | NO_WAIT,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL | NO_FOLLOW,
}
/** Said of a time that a disk has no room for. */
const CANNOT_HOLD: ReadonlySet<string> = new Set(['EINVAL', 'ERANGE', 'EOVERFLOW'])
const MAYBE = { throwIfNoEntry: false } as const
/** What Node puts in place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd'

interface NodeFile extends OpenFile {
  readonly fd: number
}

/**
 * The disk through `node:fs`. On Linux directories are held open and entries reached as `/proc/self/fd/N/name`, which is
 * what openat does; elsewhere every directory on the way is looked at right before, which leaves a moment.
 */
export class NodeFilesystem implements Filesystem {
  readonly platform: Filesystem['platform']
  readonly #places: Places

  constructor(places: Places = canUseDescriptors() ? descriptorPlaces : pathPlaces) {
    this.#places = places
    this.platform = process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'macos' : 'linux'
  }

  openRoot(path: string): Dir {
    return this.#places.root(toNamespacedPath(fs.realpathSync.native(path)))
  }

  openDir(dir: Dir, name: string): Dir {
    return this.#places.open(dir as NodeDir, name)
  }

  closeDir(dir: Dir): void {
    this.#places.close(dir as NodeDir)
  }

  statDir(dir: Dir): FileStat {
    return this.#places.stat(dir as NodeDir)
  }

  list(dir: Dir): string[] {
    return readNames(this.#places.self(dir as NodeDir)).names
  }

  survey(root: Dir, path: string): Survey {
    const base = (root as NodeDir).path
    const from = (path === '' ? base : base + sep + (sep === '/' ? path : path.replaceAll('/', sep))) + sep
    const { names, invalid } = readNames(from)
    const found = names.map((name) => {
      try {
        return fs.lstatSync(from + name, MAYBE) ?? null
      } catch (error) {
        return error as Error
      }
    })
    return { names, found, invalid }
  }

  mountPoints(root: Dir): string[] {
    return mountPoints((root as NodeDir).path)
  }

  stat(dir: Dir, name: string): FileStat | undefined {
    return fs.lstatSync(this.#at(dir, name), MAYBE)
  }

  readlink(dir: Dir, name: string): string {
    const bytes = fs.readlinkSync(this.#at(dir, name), 'buffer')
    const target = bytes.toString()
    if (target.includes(REPLACEMENT) && !Buffer.from(target).equals(bytes)) throw systemError('EILSEQ', 'readlink', name)
    return target
  }

  mkdir(dir: Dir, name: string): void {
    fs.mkdirSync(this.#at(dir, name))
  }

  rmdir(dir: Dir, name: string): void {
    fs.rmdirSync(this.#at(dir, name))
  }

  unlink(dir: Dir, name: string): void {
    fs.unlinkSync(this.#at(dir, name))
  }

  link(from: Dir, name: string, to: Dir, newName: string): void {
    fs.linkSync(this.#at(from, name), this.#at(to, newName))
  }

  rename(from: Dir, name: string, to: Dir, newName: string): void {
    fs.renameSync(this.#at(from, name), this.#at(to, newName))
  }

  symlink(dir: Dir, name: string, target: string): void {
    fs.symlinkSync(target, this.#at(dir, name))
  }

  setMode(dir: Dir, name: string, mode: number): void {
    this.#places.within(dir as NodeDir, name, (path, isLink) => {
      if (isLink) throw systemError('EINVAL', 'chmod', name)
      fs.chmodSync(path, mode)
    })
  }

  setTime(dir: Dir, name: string, mtime: number): void {
    this.#places.within(dir as NodeDir, name, (path, isLink) => {
      const time = diskSeconds(mtime)
      asFarAsHeld(() => {
        if (isLink) fs.lutimesSync(this.#at(dir, name), time, time)
        else fs.utimesSync(path, time, time)
      })
    })
  }

  open(dir: Dir, name: string, mode: OpenMode): OpenFile {
    const path = this.#at(dir, name)
    const before = NO_FOLLOW === 0 && mode !== 'create' ? fs.lstatSync(path) : undefined
    if (before !== undefined && kindOf(before) === 'symlink') throw systemError('ELOOP', 'open', name)
    const fd = fs.openSync(path, FLAGS[mode], 0o600)
    const file: NodeFile = { isDir: false, fd }
    if (mode === 'create') return file
    const found = fs.fstatSync(fd)
    const kind = kindOf(found)
    if (kind === 'file' && (before === undefined || before.ino === found.ino)) return file
    fs.closeSync(fd)
    throw systemError(kind === 'directory' ? 'EISDIR' : 'ENXIO', 'open', name)
  }

  close(file: OpenFile): void {
    fs.closeSync((file as NodeFile).fd)
  }

  statFile(file: OpenFile): FileStat {
    const stat = fs.fstatSync((file as NodeFile).fd)
    const { mtimeNs } = fs.fstatSync((file as NodeFile).fd, { bigint: true })
    const mtimeUs = microsecondsOf(mtimeNs)
    // One that came between the two looks is another time.
    return Math.abs(mtimeUs - microsecondsIn(stat.mtimeMs)) <= 1 ? Object.assign(stat, { mtimeUs }) : stat
  }

  read(file: OpenFile, into: Uint8Array, position: number): number {
    let done = 0
    while (done < into.length) {
      const count = fs.readSync((file as NodeFile).fd, into, done, into.length - done, position + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  write(file: OpenFile, bytes: Uint8Array, position: number): void {
    let done = 0
    while (done < bytes.length) {
      done += fs.writeSync((file as NodeFile).fd, bytes, done, bytes.length - done, position + done)
    }
  }

  truncate(file: OpenFile, size: number): void {
    fs.ftruncateSync((file as NodeFile).fd, size)
  }

  setFile(file: OpenFile, mode: number, mtime: number): void {
    const { fd } = file as NodeFile
    fs.fchmodSync(fd, mode)
    const time = diskSeconds(mtime)
    asFarAsHeld(() => fs.futimesSync(fd, time, time))
  }

  flush(items: readonly (OpenFile | Dir)[]): Promise<void> {
    return flushAll(items.map((item) => (item.isDir ? this.#places.flush(item as NodeDir) : { fd: (item as NodeFile).fd })))
  }

  space(dir: Dir): { freeBytes: number; totalBytes: number } {
    const { bavail, blocks, bsize } = fs.statfsSync(this.#places.self(dir as NodeDir))
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  }

  #at(dir: Dir, name: string): string {
    return this.#places.at(dir as NodeDir, name)
  }
}

/** `/proc` may be missing in a container. */
function canUseDescriptors(): boolean {
  return process.platform === 'linux' && fs.existsSync('/proc/self/fd')
}

function readNames(path: string): { names: string[]; invalid: string[] } {
  const names = fs.readdirSync(path)
  if (!names.some((name) => name.includes(REPLACEMENT) || !name.isWellFormed())) return { names, invalid: [] }
  const valid: string[] = []
  const invalid: string[] = []
  for (const bytes of fs.readdirSync(path, { encoding: 'buffer' })) {
    const name = bytes.toString()
    if (name.isWellFormed() && Buffer.from(name).equals(bytes)) valid.push(name)
    else invalid.push(name.toWellFormed())
  }
  return { names: valid, invalid }
}

/** Most disks take the nearest time they can hold for one they cannot; where they refuse, the entry keeps the time it has. */
export function asFarAsHeld(set: () => void): void {
  try {
    set()
  } catch (error) {
    if (!CANNOT_HOLD.has(errnoOf(error) ?? '')) throw error
  }
}

function systemError(code: string, call: string, name: string): Error {
  return Object.assign(new Error(`${code}: ${call} '${name}'`), { code })
}
