import { HoldfastError, shellWord, sleep, type Clock } from '#base'
import { NO_VERSION, type Conflict, type FolderIndex, type ShownEntry } from '#db'
import type { FolderDisk, Step, StepResult } from '#folder'
import { pathKey, recordTime, sameContent, type DeviceId, type VersionId } from '#model'
import { chooseVersion, type ShownVersion } from './choose-version.ts'

/** After a look at the disk it is waited for what that found, at most so many times so long, ms. */
const LOOKS = 40
const LOOK_MS = 50

export interface ResolveParts {
  index: Pick<FolderIndex, 'conflicts' | 'rows' | 'versions'>
  disk: Pick<FolderDisk, 'transition'>
  /** Looks at what is on the disk. */
  scan(): Promise<unknown>
  clock: Clock
  /** The folder's name here. */
  name: string
  nameOf(device: DeviceId): string
}

/** `device`: whose version `theirs` is, where several could be. `expected`: the versions that whoever chose has seen. */
export interface Resolution {
  path: string
  keep: 'mine' | 'theirs' | 'both'
  device?: DeviceId | undefined
  expected?: readonly VersionId[] | undefined
}

/**
 * Settles the conflict of a path (given itself, or by a derived file's name) on the disk, as a user would with the files: `mine` puts
 * this device's own version at the path, `theirs` another device's, wherever it shows now; `both` leaves what shows at the path, and
 * makes the derived files files of their own, `.kept-` in place of `.conflict-` in their names. What is replaced or removed goes to the
 * archive; the scan that follows writes the records. Throws `not-found` where there is no conflict, or no such version; `usage`
 * where several versions could be meant; `conflict` when a file changed meanwhile, a directory is in the way, or more is to come, and
 * where the versions are others than the expected ones.
 * A file whose stat alone is another one, as that of one that sync has just put there may be, has not changed.
 * Gives the conflict's path, and which versions are no longer heads of it once the records are written.
 */
export async function resolveConflict(parts: ResolveParts, resolution: Resolution): Promise<Resolved> {
  const first = await attempt(parts, resolution)
  const isStale = first.results.every((result) => !result.ok && result.code === 'changed')
  return whole(parts, isStale && (await isStill(parts, first)) ? await attempt(parts, resolution) : first)
}

interface Resolved {
  path: string
  dropped: readonly VersionId[]
}

interface Attempt extends Resolved {
  results: readonly StepResult[]
  /** What the disk showed of the path, as the index has it. */
  shown: readonly ShownEntry[]
}

/** After another look: is it what it was but for the stats? */
async function isStill({ index, scan, clock }: ResolveParts, { path, shown }: Attempt): Promise<boolean> {
  await scan()
  let [row] = await index.rows([path])
  // What a look found is to-do for a moment.
  for (let looks = 0; row !== undefined && row.revision > 0 && looks < LOOKS; looks++) {
    await sleep(clock, LOOK_MS)
    ;[row] = await index.rows([path])
  }
  const those = (row?.shown ?? []).map(({ path: place, version }) => `${place}\0${version?.id ?? 'local'}`)
  return shown.every(({ path: place, version }) => version !== null && those.includes(`${place}\0${version.id}`))
}

/** Throws what kept a step from happening. */
function whole({ name }: ResolveParts, { results, path, dropped }: Attempt): Resolved {
  const failed = results.find((result): result is Exclude<StepResult, { ok: true }> => !result.ok)
  if (failed === undefined) return { path, dropped }
  throw new HoldfastError('conflict', failed.message, {
    reason: 'changed-meanwhile',
    values: { path },
    hint: `holdfast scan ${shellWord(name)} looks again; then repeat it`,
  })
}

async function attempt(parts: ResolveParts, resolution: Resolution): Promise<Attempt> {
  const { index, disk, name } = parts
  const { path, keep, expected } = resolution
  const conflicts = (await index.conflicts()).filter((item) => item.path === path || item.with === path)
  const [first] = conflicts
  if (first === undefined && expected !== undefined) throw otherwise(parts, path)
  if (first === undefined)
    throw new HoldfastError('not-found', `${path} is in no conflict`, {
      reason: 'no-conflict',
      values: { path },
      hint: 'holdfast conflicts lists them',
    })
  const all = (await index.conflicts()).filter((item) => item.path === first.path)
  const [row] = await index.rows([first.path])
  const versions = shownVersions(row?.shown ?? [], first, keep === 'both' ? conflicts : all)
  if (expected !== undefined) await needSeen(parts, first.path, versions, expected)
  const main = versions.find(({ isDerived }) => !isDerived)
  const derived = versions.filter(({ isDerived }) => isDerived)
  if (derived.length === 0)
    throw new HoldfastError('not-found', `the other version of ${path} is not on this disk yet`, {
      reason: 'other-not-here',
      values: { path },
      hint: `holdfast wait --folder ${shellWord(name)} waits for it`,
    })
  const kept = keep === 'both' ? null : chooseVersion(parts, { ...resolution, keep, path: first.path, target: path }, versions)
  const isToDo = row !== undefined && row.revision > 0
  const steps = kept === null ? derived.map(({ entry }) => keepBeside(entry)) : keepOne(parts, { kept, main, derived, isToDo })
  const results = await disk.transition(steps)
  const others = kept === null ? derived : versions.filter((version) => version !== kept)
  const dropped = others.flatMap(({ entry }) => entry.version?.id ?? [])
  return { path: first.path, dropped, results, shown: versions.map(({ entry }) => entry) }
}

