import { kindOf, type Dir, type Filesystem } from '#folder'
import { baseName, OWN_DIRECTORY, parentPath } from '#model'

/** A user at work in a folder: text files by path, directories made as needed. */
export class User {
  readonly fs: Filesystem
  readonly root: string

  constructor(fs: Filesystem, root: string) {
    this.fs = fs
    this.root = root
  }

  /** Writes in place, or makes the file. */
  write(path: string, content: string | Uint8Array): void {
    this.mkdir(parentPath(path))
    this.at(path, (dir, name) => {
      const isThere = this.fs.stat(dir, name) !== undefined
      const file = this.fs.open(dir, name, isThere ? 'write' : 'create')
      this.fs.truncate(file, 0)
      this.fs.write(file, Buffer.from(content), 0)
      this.fs.close(file)
      if (!isThere) this.fs.setMode(dir, name, 0o644)
    })
  }

  /** Writes beside it and renames over it, as editors do. */
  save(path: string, content: string): void {
    this.write(`${path}.new`, content)
    this.rename(`${path}.new`, path)
  }

  read(path: string): string {
    return this.at(path, (dir, name) => {
      const file = this.fs.open(dir, name, 'read')
      const bytes = Buffer.alloc(this.fs.statFile(file).size)
      this.fs.read(file, bytes, 0)
      this.fs.close(file)
      return bytes.toString()
    })
  }

  mkdir(path: string): void {
    if (path === '' || this.kind(path) === 'directory') return
    this.mkdir(parentPath(path))
    this.at(path, (dir, name) => this.fs.mkdir(dir, name))
  }

  symlink(path: string, target: string): void {
    this.mkdir(parentPath(path))
    this.at(path, (dir, name) => this.fs.symlink(dir, name, target))
  }

  rename(from: string, to: string): void {
    this.at(from, (fromDir, fromName) => this.at(to, (toDir, toName) => this.fs.rename(fromDir, fromName, toDir, toName)))
  }

  remove(path: string): void {
    if (this.kind(path) === 'directory') {
      for (const name of this.names(path)) this.remove(`${path}/${name}`)
      this.at(path, (dir, name) => this.fs.rmdir(dir, name))
    } else {
      this.at(path, (dir, name) => this.fs.unlink(dir, name))
    }
  }

  chmod(path: string, mode: number): void {
    this.at(path, (dir, name) => this.fs.setMode(dir, name, mode))
  }

  touch(path: string, mtime: number): void {
    this.at(path, (dir, name) => this.fs.setTime(dir, name, mtime))
  }

  kind(path: string): string | undefined {
    try {
      return this.at(path, (dir, name) => {
        const stat = this.fs.stat(dir, name)
        return stat === undefined ? undefined : kindOf(stat)
      })
    } catch {
      return undefined
    }
  }

  names(path: string): string[] {
    return this.within(path, (dir) => this.fs.list(dir).sort())
  }

  /** What a person sees: content of files, `→ target` of links, `/` for directories. Without `.holdfast` unless it is asked for. */
  tree(under = ''): Record<string, string> {
    const shown: Record<string, string> = {}
    for (const name of this.names(under)) {
      const path = under === '' ? name : `${under}/${name}`
      if (path === OWN_DIRECTORY) continue
      const kind = this.kind(path)
      if (kind === 'directory') {
        shown[path] = '/'
        Object.assign(shown, this.tree(path))
      } else if (kind === 'symlink') {
        shown[path] = `→ ${this.at(path, (dir, base) => this.fs.readlink(dir, base))}`
      } else {
        shown[path] = this.read(path)
      }
    }
    return shown
  }

  /** Contents in the archive, sorted. */
  archived(): string[] {
    return Object.values(this.tree(`${OWN_DIRECTORY}/archive`))
      .filter((content) => content !== '/')
      .sort()
  }

  at<T>(path: string, run: (dir: Dir, name: string) => T): T {
    return this.within(parentPath(path), (dir) => run(dir, baseName(path)))
  }

  within<T>(path: string, run: (dir: Dir) => T): T {
    const open = [this.fs.openRoot(this.root)]
    try {
      for (const name of path === '' ? [] : path.split('/')) open.push(this.fs.openDir(open.at(-1)!, name))
      return run(open.at(-1)!)
    } finally {
      for (const dir of open.reverse()) this.fs.closeDir(dir)
    }
  }
}
