import { HoldfastError, sleep, type Clock, type KeyedQueue } from '#base'
import { NO_RECORD, NO_VERSION, type FolderIndex, type ShownEntry } from '#db'
import type { Expected, FolderDisk, Step, StepResult } from '#folder'
import { baseName, checkPath, joinPath, parentPath, pathKey, type DiskStat, type VersionId } from '#model'
import { archiveAs, shownAt, stepFault, type AskedStep, type AskedStepsParts, type Failure } from './asked-steps.ts'
import { dropContent, stageContent, type StageContentParts } from './stage-content.ts'

/** Permissions of what comes without any. */
const FILE_MODE = 0o644
const DIRECTORY_MODE = 0o755
/** How often a path is looked at anew because it is being changed, and how long between, ms. */
const TRIES = 5
const AGAIN_MS = 50
/** The same for what is in place and not noted, as somebody goes on writing to it. */
const NOTED_TRIES = 50
const NOTED_MS = 100
const IGNORED_HINT = 'choose another path, or change the pattern'

/** What is to be at a path; times in microseconds. What is left out is as at what is there, else as usual, and now. */
export type NewEntry =
  | { kind: 'file'; content: AsyncIterable<Uint8Array>; mode?: number | undefined; mtime?: number | undefined }
  | { kind: 'directory'; mode?: number | undefined }
  | { kind: 'symlink'; target: string; mtime?: number | undefined }
  /** What is there, if it is this version; nothing is written. */
  | { kind: 'same'; version: VersionId }

export interface PutParts extends AskedStepsParts, StageContentParts {
  index: Pick<FolderIndex, 'rows' | 'commit' | 'conflictsBeginning'>
  disk: Pick<FolderDisk, 'ignored' | 'stage' | 'transition' | 'verify'>
  /** The folder's name here. */
  name: string
  clock: Clock
  /** By path: of those who put to one at once each is let through, rather than told that others change it. */
  placing: KeyedQueue
  /** `takeAskedSteps` of all that is put at once. */
  take(steps: readonly AskedStep[]): Promise<StepResult[]>
  /** Looks at paths and below now, and notes what is there. */
  look(paths: readonly string[]): Promise<void>
}

/** `version` is null for a directory that no record describes. */
export interface Put {
  /** As the disk spells it. */
  path: string
  version: VersionId | null
  /** What it took the place of on the disk, which may be that version itself; null: nothing. Left out: what was no version. */
  replaced?: VersionId | null
  bytes: number
}

/** Where something is to be put: what is there, and which directories are missing on the way. */
interface Target {
  path: string
  shown: ShownEntry | null
  expected: Expected
  missing: string[]
}

let count = 0

/**
 * Puts an entry at a path of the folder as a user would: content is staged whole and flushed, then takes its place in one step, what
 * was there goes to the archive, and a look notes it at once. Resolves when it is a version. Throws `denied` for a path that is
 * refused or ignored, `exists` where something else is in the way, `conflict` where others keep changing it, and what `content`
 * throws; nothing of it is left then. Of `same` it throws `conflict` where that is not what stands there.
 */
export async function putEntry(parts: PutParts, path: string, entry: NewEntry, signal: AbortSignal): Promise<Put> {
  checkPath(path)
  // Before all of a large file has come for nothing. What is known serves, where it does not refuse it.
  const known = await targetAt(parts, path, entry).catch(() => findTarget(parts, path, entry))
  const mtime = ('mtime' in entry ? entry.mtime : undefined) ?? parts.clock.now() * 1000
  switch (entry.kind) {
    case 'same':
      return await left(parts, known, entry.version)
    case 'directory': {
      if (known.expected !== null)
        return await noted(parts, { path: known.path, isDirectory: true, before: known.shown, over: known.shown, stat: null }, 0)
      return await noted(
        parts,
        await place(parts, path, entry, known, { do: 'directory', mode: entry.mode ?? DIRECTORY_MODE }),
        0,
      )
    }
    case 'symlink':
      return await noted(parts, await place(parts, path, entry, known, { do: 'symlink', target: entry.target, mtime }), 0)
    case 'file': {
      const name = `put-${++count}`
      const mode = entry.mode ?? (known.shown?.kind === 'file' ? known.shown.stat.mode : FILE_MODE)
      const size = await stageContent(parts, name, entry.content, () => ({ mode, mtime }), signal)
      try {
        const placed = await place(parts, path, entry, known, { do: 'place', staged: name, size, mtime })
        parts.staged.delete(name)
        return await noted(parts, placed, size)
      } finally {
        if (parts.staged.has(name)) await dropContent(parts, name)
      }
    }
  }
}

