import { HoldfastError, shellWord, sleep, type Clock } from '#base'
import type { FolderIndex, Have, Restoration } from '#db'
import { UNSETTLED, type FolderDisk, type StepResult } from '#folder'
import { checkPath, pathKey, tableKind, tablePaths, tableStat, type StatRow, type VersionId } from '#model'
import { archiveAs, shownAt, stepFault, takeAskedSteps, type AskedStepsParts } from './asked-steps.ts'
import { awaitedEntries, type AwaitedEntry } from './awaited-entries.ts'
import { changedFault } from './need.ts'

/** Entries removed in one call. */
const PAGE = 256
/** Between looks at what was written in the very tick of the disk's clock in which it was read, ms: ticks are 1 ms to 2 s long. */
const TICKS_MS = [15, 50, 250, 2_000]

export interface RemoveParts extends AskedStepsParts {
  index: Pick<FolderIndex, 'rows' | 'list' | 'commit' | 'snapshot' | 'conflictsBeginning' | 'have'>
  disk: Pick<FolderDisk, 'transition' | 'ignored'>
  clock: Clock
  /** The folder's name here. */
  name: string
  /** Looks at paths and below now, and notes what is there. */
  look(paths: readonly string[]): Promise<void>
  /** As in ScanLoop. */
  between<T>(work: () => Promise<T>): Promise<T>
  /** As in Scanner. */
  deleted(paths: readonly string[]): Promise<void>
  /** Writes the deletion of paths of which nothing is on the disk; not of those whose heads are others than `expected`. */
  withdraw(entries: readonly Omit<Restoration, 'id'>[]): Promise<(VersionId | null)[]>
}

export interface RemoveOptions {
  /** Also what is below it. */
  recursive: boolean
  /** The version that has to be at the path, and no other. */
  expected?: VersionId | undefined
}

export interface Removed {
  entries: number
  bytes: number
  /** The last records of when it was all there still, as it was deleted: with what was noted for it, and without the deletions. */
  before: Have[]
}

/**
 * Deletes what is at a path, `recursive` with all below it, as a user would: files go to the archive, and the deletions are noted at
 * once, however many they are. What is still to come to this disk is deleted as well: where its content is nowhere, it would never come. Throws `not-found`; `conflict` where the version is not the expected one; `usage` for a directory that something is in without `recursive`; and what kept an entry from going,
 * when all others have gone.
 */
export async function removeEntries(
  parts: RemoveParts,
  path: string,
  { recursive, expected }: RemoveOptions,
  signal: AbortSignal,
): Promise<Removed> {
  checkPath(path)
  const found = await lookedAt(parts, path, signal)
  const awaited = await awaitedEntries(parts, path)
  if (found.length + awaited.length === 0)
    throw new HoldfastError('not-found', `there is no ${path} in ${parts.name}`, {
      reason: 'no-entry',
      values: { path, folder: parts.name },
      hint: `holdfast ls ${shellWord(parts.name)} shows what there is`,
    })
  const isBelow = (entry: { path: string }): boolean => pathKey(entry.path) !== pathKey(path)
  if (!recursive && (found.some(isBelow) || awaited.some(isBelow)))
    throw new HoldfastError('usage', `${path} is a directory, and not empty`, {
      reason: 'directory-not-empty',
      values: { path },
      hint: `holdfast rm ${shellWord(`${parts.name}/${path}`)} --recursive deletes it with all that is in it`,
    })
  if (expected !== undefined) await needExpected(parts, path, expected)
  const removed: Removed = { entries: 0, bytes: 0, before: await parts.index.have() }
  const faults: HoldfastError[] = []
  // First, or some of it might come while the rest goes. What has changed in that moment is not what was to be deleted.
  const withdrawn = await withdraw(parts, path, awaited, expected)
  awaited.forEach((entry, at) => {
    if (withdrawn[at] === null) return void faults.push(changedFault(entry.path))
    removed.entries++
    removed.bytes += entry.size
  })
  const deepestFirst = found.toReversed()
  for (let at = 0; at < deepestFirst.length; at += PAGE) {
    signal.throwIfAborted()
    const page = deepestFirst.slice(at, at + PAGE)
    const results = await removePage(parts, page)
    results.forEach((result, n) => {
      const { path: gone, stat } = page[n]!
      if (!result.ok) return void faults.push(stepFault(gone, result))
      removed.entries++
      removed.bytes += stat.size
    })
  }
  const [fault] = faults
  if (fault === undefined) return removed
  const others = faults.length === 1 ? '' : ` (and ${faults.length - 1} more stay)`
  throw new HoldfastError(fault.code, `not all of ${path} could be deleted: ${fault.message}${others}`, {
    reason: 'not-all-deleted',
    values: { path, ...whereOf(fault), more: faults.length - 1 },
    ...(fault.hint !== undefined && { hint: fault.hint }),
    cause: fault,
  })
}

