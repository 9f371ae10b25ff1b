import { errnoOf, type Clock } from '#base'
import { baseName, parentPath, pathFault, pathKey, type DiskStat } from '#model'
import { Archive, type Kept } from './archive.ts'
import { isExpected, noted, sameButChangeTime, sameFileStat, type Left } from './expected.ts'
import { diskStat, type FileStat } from './filesystem.ts'
import type { ArchiveEntry, Step, StepResult } from './folder-disk.ts'
import { nameFault } from './names.ts'
import { changed, stepFailure, StepFault } from './step-fault.ts'
import { takeStep, type Doing } from './steps.ts'
import { BoundaryFault, isMissing, type Place, type Tree } from './tree.ts'
import { mayHaveTwin } from './twins.ts'

/** Directories and files touched before they are flushed in between, so that few are open at once. */
const MAX_TOUCHED = 256

/**
 * Brings changes into place, in order. First everything that will be replaced gets its second name in the archive, and those
 * names are made durable at once, with the new names of files that move to another directory; then each step looks again, and acts; then all directories touched are made durable. So a
 * crash at any point leaves the old or the new at each path, and what was replaced in the archive. What is left: a program's
 * own atomic save that comes between the last look and the rename is lost, some microseconds later.
 */
export async function transition(tree: Tree, steps: readonly Step[], clock: Clock): Promise<StepResult[]> {
  const archive = new Archive(tree, clock)
  const kept = steps.map((step) => keepEarly(tree, archive, step))
  const linked: (FileStat | null | undefined)[] = steps.map((step) => linkEarly(tree, step))
  try {
    await tree.flush()
  } catch (error) {
    return steps.map((step, at) => undone({ tree, archive, linked: linked[at] ?? undefined }, step, kept[at], error))
  }
  const results: StepResult[] = []
  let flushed = 0
  const emptied = new Set<string>()
  /** Whoever asks for it, it is for all steps since the last one: if it fails none of them may be counted on. */
  const flush = async (): Promise<void> => {
    const since = flushed
    flushed = results.length
    emptied.clear()
    try {
      await tree.flush()
    } catch (error) {
      for (let at = since; at < flushed; at++) if (results[at]?.ok === true) results[at] = stepFailure(error)
      throw error
    }
  }
  const settle = (): Promise<void> => flush().catch(() => undefined)
  for (const [at, step] of steps.entries()) {
    if (linked[at] === undefined) {
      // Its directory has come only now, and so may have those of the next ones.
      for (let next = at; next < steps.length; next++)
        if (linked[next] === undefined) linked[next] = linkEarly(tree, steps[next]!)
      await settle()
    }
    results.push(await attempt({ tree, clock, archive, flush, emptied, linked: linked[at] ?? undefined }, step, kept[at]))
    if (tree.touched > MAX_TOUCHED) await settle()
  }
  await settle()
  return results
}

/** The second name for what a step will replace, and the stat it has with it. */
interface Early {
  kept: Kept
  stat: FileStat
}

/** Readies the archive for what a step will replace or remove; undefined where the step itself must see to a second name, or needs none. */
function keepEarly(tree: Tree, archive: Archive, step: Step): Early | undefined {
  if (step.do === 'metadata' || step.archiveAs === null || pathFault(step.path) !== undefined) return undefined
  try {
    if (!isReplacing(step)) {
      archive.makeRoom(step.path, step.archiveAs)
      return undefined
    }
    const before = tree.stat(step.path)
    if (before === undefined || !isExpected(step.expected, before) || tree.isElsewhere(step.path, before)) return undefined
    return keepNow(tree, archive, step.path, before, step.archiveAs)
  } catch {
    // The step itself will meet the same, and report it.
    return undefined
  }
}

function keepNow(tree: Tree, archive: Archive, path: string, before: FileStat, id: string): Early {
  const kept = archive.keep(path, before, id)
  const stat = tree.stat(path)
  const named = archive.find(kept).stat
  // A second name changes the change time and nothing else. If another file came by between, the name may be that one's.
  if (stat !== undefined && sameButChangeTime(before, stat) && named?.size === before.size) return { kept, stat }
  archive.drop(kept)
  throw changed(path)
}

