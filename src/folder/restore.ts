import { basename, dirname, join } from 'node:path'
import { errnoOf, HoldfastError, messageOf, systemWords } from '#base'
import { baseName, parentPath, pathFault } from '#model'
import { inArchive } from './archive.ts'
import { readArchivePlace } from './archive-name.ts'
import { copyFile } from './copy-file.ts'
import { kindOf } from './filesystem.ts'
import { putNew } from './put-new.ts'
import { isMissing, TMP, Tree, type Place } from './tree.ts'

const COPY_NAME = '~restore'

/** Copies what is in the archive under `name` to its old path, or to an absolute one; never over anything. Resolves to the absolute path. */
export async function restoreArchived(tree: Tree, root: string, name: string, to: string | null): Promise<string> {
  const from = find(tree, name)
  if (to === null) {
    const { path } = from
    await bring(
      tree,
      from,
      { dir: tree.make(parentPath(path)), name: baseName(path) },
      { dir: tree.make(TMP), name: COPY_NAME },
      path,
    )
    return join(root, path)
  }
  const target = openTarget(tree, to)
  try {
    const { root: dir } = target
    await bring(target, from, { dir, name: basename(to) }, { dir, name: `${COPY_NAME}.holdfast` }, to)
  } finally {
    target.close()
  }
  return to
}

function find(tree: Tree, name: string): Place & { path: string } {
  const place = { directory: parentPath(name), file: baseName(name) }
  const path = readArchivePlace(place)?.path
  try {
    if (path === undefined || pathFault(name) !== undefined || pathFault(path) !== undefined) throw missing(name)
    const dir = tree.dir(inArchive(place.directory))
    if (tree.fs.stat(dir, place.file) === undefined) throw missing(name)
    return { dir, name: place.file, path }
  } catch (error) {
    throw isMissing(error) ? missing(name) : error
  }
}

function openTarget(tree: Tree, to: string): Tree {
  try {
    return new Tree(tree.fs, dirname(to))
  } catch (cause) {
    throw new HoldfastError(
      'not-found',
      `the directory ${dirname(to)} cannot be opened: ${systemWords(errnoOf(cause), messageOf(cause))}`,
      { hint: 'make it first, or choose another place', cause },
    )
  }
}

async function bring(tree: Tree, from: Place, at: Place, copy: Place, shown: string): Promise<void> {
  const { fs } = tree
  const stat = fs.stat(from.dir, from.name)
  try {
    if (stat !== undefined && kindOf(stat) === 'symlink') {
      fs.symlink(at.dir, at.name, fs.readlink(from.dir, from.name))
    } else {
      const file = copyFile(fs, from, copy)
      tree.touchFile(file)
      await tree.flush()
      putNew(fs, copy, at)
    }
    tree.touch(at.dir)
    await tree.flush()
  } catch (cause) {
    removeIfThere(tree, copy)
    if (errnoOf(cause) !== 'EEXIST') throw cause
    const hint = 'Move it away first, or restore to another place.'
    throw new HoldfastError('exists', `something is at ${shown} already`, { hint, cause })
  }
}

function removeIfThere(tree: Tree, { dir, name }: Place): void {
  try {
    if (tree.fs.stat(dir, name) !== undefined) tree.fs.unlink(dir, name)
  } catch {
    // It stays in tmp/ until the next cleaning.
  }
}

function missing(name: string): HoldfastError {
  return new HoldfastError('not-found', `the archive holds no ${JSON.stringify(name)}`)
}
