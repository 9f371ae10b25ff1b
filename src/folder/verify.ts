import { errnoOf } from '#base'
import { baseName, parentPath, pathFault } from '#model'
import { isStill } from './expected.ts'
import type { Expected } from './folder-disk.ts'
import { touchEntry } from './touch-entry.ts'
import { isMissing, type Tree } from './tree.ts'
import { mayHaveTwin } from './twins.ts'

/** Entries open at once. */
const FLUSHED_AT_ONCE = 256

/**
 * For each path: is there now just what is expected? What cannot be looked at is not, nor is any of `unflushed` that cannot be made
 * durable now.
 */
export async function verifyEntries(
  tree: Tree,
  items: readonly { path: string; expected: Expected }[],
  { foldsCase, unflushed }: { foldsCase: boolean; unflushed: readonly string[] },
): Promise<boolean[]> {
  const failed = new Set((await areFlushed(tree, unflushed)) ? [] : unflushed)
  const lists = new Map<string, readonly string[]>()
  const isListed = (path: string): boolean => {
    const parent = parentPath(path)
    const names = lists.get(parent) ?? tree.fs.list(tree.dir(parent))
    lists.set(parent, names)
    return names.includes(baseName(path))
  }
  return items.map(({ path, expected }) => {
    if (pathFault(path) !== undefined || failed.has(path)) return false
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

/** Makes what is at the paths, or is gone from there, durable, with the directories on the way. */
async function areFlushed(tree: Tree, paths: readonly string[]): Promise<boolean> {
  try {
    for (let from = 0; from < paths.length; from += FLUSHED_AT_ONCE) {
      for (const path of paths.slice(from, from + FLUSHED_AT_ONCE))
        for (let at = path; at !== ''; at = parentPath(at)) touch(tree, at)
      await tree.flush()
    }
    return true
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return false
  }
}

function touch(tree: Tree, path: string): void {
  try {
    touchEntry(tree, path)
  } catch (error) {
    // A directory that is gone, too: the one that it was in tells of that.
    if (!isMissing(error)) throw error
  }
}