/** Does the step put something in the place of a file or link by a rename? The others move it to the archive, or leave it. */
function isReplacing(step: Step): step is Extract<Step, { do: 'place' | 'symlink' | 'move' }> {
  if (step.do !== 'place' && step.do !== 'symlink' && step.do !== 'move') return false
  return step.expected !== null && step.expected.kind !== 'directory'
}

type Run = Omit<Doing, 'at' | 'found'> & {
  /** Directories that files were moved out of since the last flush. */
  emptied: Set<string>
}

async function attempt(run: Run, step: Step, early: Early | undefined): Promise<StepResult> {
  let held = early
  try {
    const { tree, archive } = run
    checkName(tree, step)
    // Not every disk keeps what is in a directory as long as it has not noted that it is gone from there.
    if (run.emptied.has(step.path)) await run.flush()
    const at = parentOf(tree, step.path)
    const linked = isLinked(run, at) ? run.linked : undefined
    const found = isSelfLooking(step) || linked !== undefined ? undefined : look(tree, at, step)
    // Of what a disk is mounted at even the permissions are that disk's.
    if (found !== undefined && tree.isElsewhere(step.path, found)) throw new BoundaryFault(step.path)
    if (early !== undefined && (found === undefined || !sameFileStat(found, early.stat))) throw changed(step.path)
    if (early === undefined && !isExpected(step.expected, found)) throw changed(step.path)
    let current = found
    if (early === undefined && isReplacing(step) && step.archiveAs !== null && found !== undefined) {
      held = keepNow(tree, archive, step.path, found, step.archiveAs)
      await run.flush()
      current = tree.fs.stat(at.dir, at.name)
      if (current === undefined || !sameFileStat(current, held.stat)) throw changed(step.path)
    }
    const {
      archived = held?.kept.entry,
      left,
      strangers,
    } = await takeStep({ ...run, linked, at, found: current }, step).catch((error: unknown) => {
      // Only now it is worth a look what is in the way.
      if (isSelfLooking(step) && errnoOf(error) === 'EEXIST') look(tree, at, step)
      throw error
    })
    if (step.do === 'remove' && archived !== undefined) run.emptied.add(parentPath(step.path))
    if (step.do === 'move' || step.do === 'tree') run.emptied.add(parentPath(step.from))
    return { ...done(step.do === 'remove' ? null : statAt(tree, step.path, left), archived), ...(strangers && { strangers }) }
  } catch (error) {
    return undone(run, step, held, error)
  }
}

/**
 * A file that moves to another directory has its new name on the disk for good before it loses the old one: a power cut may keep
 * the change of one directory and lose that of the other. Null when the step must see to it itself, undefined when its directory
 * is not there yet.
 */
function linkEarly(tree: Tree, step: Step): FileStat | null | undefined {
  if (step.do !== 'move' || step.expected !== null || step.fromExpected.kind !== 'file') return null
  if (parentPath(step.from) === parentPath(step.path)) return null
  try {
    checkName(tree, step)
    const from = tree.place(step.from)
    const at = tree.place(step.path)
    const stat = tree.fs.stat(from.dir, from.name)
    if (stat === undefined || !isExpected(step.fromExpected, stat)) return null
    tree.fs.link(from.dir, from.name, at.dir, at.name)
    tree.touch(at.dir)
    const named = tree.fs.stat(from.dir, from.name)
    return named !== undefined && sameButChangeTime(stat, named) ? named : stat
  } catch (error) {
    // The step itself will meet the same, and report it.
    return isMissing(error) ? undefined : null
  }
}

/** Is what is at the place the early name of the file that moves there? */
function isLinked({ tree, linked }: Pick<Doing, 'tree' | 'linked'>, at: Place): boolean {
  return linked !== undefined && tree.fs.stat(at.dir, at.name)?.ino === linked.ino
}

/**
 * A step did not happen: the second name made for it is taken away again. Where that fails it does no harm: in the archive it
 * expires, elsewhere the next scan finds it.
 */
