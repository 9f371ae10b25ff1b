import type { Dir, FileKind, Filesystem, OpenFile } from '#folder'
import { baseName, parentPath, pathKey } from '#model'
import { kindOf } from '../../src/folder/filesystem.ts'
import { keyOf, linkKey, type Contents } from './contents.ts'
import { readFile, within } from './look.ts'

/** What a user's programs do to the files on one device, each act noted in the account of contents. */
export class Hand {
  readonly #disk: { readonly raw: Filesystem }
  readonly #root: string
  readonly #device: string
  readonly #contents: Contents
  /** Inodes written without a flush since the last moment when all was on disk. */
  readonly loose = new Set<number>()
  /** Inodes that were renamed: one with the same size and time is taken for unchanged without a look at its content. */
  readonly #renamed = new Set<number>()
  /** What stood at a path when the engine last looked there; `live`: nobody had given it up. Put back before it looks again, it was not edited. */
  readonly #unseen = new Map<string, { key: string; live: boolean }>()
  /** True while the engine knows nothing of this disk: what equals a version from before is that version then, whoever wrote it. */
  forgetful: () => boolean = () => false
  /** Inodes edited in such a way: before they are renamed they get another time, for the same reason. */
  readonly #sneaky = new Set<number>()

  constructor(disk: { readonly raw: Filesystem }, root: string, device: string, contents: Contents) {
    this.#disk = disk
    this.#root = root
    this.#device = device
    this.#contents = contents
  }

