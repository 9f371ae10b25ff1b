import fs from 'node:fs'
import { join } from 'node:path'
import { kindOf, type Dir, type FileStat } from './filesystem.ts'

/** A directory of the real disk. */
export interface NodeDir extends Dir {
  /** Absolute; where it was when it was opened. */
  readonly path: string
  /** Held open; -1 where names are used instead. */
  readonly fd: number
  readonly parent: NodeDir | undefined
  readonly ino: number
}

/** How an entry of an open directory is reached without ever following a link. */
export interface Places {
  root(path: string): NodeDir
  open(dir: NodeDir, name: string): NodeDir
  close(dir: NodeDir): void
  stat(dir: NodeDir): FileStat
  /** The path of `name` in `dir`, good for one call that does not follow a link at its end. */
  at(dir: NodeDir, name: string): string
  /** The path of `dir` itself. */
  self(dir: NodeDir): string
  /** Calls `run` with a path by which the entry's own inode can be changed, or, for a link, with `isLink`. */
  within(dir: NodeDir, name: string, run: (path: string, isLink: boolean) => void): void
  /** What to fsync: a descriptor, one to close afterwards, or nothing. */
  flush(dir: NodeDir): Flushing | undefined
}

export interface Flushing {
  fd: number
  close?: boolean
}

const DIRECTORY = fs.constants.O_RDONLY | ((fs.constants.O_DIRECTORY as number | undefined) ?? 0)
const NO_FOLLOW = (fs.constants.O_NOFOLLOW as number | undefined) ?? 0
/** Linux: a descriptor that only names an inode, and needs no permission on it. Node has no constant for it. */
const O_PATH = 0o10000000
const DESCRIPTORS = '/proc/self/fd/'

/** Linux: `/proc/self/fd/N/name` starts at the open directory itself, wherever that has been moved to. */
export const descriptorPlaces: Places = {
  root(path) {
    return held(path, undefined, fs.openSync(path, DIRECTORY))
  },
  open(dir, name) {
    return held(`${dir.path}/${name}`, dir, fs.openSync(`${DESCRIPTORS}${dir.fd}/${name}`, DIRECTORY | NO_FOLLOW))
  },
  close(dir) {
    fs.closeSync(dir.fd)
  },
  stat(dir) {
    return fs.fstatSync(dir.fd)
  },
  at(dir, name) {
    return `${DESCRIPTORS}${dir.fd}/${name}`
  },
  self(dir) {
    return `${DESCRIPTORS}${dir.fd}/.`
  },
  within(dir, name, run) {
    const fd = fs.openSync(`${DESCRIPTORS}${dir.fd}/${name}`, O_PATH | NO_FOLLOW)
    try {
      run(DESCRIPTORS + fd, kindOf(fs.fstatSync(fd)) === 'symlink')
    } finally {
      fs.closeSync(fd)
    }
  },
  flush(dir) {
    return { fd: dir.fd }
  },
}

function held(path: string, parent: NodeDir | undefined, fd: number): NodeDir {
  return { isDir: true, path, fd, parent, ino: 0 }
}

/** Elsewhere: by names, after a look at every directory on the way; one that is no longer the one opened is an error. */
export const pathPlaces: Places = {
  root(path) {
    return named(path, undefined)
  },
  open(dir, name) {
    confirm(dir)
    return named(join(dir.path, name), dir)
  },
  close() {},
  stat(dir) {
    return fs.lstatSync(dir.path)
  },
  at(dir, name) {
    confirm(dir)
    return join(dir.path, name)
  },
  self(dir) {
    confirm(dir)
    return dir.path
  },
  within(dir, name, run) {
    confirm(dir)
    const path = join(dir.path, name)
    run(path, kindOf(fs.lstatSync(path)) === 'symlink')
  },
  flush(dir) {
    // Windows has no fsync for directories: NTFS logs their changes in order.
    if (process.platform === 'win32') return undefined
    // One that is gone needs none: that it went is its parent's to keep.
    if (fs.lstatSync(dir.path, { throwIfNoEntry: false })?.ino !== dir.ino) return undefined
    return { fd: fs.openSync(dir.path, DIRECTORY | NO_FOLLOW), close: true }
  },
}

function named(path: string, parent: NodeDir | undefined): NodeDir {
  const stat = fs.lstatSync(path)
  if (kindOf(stat) !== 'directory') throw Object.assign(new Error(`ENOTDIR: '${path}'`), { code: 'ENOTDIR' })
  return { isDir: true, path, fd: -1, parent, ino: stat.ino }
}

function confirm(dir: NodeDir): void {
  if (dir.parent !== undefined) confirm(dir.parent)
  const stat = fs.lstatSync(dir.path)
  if (kindOf(stat) !== 'directory' || stat.ino !== dir.ino) {
    throw Object.assign(new Error(`ENOTDIR: '${dir.path}' was replaced`), { code: 'ENOTDIR' })
  }
}
