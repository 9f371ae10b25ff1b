import { errnoOf, type Clock } from '#base'
import { parentPath, recordTime } from '#model'
import type { Archive } from './archive.ts'
import { isExpected, sameButChangeTime, type Left } from './expected.ts'
import { kindOf, type FileStat } from './filesystem.ts'
import type { ArchiveEntry, Step } from './folder-disk.ts'
import { hasStrangers } from './move-tree.ts'
import { patiently } from './patience.ts'
import { putNew } from './put-new.ts'
import { checkStagedName } from './stage.ts'
import { changed, StepFault } from './step-fault.ts'
import { touchEntry } from './touch-entry.ts'
import { TMP, type Place, type Tree } from './tree.ts'

/** On their way into place. */
const STAGED_LINK = '~link'
const STAGED_DIRECTORY = '~directory'
const MODE_BITS = 0o777
const OWNER_WRITES = 0o200
const OWNER_ALL = 0o700

/** A step in the doing. */
export interface Doing {
  tree: Tree
  clock: Clock
  archive: Archive
  /** Where the step's path is, its parent open. */
  at: Place
  /** What is there, which is what was expected. */
  found: FileStat | undefined
  /** A file that is to move and has its new name already, durably, beside the old one. */
  linked: FileStat | undefined
  /** Makes durable what was touched. */
  flush(): Promise<void>
}

/** What a step did. */
export interface Taken {
  /** What it moved into the archive itself. */
  archived?: ArchiveEntry | undefined
  /** What is at the path unless somebody has edited it since. */
  left?: Left | undefined
  /** More than was known moved along. */
  strangers?: boolean
}

type StepOf<Verb extends Step['do']> = Extract<Step, { do: Verb }>

/** Does the step. Throws a StepFault or a system error when it did not happen. */
export async function takeStep(doing: Doing, step: Step): Promise<Taken> {
  switch (step.do) {
    case 'place':
      return await place(doing, step)
    case 'directory':
      return { archived: await makeDirectory(doing, step) }
    case 'symlink':
      return await makeLink(doing, step)
    case 'move':
      return await move(doing, step)
    case 'tree':
      return await moveTree(doing, step)
    case 'remove':
      return { archived: await remove(doing, step) }
    case 'metadata':
      return { left: setMetadata(doing, step) }
  }
}

async function place(doing: Doing, step: StepOf<'place'>): Promise<Taken> {
  checkStagedName(step.staged)
  const { tree } = doing
  const from = { dir: tree.make(TMP), name: step.staged }
  try {
    await put(doing, step.path, from, [parentPath(step.path)])
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || tree.fs.stat(from.dir, from.name) !== undefined) throw error
    throw new StepFault('gone', `the staged file ${step.staged} is not there`)
  }
  return { left: { size: step.size, mtime: step.mtime } }
}

/** Brings a file to the step's path: over a file or link in one step, else to where nothing is. */
async function put(doing: Doing, path: string, from: Place, directories: readonly string[]): Promise<void> {
  const { tree, clock, at, found } = doing
  await clearDirectory(doing, path)
  const isOver = found !== undefined && kindOf(found) !== 'directory'
  await writing(tree, clock, directories, () => {
    if (isOver) tree.fs.rename(from.dir, from.name, at.dir, at.name)
    else putNew(tree.fs, from, at)
  })
  tree.touch(at.dir)
}

async function makeDirectory(doing: Doing, step: StepOf<'directory'>): Promise<ArchiveEntry | undefined> {
  const { tree, at, found } = doing
  let archived: ArchiveEntry | undefined
  if (found === undefined) {
    await writing(tree, doing.clock, [parentPath(step.path)], () => tree.fs.mkdir(at.dir, at.name))
    tree.touch(at.dir)
  } else if (kindOf(found) !== 'directory') {
    // All that can fail for want of space comes before the old entry goes.
    const tmp = tree.make(TMP)
    if (tree.fs.stat(tmp, STAGED_DIRECTORY) !== undefined) tree.fs.rmdir(tmp, STAGED_DIRECTORY)
    tree.fs.mkdir(tmp, STAGED_DIRECTORY)
    archived = await takeAway(doing, step.path, found, step.archiveAs)
    await writing(tree, doing.clock, [parentPath(step.path)], () => tree.fs.rename(tmp, STAGED_DIRECTORY, at.dir, at.name))
  }
  tree.fs.setMode(at.dir, at.name, step.mode)
  touchEntry(tree, step.path)
  return archived
}

async function makeLink(doing: Doing, step: StepOf<'symlink'>): Promise<Taken> {
  const { tree, clock, at, found } = doing
  const { fs } = tree
  await clearDirectory(doing, step.path)
  const isOver = found !== undefined && kindOf(found) !== 'directory'
  const tmp = tree.make(TMP)
  if (isOver) {
    if (fs.stat(tmp, STAGED_LINK) !== undefined) fs.unlink(tmp, STAGED_LINK)
    fs.symlink(tmp, STAGED_LINK, step.target)
    fs.setTime(tmp, STAGED_LINK, step.mtime)
  }
  await writing(tree, clock, [parentPath(step.path)], () => {
    if (isOver) return fs.rename(tmp, STAGED_LINK, at.dir, at.name)
    fs.symlink(at.dir, at.name, step.target)
    fs.setTime(at.dir, at.name, step.mtime)
  })
  tree.touch(at.dir)
  return { left: { size: null, mtime: step.mtime } }
}