function undone(
  { tree, archive, linked }: Pick<Doing, 'tree' | 'archive' | 'linked'>,
  step: Step,
  early: Early | undefined,
  error: unknown,
): StepResult {
  const failure = stepFailure(error)
  try {
    let still
    if (early !== undefined) still = letGo(tree, step.path, early.stat, () => archive.drop(early.kept))
    else if (linked !== undefined && step.do === 'move')
      still = letGo(tree, step.from, linked, () => unlinkNew({ tree, linked }, step.path))
    return { ...failure, ...(still && { still }) }
  } catch {
    return failure
  }
}

/** Drops the second name of a file, `stat` once it had got it, where the same file is at its place still. Tells what it is now if nobody edited it. */
function letGo(tree: Tree, path: string, stat: FileStat, drop: () => void): { path: string; stat: DiskStat } | undefined {
  const found = tree.stat(path)
  if (found?.ino !== stat.ino) return undefined
  drop()
  const now = tree.stat(path)
  const isUnedited = sameFileStat(found, stat) && now !== undefined && sameButChangeTime(now, stat)
  return isUnedited ? { path, stat: diskStat(now) } : undefined
}

function unlinkNew(doing: Pick<Doing, 'tree' | 'linked'>, path: string): void {
  const { fs } = doing.tree
  const at = doing.tree.place(path)
  if (isLinked(doing, at)) fs.unlink(at.dir, at.name)
}

function done(stat: DiskStat | null, archived: ArchiveEntry | undefined): StepResult {
  return archived === undefined ? { ok: true, stat } : { ok: true, stat, archived }
}

function checkName(tree: Tree, step: Step): void {
  const fault = pathFault(step.path) ?? (step.do === 'move' || step.do === 'tree' ? pathFault(step.from) : undefined)
  if (fault !== undefined) throw new StepFault('name', `the path is refused: ${fault}`)
  if (step.do === 'remove' || step.do === 'metadata') return
  const unfit = nameFault(tree.fs.platform, step.path.slice(step.path.lastIndexOf('/') + 1))
  if (unfit !== undefined) throw new StepFault('name', unfit)
}

function parentOf(tree: Tree, path: string): Place {
  try {
    return tree.place(path)
  } catch (error) {
    const failure = stepFailure(error)
    if (failure.ok || failure.code !== 'changed') throw error
    throw new StepFault('parent', `${parentPath(path) || 'the folder'} is not there, or is no directory`)
  }
}

/** A new file is the most frequent step: putting it there says by itself if something of the same name is in the way. */
function isSelfLooking(step: Step): boolean {
  return step.do === 'place' && step.expected === null && !mayHaveTwin(baseName(step.path), false)
}

/** What is at the path; where nothing should be, but this disk takes the name for another one, that is no edit. */
function look(tree: Tree, at: Place, step: Step): FileStat | undefined {
  const found = tree.fs.stat(at.dir, at.name)
  if (found === undefined && step.expected === null && hasSpelling(tree, at, step)) throw changed(step.path)
  if (found === undefined || step.expected !== null || tree.fs.list(at.dir).includes(at.name)) return found
  // Another spelling of the same file is what a rename begins with.
  if (step.do === 'move' && tree.stat(step.from)?.ino === found.ino) return undefined
  throw new StepFault('name', 'this disk does not keep the name apart from another one that is there')
}

/** Is the name there in another normal form? To the index that is the same path. */
function hasSpelling(tree: Tree, at: Place, step: Step): boolean {
  if (!mayHaveTwin(at.name, false)) return false
  const from = step.do === 'move' && parentPath(step.from) === parentPath(step.path) ? baseName(step.from) : at.name
  const key = pathKey(at.name)
  return tree.fs.list(at.dir).some((name) => name !== from && pathKey(name) === key)
}

function statAt(tree: Tree, path: string, left: Left | undefined): DiskStat {
  const stat = tree.stat(path)
  if (stat === undefined) throw changed(path)
  return noted(stat, left)
}
