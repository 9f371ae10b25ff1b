import { lstat, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { errnoOf, HoldfastError, makeDirectories, messageOf, shellWord, systemWords, toErrorShape } from '#base'

/** Directories that a folder's place must be apart from. */
export interface TakenPlaces {
  home: string
  folders: readonly { name: string; path: string }[]
}

/**
 * The real path of a directory that may become a folder. Throws `not-found` where nothing is (unless `create`), `usage` for what
 * is no directory, `exists` for one that is shared already, `denied` inside or around another folder or Holdfast's own home.
 */
export async function folderPlace(path: string, taken: TakenPlaces, options: { create: boolean }): Promise<string> {
  if (!isAbsolute(path))
    throw new HoldfastError('usage', `the path ${path} is not absolute`, {
      reason: 'path-not-absolute',
      values: { path },
      hint: 'write all of it, from the root of the disk on',
    })
  if (options.create) await checkApart(await nearestReal(path), path, taken)
  const found = await stat(path).catch((error: unknown) => absent(error))
  if (found === null) {
    if (!options.create)
      throw new HoldfastError('not-found', `there is no directory at ${path}`, {
        reason: 'no-directory',
        values: { path },
        hint: 'make it first, or check the path',
      })
    make(path)
  } else if (!found.isDirectory()) {
    throw new HoldfastError('usage', `${path} is not a directory`, {
      reason: 'not-a-directory',
      values: { path },
      hint: 'share the directory it is in',
    })
  }
  const real = await realpath(path)
  await checkApart(real, path, taken)
  return real
}

function make(path: string): void {
  try {
    makeDirectories(path)
  } catch (cause) {
    const { code } = toErrorShape(cause)
    const why = systemWords(errnoOf(cause), messageOf(cause))
    throw new HoldfastError(code === 'not-found' ? 'denied' : code, `no directory can be made at ${path}: ${why}`, {
      reason: 'cannot-make-directory',
      values: { path, system: errnoOf(cause) ?? '' },
      hint: 'choose another place, or give this user the right to write there',
      cause,
    })
  }
}

async function checkApart(real: string, path: string, { home, folders }: TakenPlaces): Promise<void> {
  if (dirname(real) === real)
    throw new HoldfastError('denied', `${path} is the root of a disk`, {
      reason: 'root-of-disk',
      values: { path },
      hint: 'share a directory on it',
    })
  const realHome = await realpath(home)
  if (within(real, realHome) || within(realHome, real)) {
    throw new HoldfastError('denied', `${path} overlaps Holdfast's own home ${home}`, {
      reason: 'overlaps-home',
      values: { path, home },
      hint: 'share another directory',
    })
  }
  for (const folder of folders) {
    const other = await realpath(folder.path).catch(() => folder.path)
    if (real === other)
      throw new HoldfastError('exists', `${path} is shared already, as ${folder.name}`, {
        reason: 'shared-already',
        values: { path, folder: folder.name },
        hint: 'share another directory',
      })
    if (within(real, other)) {
      throw new HoldfastError('denied', `${path} is inside the folder ${folder.name} (${folder.path})`, {
        reason: 'inside-folder',
        values: { path, folder: folder.name },
        hint: 'it is kept the same as part of that one',
      })
    }
    if (within(other, real)) {
      throw new HoldfastError('denied', `the folder ${folder.name} (${folder.path}) is inside ${path}`, {
        reason: 'around-folder',
        values: { path, folder: folder.name },
        hint: `share another directory, or end that folder here first: holdfast folder leave ${shellWord(folder.name)}`,
      })
    }
  }
  const own = real.split(sep).find((name) => name.toLowerCase() === '.holdfast')
  if (own !== undefined)
    throw new HoldfastError('denied', `${path} is inside a folder's own ${own} directory`, {
      reason: 'inside-own-directory',
      values: { path },
      hint: 'share another directory',
    })
}

/** What a path not yet there would really be, below the nearest directory that is. */
async function nearestReal(path: string): Promise<string> {
  const found = await lstat(path).catch((error: unknown) => absent(error))
  if (found !== null) return realpath(path)
  const parent = dirname(path)
  return parent === path ? path : join(await nearestReal(parent), basename(path))
}

function absent(error: unknown): null {
  if (errnoOf(error) === 'ENOENT') return null
  throw error
}

function within(inner: string, outer: string): boolean {
  const way = relative(outer, inner)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}