async function move(doing: Doing, step: StepOf<'move'>): Promise<Taken> {
  const { tree, clock, at, found, linked } = doing
  const { fs } = tree
  const from = tree.place(step.from)
  const moved = fs.stat(from.dir, from.name)
  const isKnown = linked === undefined ? isExpected(step.fromExpected, moved) : moved && sameButChangeTime(linked, moved)
  if (moved === undefined || isKnown !== true) throw changed(step.from)
  if (linked !== undefined) {
    await writing(tree, clock, [parentPath(step.from)], () => fs.unlink(from.dir, from.name))
    tree.touch(from.dir)
    return { left: setMetadata(doing, step, moved) }
  }
  const kind = kindOf(moved)
  // Only another spelling of its own name, on a disk that takes both for one.
  const isSpelling = found === undefined && fs.stat(at.dir, at.name) !== undefined
  const directories = [parentPath(step.from), parentPath(step.path)]
  if (kind === 'file' && !isSpelling) {
    await put(doing, step.path, from, directories)
  } else {
    await clearDirectory(doing, step.path)
    await writing(tree, clock, directories, () => fs.rename(from.dir, from.name, at.dir, at.name))
  }
  tree.touch(from.dir)
  tree.touch(at.dir)
  if (kind === 'directory') tree.forget(step.from)
  return { left: setMetadata(doing, step, moved) }
}

async function moveTree({ tree, clock, at }: Doing, { from, path, entries }: StepOf<'tree'>): Promise<Taken> {
  const strangers = hasStrangers(tree, entries)
  const old = tree.place(from)
  await writing(tree, clock, [parentPath(path)], () => tree.fs.rename(old.dir, old.name, at.dir, at.name))
  tree.forget(from)
  tree.touch(at.dir)
  return { strangers }
}

async function remove(doing: Doing, step: StepOf<'remove'>): Promise<ArchiveEntry | undefined> {
  const { found } = doing
  if (found !== undefined && kindOf(found) !== 'directory') return await takeAway(doing, step.path, found, step.archiveAs)
  await clearDirectory(doing, step.path)
  return undefined
}

/** Removes an empty directory that is in the way: no system replaces one by something else in one step. */
async function clearDirectory({ tree, clock, at, found }: Doing, path: string): Promise<void> {
  if (found === undefined || kindOf(found) !== 'directory') return
  await writing(tree, clock, [parentPath(path)], () => tree.fs.rmdir(at.dir, at.name))
  tree.forget(path)
  tree.touch(at.dir)
}

/** Moves a file or link into the archive, or removes it. What turns out to be another one goes back. */
async function takeAway(
  doing: Doing,
  path: string,
  found: FileStat,
  archiveAs: string | null,
): Promise<ArchiveEntry | undefined> {
  const { tree, clock, archive, at } = doing
  tree.touch(at.dir)
  return await writing(tree, clock, [parentPath(path)], () => {
    if (archiveAs === null) {
      tree.fs.unlink(at.dir, at.name)
      return undefined
    }
    const kept = archive.take(path, found, archiveAs)
    const { at: there, stat } = archive.find(kept)
    if (stat !== undefined && sameButChangeTime(found, stat)) return kept.entry
    putNew(tree.fs, there, at)
    throw changed(path)
  })
}

/** Sets what differs from `before`, the stat of what is there; tells what is left then. */
function setMetadata(
  { tree, at, found }: Doing,
  step: { path: string; mode: number; mtime: number },
  before: FileStat | undefined = found,
): Left | undefined {
  const { fs } = tree
  if (before === undefined) throw changed(step.path)
  const kind = kindOf(before)
  const isNewTime = kind !== 'directory' && recordTime(before.mtimeMs) !== step.mtime
  const isNewMode = kind !== 'symlink' && (before.mode & MODE_BITS) !== step.mode
  if (isNewMode) fs.setMode(at.dir, at.name, step.mode)
  // The time of an edit that came by is left as it is: it is what tells of it.
  if (isNewTime && isUnedited(before, fs.stat(at.dir, at.name))) fs.setTime(at.dir, at.name, step.mtime)
  if (isNewMode || isNewTime) touchEntry(tree, step.path)
  if (kind === 'directory') return undefined
  return { size: before.size, mtime: isNewTime ? step.mtime : recordTime(before.mtimeMs) }
}

function isUnedited(before: FileStat, now: FileStat | undefined): boolean {
  return now?.size === before.size && now.mtimeMs === before.mtimeMs
}

/** Changes entries of these directories. Those that their owner may not write to get the permission for that moment. */
async function writing<T>(tree: Tree, clock: Clock, directories: readonly string[], run: () => T): Promise<T> {
  try {
    return await patiently(tree.fs.platform, clock, run)
  } catch (error) {
    if (errnoOf(error) !== 'EACCES') throw error
    const locked = lockedOf(tree, directories)
    if (locked.length === 0) throw error
    for (const { dir, name, mode } of locked) tree.fs.setMode(dir, name, mode | OWNER_ALL)
    try {
      return run()
    } finally {
      for (const { dir, name, mode } of locked) tree.fs.setMode(dir, name, mode)
    }
  }
}

function lockedOf(tree: Tree, directories: readonly string[]): (Place & { mode: number })[] {
  return directories
    .filter((path) => path !== '')
    .map((path) => ({ ...tree.place(path), mode: tree.stat(path)?.mode ?? OWNER_WRITES }))
    .map((place) => ({ ...place, mode: place.mode & MODE_BITS }))
    .filter(({ mode }) => (mode & OWNER_WRITES) === 0)
}
