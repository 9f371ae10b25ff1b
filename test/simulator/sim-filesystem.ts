import {
  kindOf,
  TYPE_DIRECTORY,
  TYPE_FILE,
  TYPE_SYMLINK,
  type Dir,
  type Filesystem,
  type FileStat,
  type OpenFile,
  type OpenMode,
  type Survey,
} from '#folder'
import { SimCrash, simError, type SimDisk, type SimHooks, type SimInode } from './sim-disk.ts'

interface SimDir extends Dir {
  readonly inode: SimInode
  readonly epoch: number
}

interface SimFile extends OpenFile {
  readonly inode: SimInode
  readonly epoch: number
  readonly writable: boolean
}

const OWNER_READS = 0o400
const OWNER_WRITES = 0o200
const OWNER_ENTERS = 0o100
const MAX_NAME_BYTES = 255

/**
 * What one program sees of a SimDisk: many may look at the same one. Owner's permissions count. After a crash of the disk every
 * call throws SimCrash, so that a dead device can do no more; with `lasting` (the user, who outlives it) only what was open is lost.
 */
export class SimFilesystem implements Filesystem {
  readonly platform: Filesystem['platform']
  hooks: SimHooks
  readonly #disk: SimDisk
  readonly #lasting: boolean
  readonly #epoch: number

  constructor(disk: SimDisk, { hooks = {}, lasting = false }: { hooks?: SimHooks; lasting?: boolean } = {}) {
    this.#disk = disk
    this.#lasting = lasting
    this.#epoch = disk.epoch
    this.hooks = hooks
    this.platform = disk.options.platform
  }

  openRoot(path: string): Dir {
    this.#before('openRoot', null, path)
    let inode = this.#disk.root
    for (const name of path.split('/').filter((part) => part !== '')) inode = this.#directory(inode, name, 'openRoot')
    return this.#dir(inode)
  }

  openDir(dir: Dir, name: string): Dir {
    return this.#dir(this.#directory(this.#enter('openDir', dir, name), name, 'openDir'))
  }

  closeDir(): void {}

  statDir(dir: Dir): FileStat {
    return this.#enter('statDir', dir, '').stat()
  }

  list(dir: Dir): string[] {
    return this.#names(this.#enter('list', dir, ''))
  }