/** What records say is no proof: the disk has to show that version now, and nothing else may be on its way to it. */
async function left({ index, disk }: PutParts, { path, shown, expected }: Target, version: VersionId): Promise<Put> {
  const [row] = await index.rows([path])
  const isLast = row?.heads.length === 1 && row.heads[0]!.id === version && shown?.version?.id === version
  const [stands] = isLast && expected !== null ? await disk.verify([{ path, expected }]) : [false]
  if (shown !== null && stands === true)
    return { path, version, replaced: version, bytes: shown.kind === 'file' ? shown.size : 0 }
  throw new HoldfastError('conflict', `${path} is not on the disk as that version`, {
    reason: 'changed-meanwhile',
    values: { path },
    hint: 'put its content',
  })
}

/**
 * Where an entry is now: `before` is what was known to be there, `over` what it took the place of, `stat` what it is; null: it was there
 * before.
 */
interface Placed {
  path: string
  isDirectory: boolean
  before: ShownEntry | null
  over: ShownEntry | null
  stat: DiskStat | null
}

type Placing =
  | Omit<Extract<Step, { do: 'place' }>, 'path' | 'expected' | 'archiveAs'>
  | Omit<Extract<Step, { do: 'directory' }>, 'path' | 'expected' | 'archiveAs'>
  | Omit<Extract<Step, { do: 'symlink' }>, 'path' | 'expected' | 'archiveAs'>

/** Brings it into place, over what is there now. What is known of the path serves as long as the disk agrees. */
function place(parts: PutParts, path: string, entry: NewEntry, known: Target, placing: Placing): Promise<Placed> {
  return parts.placing.run(pathKey(path), () => placeAlone(parts, path, entry, known, placing))
}

async function placeAlone(parts: PutParts, path: string, entry: NewEntry, known: Target, placing: Placing): Promise<Placed> {
  for (let tries = 0; ; tries++) {
    const target = tries === 0 ? known : await findTarget(parts, path, entry)
    const over = target.expected === null ? null : target.shown
    const directories = target.missing.map((missing): AskedStep => {
      return { step: { do: 'directory', path: missing, expected: null, mode: DIRECTORY_MODE, archiveAs: null }, over: null }
    })
    const step = { ...placing, path: target.path, expected: target.expected, archiveAs: archiveAs(target.expected?.kind, over) }
    const results = await parts.take([...directories, { step, over }])
    const last = results.at(-1)
    // A directory on the way may have been made by another one meanwhile.
    if (last?.ok === true) {
      const at = { path: target.path, isDirectory: entry.kind === 'directory' }
      return { ...at, before: target.shown, over, stat: last.stat }
    }
    const failure = results.find((result): result is Failure => !result.ok)
    const isChanging = failure?.code === 'changed' || failure?.code === 'parent'
    if (failure !== undefined && (!isChanging || tries === TRIES)) throw stepFault(target.path, failure)
    if (tries > 0) await sleep(parts.clock, AGAIN_MS)
  }
}

/** Looks at the path now; throws as `targetAt` does. */
async function findTarget(parts: PutParts, path: string, entry: NewEntry): Promise<Target> {
  await parts.look([path])
  return await targetAt(parts, path, entry)
}

