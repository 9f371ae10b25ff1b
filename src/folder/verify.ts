import { baseName, parentPath, pathFault } from '#model'
import { isStill } from './expected.ts'
import type { Expected } from './folder-disk.ts'
import type { Tree } from './tree.ts'
import { mayHaveTwin } from './twins.ts'

/** For each path: is there now just what is expected? What cannot be looked at is not. */
export function verifyEntries(tree: Tree, items: readonly { path: string; expected: Expected }[], foldsCase: boolean): boolean[] {
  const lists = new Map<string, readonly string[]>()
  const isListed = (path: string): boolean => {
    const parent = parentPath(path)
    const names = lists.get(parent) ?? tree.fs.list(tree.dir(parent))
    lists.set(parent, names)
    return names.includes(baseName(path))
  }
  return items.map(({ path, expected }) => {
    if (pathFault(path) !== undefined) return false
    try {
      const found = tree.stat(path)
      if (isStill(expected, found)) return true
      // The disk may have found an entry by another spelling of its name: this one is gone all the same.
      return expected === null && found !== undefined && mayHaveTwin(baseName(path), foldsCase) && !isListed(path)
    } catch {
      return false
    }
  })
}
