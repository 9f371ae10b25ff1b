import { errnoOf } from '#base'
import { kindOf } from './filesystem.ts'
import type { Tree } from './tree.ts'

/** The next flush makes the entry durable with its metadata, and its name. */
export function touchEntry(tree: Tree, path: string): void {
  const { dir, name } = tree.place(path)
  tree.touch(dir)
  try {
    const stat = tree.fs.stat(dir, name)
    if (stat === undefined || kindOf(stat) === 'symlink') return
    if (kindOf(stat) === 'directory') tree.touch(tree.dir(path))
    // Windows flushes only what may be written to.
    else tree.touchFile(tree.fs.open(dir, name, tree.fs.platform === 'windows' ? 'write' : 'read'))
  } catch (error) {
    // Permissions that keep even us from opening it: the flush of its directory has to do.
    if (errnoOf(error) !== 'EACCES' && errnoOf(error) !== 'EPERM') throw error
  }
}