/** Which entry stays, and what kept it. */
function whereOf({ told }: HoldfastError): { at: string; problem: string } {
  return { at: `${told.values?.['path'] ?? ''}`, problem: `${told.values?.['problem'] ?? ''}` }
}

/** Throws where the path itself is not what was expected. */
async function withdraw(
  parts: RemoveParts,
  path: string,
  awaited: readonly AwaitedEntry[],
  expected: VersionId | undefined,
): Promise<(VersionId | null)[]> {
  if (awaited.length === 0) return []
  const isIt = (entry: AwaitedEntry): boolean => expected !== undefined && pathKey(entry.path) === pathKey(path)
  const heads = await parts.withdraw(
    awaited.map((entry) => ({ path: entry.path, expected: isIt(entry) ? [expected!] : entry.heads })),
  )
  if (awaited.some((entry, at) => isIt(entry) && heads[at] === null)) throw changedFault(path)
  return heads
}

/** What is removed from the disk is compared with what was looked at, so that nothing else goes with it. */
async function needExpected({ index }: RemoveParts, path: string, expected: VersionId): Promise<void> {
  const [row] = await index.rows([path])
  if (row?.heads.length === 1 && row.heads[0]!.id === expected) return
  throw changedFault(path)
}

/** No look comes between the removal and its note: it would take it for a deletion that somebody may not have meant. */
function removePage(parts: RemoveParts, page: readonly StatRow[]): Promise<StepResult[]> {
  return parts.between(async () => {
    const known = await shownAt(
      parts.index,
      page.map(({ path }) => path),
    )
    const asked = page.map(({ path, kind, stat }, at) => {
      const over = known[at]?.shown ?? null
      return { step: { do: 'remove', path, expected: { kind, stat }, archiveAs: archiveAs(kind, over) } as const, over }
    })
    const results = await takeAskedSteps(parts, asked)
    await parts.deleted(page.flatMap(({ path }, at) => (results[at]?.ok === true ? [path] : [])))
    return results
  })
}

/**
 * What the disk shows at and below a path, looked at now, parents first. What a look cannot tell from a write that comes right after it
 * would be kept by the removal as edited: it is read again when the disk's clock has moved on.
 */
async function lookedAt(parts: RemoveParts, path: string, signal: AbortSignal): Promise<StatRow[]> {
  await parts.look([path])
  let found = await entriesAt(parts, path)
  for (const ms of TICKS_MS) {
    const unsettled = found.flatMap((entry) => (entry.stat.ctimeMs === UNSETTLED ? [entry.path] : []))
    if (unsettled.length === 0) break
    await sleep(parts.clock, ms, signal)
    await parts.look(unsettled)
    found = await entriesAt(parts, path)
  }
  return found
}

/** What the disk shows at and below a path, parents first. */
async function entriesAt({ index }: RemoveParts, path: string): Promise<StatRow[]> {
  const table = await index.snapshot([path])
  return tablePaths(table).map((each, at) => ({ path: each, kind: tableKind(table, at), stat: tableStat(table, at) }))
}