/** By what is known of the path. Throws `denied` where it is ignored, `exists` where something is in the way. */
async function targetAt({ index, disk, name }: PutParts, path: string, { kind }: NewEntry): Promise<Target> {
  if (await isIgnored(disk, path, kind === 'directory'))
    throw new HoldfastError('denied', `${path} is ignored in ${name}, by .holdfastignore, so it would not be synced`, {
      reason: 'ignored',
      values: { path, folder: name },
      hint: IGNORED_HINT,
    })
  const above = ancestors(path)
  const known = await shownAt(index, [...above, path])
  const missing: string[] = []
  let parent = ''
  above.forEach((each, at) => {
    const shown = known[at]?.shown ?? null
    if (shown !== null && shown.kind !== 'directory') throw inTheWay(shown, 'no directory')
    parent = shown?.path ?? joinPath(parent, baseName(each))
    if (shown === null) missing.push(parent)
  })
  const { shown = null, isDerived = false } = known.at(-1) ?? {}
  if (isDerived)
    throw new HoldfastError('conflict', `${path} is one of several versions in conflict`, {
      reason: 'in-conflict',
      values: { path },
      hint: 'holdfast conflicts lists them, and how to settle it',
    })
  if (shown?.kind === 'directory' && kind !== 'directory') throw inTheWay(shown, 'and stays')
  if (shown !== null && shown.kind !== 'directory' && kind === 'directory') throw inTheWay(shown, 'no directory')
  const place = shown?.path ?? joinPath(parent, baseName(path))
  const [isGone] = shown === null ? [true] : await disk.verify([{ path: place, expected: null }])
  return {
    path: place,
    shown,
    expected: shown === null || isGone === true ? null : { kind: shown.kind, stat: shown.stat },
    missing,
  }
}

async function isIgnored(disk: PutParts['disk'], path: string, isDirectory: boolean): Promise<boolean> {
  const entries = ancestors(path).map((each) => ({ path: each, isDirectory: true }))
  return (await disk.ignored([...entries, { path, isDirectory }])).includes(true)
}

/** Waits until what is in place is a version. Throws `denied` where rules that have just come ignore it. */
async function noted(parts: PutParts, { path, isDirectory, before, over, stat }: Placed, bytes: number): Promise<Put> {
  const replaced = over === null ? { replaced: null } : isVersion(over.version?.id) ? { replaced: over.version.id } : {}
  for (let tries = 1; ; tries++) {
    if (stat !== null) await parts.look([path])
    const [{ shown } = { shown: null }] = await shownAt(parts.index, [path])
    const version = shown?.version?.id
    const isKnown = isVersion(version)
    if (stat === null && shown !== null) return { path, version: isKnown ? version : null, ...replaced, bytes }
    // It is the one, or somebody else's edit of it.
    const isNew = shown !== null && (isThat(shown, stat) || version !== before?.version?.id)
    if (isKnown && isNew) return { path: shown.path, version, ...replaced, bytes }
    if (shown === null && (await isIgnored(parts.disk, path, isDirectory)))
      throw new HoldfastError('denied', `${path} is in place, but it is ignored in ${parts.name} by a new .holdfastignore`, {
        reason: 'ignored-now',
        values: { path, folder: parts.name },
        hint: IGNORED_HINT,
      })
    if (tries === NOTED_TRIES)
      throw new HoldfastError('conflict', `${path} is in place, but it keeps being changed, and is no version yet`, {
        reason: 'keeps-changing',
        values: { path },
        hint: 'it becomes one when it rests',
      })
    await sleep(parts.clock, NOTED_MS)
  }
}

function isVersion(id: VersionId | undefined): id is VersionId {
  return id !== undefined && id !== NO_VERSION && id !== NO_RECORD
}

function isThat({ kind, stat }: ShownEntry, placed: DiskStat | null): boolean {
  // One that vanished and is made again is the same to a look.
  if (kind === 'directory') return stat.mode === placed?.mode
  return stat.ino === placed?.ino && stat.size === placed.size && stat.mtimeMs === placed.mtimeMs
}

function inTheWay({ path, kind }: ShownEntry, words: string): HoldfastError {
  return new HoldfastError('exists', `${path} is a ${kind}, ${words}`, {
    reason: 'in-the-way',
    values: { path, kind },
    hint: `choose another path${kind === 'directory' ? `, as ${path}/NAME in it` : ', or delete it first'}`,
  })
}

/** `a/b/c` → `a`, `a/b`. */
function ancestors(path: string): string[] {
  const above: string[] = []
  for (let parent = parentPath(path); parent !== ''; parent = parentPath(parent)) above.unshift(parent)
  return above
}