  survey(root: Dir, path: string): Survey {
    let inode = this.#enter('survey', root, path)
    for (const name of path.split('/').filter((part) => part !== '')) inode = this.#directory(inode, name, 'survey')
    const names = this.#names(inode)
    return { names, found: names.map((name) => inode.entries.get(this.#disk.key(name))?.inode.stat() ?? null), invalid: [] }
  }

  mountPoints(root: Dir): string[] {
    const start = `${this.#enter('mountPoints', root, '').path}/`
    return [...this.#disk.mounts].filter((path) => path.startsWith(start)).map((path) => path.slice(start.length))
  }

  stat(dir: Dir, name: string): FileStat | undefined {
    return this.#find(this.#enter('stat', dir, name), name)?.stat()
  }

  readlink(dir: Dir, name: string): string {
    const inode = this.#existing(this.#enter('readlink', dir, name), name, 'readlink')
    if (inode.type !== TYPE_SYMLINK) throw simError('EINVAL', 'readlink', name)
    return inode.target
  }

  mkdir(dir: Dir, name: string): void {
    const directory = this.#change('mkdir', dir, name)
    this.#vacant(directory, name, 'mkdir')
    this.#disk.edit({ directory, name, inode: this.#disk.make(TYPE_DIRECTORY, 0o755, directory.dev) })
  }

  rmdir(dir: Dir, name: string): void {
    const directory = this.#change('rmdir', dir, name)
    const inode = this.#existing(directory, name, 'rmdir')
    if (inode.type !== TYPE_DIRECTORY) throw simError('ENOTDIR', 'rmdir', name)
    if (inode.entries.size > 0) throw simError('ENOTEMPTY', 'rmdir', name)
    this.#disk.edit({ directory, name, inode: null })
  }

  unlink(dir: Dir, name: string): void {
    const directory = this.#change('unlink', dir, name)
    const inode = this.#existing(directory, name, 'unlink')
    if (inode.type === TYPE_DIRECTORY) throw simError(this.platform === 'macos' ? 'EPERM' : 'EISDIR', 'unlink', name)
    this.#mustBeFree(inode, 'unlink', name)
    this.#disk.edit({ directory, name, inode: null })
  }

  link(from: Dir, name: string, to: Dir, newName: string): void {
    const source = this.#enter('link', from, name)
    const directory = this.#change('link', to, newName)
    const inode = this.#existing(source, name, 'link')
    if (!this.#disk.options.hardLinks || inode.type !== TYPE_FILE) throw simError('EPERM', 'link', name)
    this.#vacant(directory, newName, 'link')
    this.#disk.edit({ directory, name: newName, inode })
  }

  rename(from: Dir, name: string, to: Dir, newName: string): void {
    const source = this.#change('rename', from, name)
    const target = this.#writable(this.#alive(to).inode, 'rename', newName)
    this.#fit(newName, 'rename')
    const inode = this.#existing(source, name, 'rename')
    const over = this.#find(target, newName)
    this.#mustBeFree(inode, 'rename', name)
    if (over === inode) {
      // Two names of one file: nothing happens; another spelling of one name: it becomes that.
      if (source !== target || this.#disk.key(name) !== this.#disk.key(newName)) return
    } else if (over !== undefined) {
      this.#mustBeFree(over, 'rename', newName)
      if (over.type === TYPE_DIRECTORY && inode.type !== TYPE_DIRECTORY) throw simError('EISDIR', 'rename', newName)
      if (over.type !== TYPE_DIRECTORY && inode.type === TYPE_DIRECTORY) throw simError('ENOTDIR', 'rename', newName)
      if (over.entries.size > 0) throw simError('ENOTEMPTY', 'rename', newName)
    }
    for (let at: SimInode | undefined = target; at !== undefined; at = at.where?.parent) {
      if (at === inode) throw simError('EINVAL', 'rename', newName)
    }
    this.#disk.edit({ directory: source, name, inode: null }, { directory: target, name: newName, inode })
  }

  symlink(dir: Dir, name: string, target: string): void {
    const directory = this.#change('symlink', dir, name)
    this.#vacant(directory, name, 'symlink')
    const inode = this.#disk.make(TYPE_SYMLINK, 0o777, directory.dev)
    inode.target = target
    inode.size = Buffer.byteLength(target)
    this.#disk.edit({ directory, name, inode })
  }

  setMode(dir: Dir, name: string, mode: number): void {
    const inode = this.#existing(this.#enter('setMode', dir, name), name, 'setMode')
    if (inode.type === TYPE_SYMLINK) throw simError('EINVAL', 'setMode', name)
    inode.mode = mode
    this.#disk.touched(inode)
  }

  setTime(dir: Dir, name: string, mtime: number): void {
    const inode = this.#existing(this.#enter('setTime', dir, name), name, 'setTime')
    this.#disk.touched(inode)
    inode.mtimeMs = mtime / 1000
  }

  open(dir: Dir, name: string, mode: OpenMode): OpenFile {
    if (mode === 'create') {
      const directory = this.#change('open', dir, name)
      this.#vacant(directory, name, 'open')
      const inode = this.#disk.make(TYPE_FILE, 0o600, directory.dev)
      this.#disk.edit({ directory, name, inode })
      return this.#file(inode, true)
    }
    const inode = this.#existing(this.#enter('open', dir, name), name, 'open')
    const kind = kindOf(inode.stat())
    if (kind !== 'file') throw simError(kind === 'symlink' ? 'ELOOP' : kind === 'directory' ? 'EISDIR' : 'ENXIO', 'open', name)
    const needed = mode === 'read' ? OWNER_READS : OWNER_READS | OWNER_WRITES
    if ((inode.mode & needed) !== needed) throw simError('EACCES', 'open', name)
    return this.#file(inode, mode === 'write')
  }

  close(): void {}

  statFile(file: OpenFile): FileStat {
    return this.#opened('statFile', file).inode.stat()
  }

  read(file: OpenFile, into: Uint8Array, position: number): number {
    const { inode } = this.#opened('read', file)
    const bytes = inode.data.subarray(Math.min(position, inode.size), Math.min(position + into.length, inode.size))
    into.set(bytes)
    return bytes.length
  }

  write(file: OpenFile, bytes: Uint8Array, position: number): void {
    const { inode, writable } = this.#opened('write', file)
    if (!writable) throw simError('EBADF', 'write')
    this.#disk.write(inode, bytes, position)
  }

  truncate(file: OpenFile, size: number): void {
    const { inode, writable } = this.#opened('truncate', file)
    if (!writable) throw simError('EBADF', 'truncate')
    this.#disk.truncate(inode, size)
  }

  setFile(file: OpenFile, mode: number, mtime: number): void {
    const { inode } = this.#opened('setFile', file)
    inode.mode = mode
    this.#disk.touched(inode)
    inode.mtimeMs = mtime / 1000
  }

  /** Takes effect at once; the promise is only the port's. */
  async flush(items: readonly (OpenFile | Dir)[]): Promise<void> {
    for (const item of items) {
      const { inode } = item.isDir ? this.#alive(item) : this.#opened('flush', item)
      if (item.isDir) this.#before('flush', inode, '')
      if (this.hooks.losesFlush?.() !== true) this.#disk.flush(inode)
    }
  }

  space(): { freeBytes: number; totalBytes: number } {
    const totalBytes = Math.min(this.#disk.capacity, 2 ** 50)
    return { freeBytes: Math.max(0, totalBytes - this.#disk.used()), totalBytes }
  }

  #before(call: string, directory: SimInode | null, name: string): void {
    if (!this.#lasting && this.#epoch !== this.#disk.epoch) throw new SimCrash('this machine has crashed')
    this.hooks.before?.({ call, name, directory: directory?.path ?? '' })
    if (!this.#lasting && this.#epoch !== this.#disk.epoch) throw new SimCrash('this machine has crashed')
  }

  #alive(dir: Dir): SimDir {
    const open = dir as SimDir
    if (open.epoch !== this.#disk.epoch) throw new SimCrash('opened before a crash')
    return open
  }

  #dir(inode: SimInode): SimDir {
    return { isDir: true, inode, epoch: this.#disk.epoch }
  }

  #file(inode: SimInode, writable: boolean): SimFile {
    return { isDir: false, inode, writable, epoch: this.#disk.epoch }
  }

  #opened(call: string, file: OpenFile): SimFile {
    const open = file as SimFile
    this.#before(call, open.inode.where?.parent ?? null, open.inode.where?.name ?? '')
    if (open.epoch !== this.#disk.epoch) throw new SimCrash('opened before a crash')
    return open
  }

  #enter(call: string, dir: Dir, name: string): SimInode {
    const { inode } = this.#alive(dir)
    this.#before(call, inode, name)
    if ((inode.mode & OWNER_ENTERS) === 0) throw simError('EACCES', call, name)
    return inode
  }

  /** For calls that change the directory. */
  #change(call: string, dir: Dir, name: string): SimInode {
    const inode = this.#writable(this.#enter(call, dir, name), call, name)
    // Gone from the tree: nothing can be made in it.
    if (inode.nlink === 0) throw simError('ENOENT', call, name)
    return inode
  }

  #writable(inode: SimInode, call: string, name: string): SimInode {
    if ((inode.mode & OWNER_WRITES) === 0) throw simError('EACCES', call, name)
    return inode
  }

  #directory(directory: SimInode, name: string, call: string): SimInode {
    const inode = this.#existing(directory, name, call)
    if (inode.type !== TYPE_DIRECTORY) throw simError('ENOTDIR', call, name)
    return inode
  }

  #names(inode: SimInode): string[] {
    if ((inode.mode & OWNER_READS) === 0) throw simError('EACCES', 'list')
    return [...inode.entries.values()].map(({ name }) => name)
  }

  #find(directory: SimInode, name: string): SimInode | undefined {
    return directory.entries.get(this.#disk.key(name))?.inode
  }

  #existing(directory: SimInode, name: string, call: string): SimInode {
    const inode = this.#find(directory, name)
    if (inode === undefined) throw simError('ENOENT', call, name)
    return inode
  }

  #vacant(directory: SimInode, name: string, call: string): void {
    this.#fit(name, call)
    if (this.#find(directory, name) !== undefined) throw simError('EEXIST', call, name)
  }

  #fit(name: string, call: string): void {
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw simError('ENAMETOOLONG', call, name)
    if (this.platform === 'windows' && /[<>:"|?*\\]/.test(name)) throw simError('EINVAL', call, name)
  }

  #mustBeFree(inode: SimInode, call: string, name: string): void {
    if (this.platform === 'windows' && inode.held > 0) throw simError('EPERM', call, name)
  }
}
