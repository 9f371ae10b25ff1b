import type { Dir, Filesystem } from '#folder'
import { OWN_DIRECTORY, type DiskKind } from '#model'
import { kindOf } from '../../src/folder/filesystem.ts'
import { keyOf, linkKey, type ContentKey } from './contents.ts'

/** An entry as anybody sees it who looks at the disk. */
export interface Entry {
  kind: DiskKind
  /** Permission bits; 0 for links. */
  mode: number
  /** Microseconds; 0 for directories. */
  mtime: number
  ino: number
  size: number
  /** null for directories. */
  content: ContentKey | null
}

export type Tree = Map<string, Entry>

/** Opens the directory at `path` below `root` for the time of `work`. */
export function within<T>(fs: Filesystem, root: string, path: string, work: (dir: Dir) => T): T {
  const open: Dir[] = [fs.openRoot(root)]
  try {
    for (const name of path === '' ? [] : path.split('/')) open.push(fs.openDir(open.at(-1)!, name))
    return work(open.at(-1)!)
  } finally {
    for (const dir of open.reverse()) fs.closeDir(dir)
  }
}

export function readFile(fs: Filesystem, dir: Dir, name: string): Uint8Array {
  const file = fs.open(dir, name, 'read')
  try {
    const bytes = new Uint8Array(fs.statFile(file).size)
    return bytes.subarray(0, fs.read(file, bytes, 0))
  } finally {
    fs.close(file)
  }
}

/** All that is below `root`, by path; Holdfast's own directory only with `own`, and then nothing else. */
export function look(fs: Filesystem, root: string, own = false): Tree {
  const tree: Tree = new Map()
  const visit = (dir: Dir, prefix: string): void => {
    for (const name of fs.list(dir).sort()) {
      if (prefix === '' && (name === OWN_DIRECTORY) !== own) continue
      const stat = fs.stat(dir, name)
      if (stat === undefined) continue
      const path = prefix + name
      const kind = kindOf(stat)
      const { ino, size } = stat
      const mtime = Math.round(stat.mtimeMs * 1000)
      if (kind === 'directory') {
        tree.set(path, { kind, mode: stat.mode & 0o777, mtime: 0, ino, size: 0, content: null })
        const below = fs.openDir(dir, name)
        try {
          visit(below, `${path}/`)
        } finally {
          fs.closeDir(below)
        }
      } else if (kind === 'symlink') {
        tree.set(path, { kind, mode: 0, mtime, ino, size: 0, content: linkKey(fs.readlink(dir, name)) })
      } else if (kind === 'file') {
        tree.set(path, { kind, mode: stat.mode & 0o777, mtime, ino, size, content: keyOf(readFile(fs, dir, name)) })
      }
    }
  }
  within(fs, root, '', (dir) => visit(dir, ''))
  return tree
}

/** Contents in the archive. */
export function archivedContents(fs: Filesystem, root: string): Set<ContentKey> {
  const contents = new Set<ContentKey>()
  for (const [path, { content }] of look(fs, root, true)) {
    if (path.startsWith(`${OWN_DIRECTORY}/archive/`) && content !== null) contents.add(content)
  }
  return contents
}

export function contentsOf(tree: Tree): Set<ContentKey> {
  return new Set([...tree.values()].flatMap(({ content }) => (content === null ? [] : [content])))
}