/**
 * Throws where a version that was seen is none of the path's any more, or one that shows was not seen, nor another with its content.
 * What is decided elsewhere at the same time may swap what devices wrote: who chose by its content would lose that.
 */
async function needSeen(
  parts: ResolveParts,
  path: string,
  shown: readonly ShownVersion[],
  expected: readonly VersionId[],
): Promise<void> {
  const current = (await parts.index.versions(path)).flatMap(({ version, isHead }) => (isHead ? [version] : []))
  const seen = current.filter(({ id }) => expected.includes(id))
  const isSeen = ({ entry: { version }, device }: ShownVersion): boolean => {
    // Edits that are in no version yet, and directories that are there for what is below them, are none that could be named.
    if (version === null || version.id === NO_VERSION || device === null) return true
    const known = current.find(({ id }) => id === version.id)
    return known !== undefined && seen.some((each) => sameContent(each, known))
  }
  if (seen.length !== new Set(expected).size || !shown.every(isSeen)) throw otherwise(parts, path)
}

function otherwise({ name }: ResolveParts, path: string): HoldfastError {
  return new HoldfastError(
    'conflict',
    `the versions of ${path} are others than those that were to choose from: nothing is changed`,
    {
      reason: 'settled-otherwise',
      values: { path },
      hint: `somebody settled or edited it meanwhile: holdfast versions ${shellWord(`${name}/${path}`)} shows what there is now`,
    },
  )
}

/** What shows at the path, and beside it. */
function shownVersions(
  shown: readonly ShownEntry[],
  { path, shown: author }: Conflict,
  conflicts: readonly Conflict[],
): ShownVersion[] {
  const main = shown.find((entry) => pathKey(entry.path) === pathKey(path))
  const versions: ShownVersion[] = conflicts.flatMap(({ with: place, device, own }) =>
    shown.flatMap((entry) => (entry.path === place ? [{ entry, device, own, isDerived: true }] : [])),
  )
  if (main === undefined) return versions
  return [{ entry: main, device: author?.device ?? null, own: author?.own ?? false, isDerived: false }, ...versions]
}

interface Choice {
  kept: ShownVersion
  main: ShownVersion | undefined
  derived: readonly ShownVersion[]
  /** More is to be brought to the path. */
  isToDo: boolean
}

/** One version at the path, the others in the archive. */
function keepOne({ name }: ResolveParts, { kept, main, derived, isToDo }: Choice): Step[] {
  const removals = derived.filter((version) => version !== kept).map(({ entry }) => remove(entry))
  if (!kept.isDerived) return removals
  const { entry } = kept
  const word = shellWord(name)
  if (main === undefined)
    throw new HoldfastError('conflict', `nothing shows at the path of ${entry.path} now`, {
      reason: 'changed-meanwhile',
      values: { path: entry.path },
      hint: `holdfast scan ${word} looks again; then repeat it`,
    })
  if (main.entry.kind === 'directory') {
    const { path } = main.entry
    throw new HoldfastError('conflict', `${path} is a directory here, and a file cannot take its place as long as it is there`, {
      reason: 'directory-in-place',
      values: { path, file: entry.path },
      hint: `move or delete the directory ${path}, and ${entry.path} takes its name by itself; or keep both: holdfast conflicts resolve ${shellWord(`${name}/${path}`)} --keep both`,
    })
  }
  // What is put there now would be taken for sync's own work, and settle nothing.
  if (isToDo)
    throw new HoldfastError('conflict', `${main.entry.path} has another change that is still to come here`, {
      reason: 'change-to-come',
      values: { path: main.entry.path },
      hint: `holdfast wait --folder ${word} waits for it; then repeat it`,
    })
  return [putOver(entry, main.entry), ...removals]
}

function remove(entry: ShownEntry): Step {
  return { do: 'remove', path: entry.path, expected: expected(entry), archiveAs: archiveAs(entry) }
}

function putOver(entry: ShownEntry, main: ShownEntry): Step {
  return { ...move(entry), path: main.path, expected: expected(main), archiveAs: archiveAs(main) }
}

/** A derived file that gets a name of its own is a file of its own. */
function keepBeside(entry: ShownEntry): Step {
  return { ...move(entry), path: keptPath(entry.path), expected: null, archiveAs: null }
}

function move(entry: ShownEntry) {
  const { mode, mtimeMs } = entry.stat
  return { do: 'move', from: entry.path, fromExpected: expected(entry), mode, mtime: recordTime(mtimeMs) } as const
}

function expected({ kind, stat }: ShownEntry) {
  return { kind, stat }
}

function keptPath(derived: string): string {
  const at = derived.lastIndexOf('.conflict-')
  return `${derived.slice(0, at)}.kept-${derived.slice(at + '.conflict-'.length)}`
}

function archiveAs({ version }: ShownEntry): string {
  return (version?.id ?? 'local').slice(0, 12)
}