  get #fs(): Filesystem {
    return this.#disk.raw
  }

  /** The engine has looked at a path, or changed what is there. */
  seen(path: string): void {
    this.#unseen.delete(path)
  }

  kind(path: string): FileKind | undefined {
    try {
      return this.#at(path, (dir, name) => {
        const stat = this.#fs.stat(dir, name)
        return stat === undefined ? undefined : kindOf(stat)
      })
    } catch {
      return undefined
    }
  }

  names(path: string): string[] {
    return within(this.#fs, this.#root, path, (dir) => this.#fs.list(dir).sort())
  }

  /** The path as the disk spells it already, if it has it in another normal form. */
  spelling(path: string): string {
    const parent = parentPath(path)
    const key = pathKey(baseName(path))
    const known =
      this.kind(parent) === 'directory' || parent === '' ? this.names(parent).find((name) => pathKey(name) === key) : undefined
    return known === undefined ? path : parent === '' ? known : `${parent}/${known}`
  }

  read(path: string): Uint8Array {
    return this.#at(path, (dir, name) => readFile(this.#fs, dir, name))
  }

  /** Writes a file in place, or makes it; `keepTime`: with the modification time it had. */
  write(
    path: string,
    bytes: Uint8Array,
    { flush, keepTime = false, mode }: { flush: boolean; keepTime?: boolean; mode?: number },
  ): void {
    this.#at(path, (dir, name) => {
      const before = this.#fs.stat(dir, name)
      // The same again is a change of the time alone, which gives way to any other change.
      const again = before !== undefined && this.#key(dir, name) === keyOf(bytes)
      if (before !== undefined && !again) this.#destroyed(path, this.#key(dir, name))
      const file = this.#fs.open(dir, name, before === undefined ? 'create' : 'write')
      try {
        this.#fs.truncate(file, bytes.length)
        this.#fs.write(file, bytes, 0)
        const { ino } = this.#fs.statFile(file)
        if (before === undefined || mode !== undefined) this.#fs.setMode(dir, name, mode ?? 0o644)
        if (before !== undefined && keepTime && !this.#renamed.has(ino)) {
          this.#fs.setTime(dir, name, Math.round(before.mtimeMs * 1000))
          this.#sneaky.add(ino)
        }
        if (again) this.#contents.rewrote(this.#device, keyOf(bytes), flush)
        else this.#wrote(path, bytes, flush)
        this.#settle(path, ino, flush, file)
      } finally {
        this.#fs.close(file)
      }
    })
  }

  /** Writes a new file beside it and renames that over it, as editors do. */
  save(path: string, bytes: Uint8Array, flush: boolean): void {
    this.#at(path, (dir, name) => {
      const before = this.#fs.stat(dir, name)
      const temporary = `${name.slice(0, 20)}.tmp`
      if (this.#fs.stat(dir, temporary) !== undefined) return
      const file = this.#fs.open(dir, temporary, 'create')
      try {
        this.#fs.write(file, bytes, 0)
        this.#fs.setMode(dir, temporary, 0o644)
        if (before !== undefined) this.#destroyed(path, this.#key(dir, name))
        this.#fs.rename(dir, temporary, dir, name)
        this.#wrote(path, bytes, flush)
        this.#settle(path, this.#fs.statFile(file).ino, flush, file)
      } finally {
        this.#fs.close(file)
      }
    })
  }

  link(path: string, target: string): void {
    this.#at(path, (dir, name) => {
      this.#fs.symlink(dir, name, target)
      this.#contents.wrote(this.#device, path, { key: linkKey(target), bytes: 0, isOld: false }, false)
    })
  }

  makeDirectory(path: string): void {
    this.#at(path, (dir, name) => this.#fs.mkdir(dir, name))
  }

  /** Removes an entry with all below it. */
  remove(path: string): void {
    const kind = this.kind(path)
    if (kind === 'directory') {
      for (const name of this.names(path)) this.remove(`${path}/${name}`)
      this.#at(path, (dir, name) => this.#fs.rmdir(dir, name))
      return
    }
    this.#at(path, (dir, name) => {
      const key = this.#key(dir, name)
      this.#fs.unlink(dir, name)
      this.#destroyed(path, key)
    })
  }

  /** Renames; what is at `to` must be nothing, or a file or link that goes. */
  move(from: string, to: string, flush: boolean): void {
    this.#uncover(from)
    this.#at(from, (fromDir, fromName) =>
      this.#at(to, (toDir, toName) => {
        const over = this.#fs.stat(toDir, toName)
        const key = over === undefined ? null : this.#key(toDir, toName)
        this.#renamed.add(this.#fs.stat(fromDir, fromName)?.ino ?? 0)
        this.#fs.rename(fromDir, fromName, toDir, toName)
        if (key !== null) this.#destroyed(to, key)
      }),
    )
    if (flush) this.#flush([from, to], null)
    else this.#touched(to)
  }

  setMode(path: string, mode: number): void {
    this.#at(path, (dir, name) => this.#fs.setMode(dir, name, mode))
  }

  setTime(path: string, mtime: number): void {
    this.#at(path, (dir, name) => this.#fs.setTime(dir, name, mtime))
  }

  #uncover(path: string): void {
    if (this.kind(path) === 'directory') for (const name of this.names(path)) this.#uncover(`${path}/${name}`)
    else if (this.#at(path, (dir, name) => this.#sneaky.delete(this.#fs.stat(dir, name)?.ino ?? 0))) this.touch(path)
  }

  /** Gives a file another modification time. */
  touch(path: string): void {
    this.#at(path, (dir, name) => this.setTime(path, Math.round((this.#fs.stat(dir, name)?.mtimeMs ?? 0) * 1000) + 1_000))
  }

  #destroyed(path: string, key: string): void {
    if (!this.#unseen.has(path)) this.#unseen.set(path, { key, live: this.#contents.live.has(key) })
    this.#contents.destroyed(this.#device, key)
  }

  #wrote(path: string, bytes: Uint8Array, flush: boolean): void {
    const key = keyOf(bytes)
    this.#contents.filled(key, bytes)
    const before = this.#unseen.get(path)
    const isOld = (before?.key === key && !before.live) || (this.forgetful() && this.#contents.known(key) !== undefined)
    this.#contents.wrote(this.#device, path, { key, bytes: bytes.length, isOld }, flush)
  }

  /** A power cut may undo a rename that was not flushed, and with it the contents below. */
  #touched(path: string): void {
    const kind = this.kind(path)
    if (kind === 'directory') for (const name of this.names(path)) this.#touched(`${path}/${name}`)
    else if (kind !== undefined) this.#at(path, (dir, name) => this.#contents.loosened(this.#device, this.#key(dir, name)))
  }

  #settle(path: string, ino: number, flush: boolean, file: OpenFile): void {
    if (flush) this.#flush([path], file)
    else this.loose.add(ino)
  }

  /** Brings a file and the directories on the way to the paths to the disk for good. */
  #flush(paths: string[], file: OpenFile | null): void {
    const above = new Set<string>([''])
    for (const path of paths) for (let at = parentPath(path); at !== ''; at = parentPath(at)) above.add(at)
    if (file !== null) void this.#fs.flush([file])
    for (const path of above) within(this.#fs, this.#root, path, (dir) => void this.#fs.flush([dir]))
  }

  #key(dir: Dir, name: string): string {
    const stat = this.#fs.stat(dir, name)
    if (stat !== undefined && kindOf(stat) === 'symlink') return linkKey(this.#fs.readlink(dir, name))
    return keyOf(readFile(this.#fs, dir, name))
  }

  #at<T>(path: string, work: (dir: Dir, name: string) => T): T {
    return within(this.#fs, this.#root, parentPath(path), (dir) => work(dir, baseName(path)))
  }
}
