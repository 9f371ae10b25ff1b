import { HoldfastError, toErrorShape } from '#base'
import type { Restoration } from '#db'
import { changeBack, OutOfReachError, type Change, type Moment, type Past } from '#history'
import { baseName, isLive, parentPath, pathKey, toHex, type Version } from '#model'
import type { BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import { pastOf } from './backend-history.ts'
import { entriesThen, isGone, type ThenEntry } from './entries-then.ts'
import type { OpenFolder } from './folder-opener.ts'
import { emptyPlan, planDeletion, planKnown, planOf, planWithout, type RestorePlan } from './restore-plan.ts'
import { isOutOfReach } from './reach-hint.ts'
import { toldWhoHas } from './reach-words.ts'
import { needFree, writeTree } from './snapshot-tree.ts'

const PROGRESS_MS = 500

/** How a restoration is spoken of. */
export interface RestoreWords {
  /** Of its progress. */
  command: 'snapshot restore' | 'restore'
  /** `as NAME has it` */
  state: string
  /** The command that writes it elsewhere. */
  another: string
  /** What can be done where not all of it can be had. */
  rest: string
}

export interface RestoreWanted {
  /** A moment or a time (ms). */
  at: Moment | number
  /** What is at this path and below; '' = all. */
  under: string
  /** Nothing is written. */
  dryRun: boolean
  /** What is there now stays as it is: only what is gone is written. */
  keepNew?: boolean
  /** What is no more as it was at this moment or time (ms) stays as it is, and counts as left. */
  expected?: Moment | number | undefined
  /** What cannot be had is left out. */
  partial: boolean
  words: RestoreWords
}

/**
 * Makes a folder, or what is at a path and below, again what it was, by new versions and deletions; or writes that into a new directory
 * `to`. Throws `offline`, and changes nothing, where not all of it can be had, unless that is left out.
 */
export function restoreThen(
  context: BackendContext,
  found: OpenFolder,
  to: string | null,
  wanted: RestoreWanted,
  signal: AbortSignal,
): Promise<RestorePlan> {
  return to === null ? inPlace(context, found, wanted, signal) : elsewhere(context, found, to, wanted, signal)
}

/** Writes what a folder was into a new directory. */
async function elsewhere(
  context: BackendContext,
  found: OpenFolder,
  to: string,
  wanted: RestoreWanted,
  signal: AbortSignal,
): Promise<RestorePlan> {
  const past = pastOf(found)
  const { partial, words } = wanted
  const entries = (): AsyncIterable<ThenEntry> => entriesInto(past, wanted)
  await needFree(to)
  if (wanted.dryRun) {
    const known = emptyPlan()
    await planKnown(known, past, entries(), signal)
    return known
  }
  const plan = await planOf(entries())
  const wrote = teller(context, words.command, plan.bytes)
  const stage = `${to}.incomplete-${toHex(context.random.bytes(4))}`
  const missing: ThenEntry[] = []
  const missed = (entry: ThenEntry): boolean => missing.push(entry) > 0 && partial
  try {
    await writeTree(entries(), to, { past, stage, signal, wrote, missed })
  } catch (error) {
    if (partial || !isOutOfReach(error)) throw error
    throw await notAll(context, found, words, missing, ` to ${to}`)
  }
  planWithout(plan, missing)
  return plan
}

/** What was there then, at its path in a new directory: what was below a path, or at it, stands at the top. */
async function* entriesInto(past: Past, { at, under }: RestoreWanted): AsyncGenerator<ThenEntry> {
  const key = pathKey(under)
  for await (const entry of entriesThen(past, at, under)) {
    const isBelow = key !== '' && pathKey(entry.path).startsWith(`${key}/`)
    // The new directory itself stands for it.
    if (key === pathKey(entry.path) && entry.version.kind === 'directory') continue
    yield { ...entry, path: key === '' ? entry.path : isBelow ? namesAfter(entry.path, under) : baseName(entry.path) }
  }
}

/** A path without as many of its first names as another one has: that may spell them otherwise. */
function namesAfter(path: string, under: string): string {
  return path.split('/').slice(under.split('/').length).join('/')
}

/** Writes what makes the folder again what it was; before that all of it has to be had somewhere, as far as can be told, unless what cannot is left out. */
async function inPlace(
  context: BackendContext,
  found: OpenFolder,
  { at, under, dryRun, keepNew = false, expected, partial, words }: RestoreWanted,
  signal: AbortSignal,
): Promise<RestorePlan> {
  const past = pastOf(found)
  const plan = emptyPlan()
  const left = new Set<string>()
  const decide = async (): Promise<Back[]> => {
    const { changes, left: others } = await changesBack(past, { at, under, keepNew, expected })
    if (expected !== undefined) plan.left = others
    await planKnown(plan, past, written(changes), signal)
    if (partial) for (const path of plan.missing) left.add(pathKey(path))
    return changes
  }
  /** Nothing is deleted for what cannot come in its place. */
  const remaining = (changes: readonly Back[]): Back[] => {
    const kept = changes.filter(({ path, version }) => !left.has(pathKey(path)) && (version !== null || !isBelow(path, left)))
    for (const { path, version } of kept) if (version === null) planDeletion(plan, path)
    return kept
  }
  const { actions } = opened(found)
  if (dryRun) {
    await opened(found).scan(signal)
    actions.needDecided(under, words.another)
    remaining(await decide())
    return plan
  }
  const restoring = async (): Promise<Restoration[]> => {
    const changes = await decide()
    if (plan.missingEntries > 0 && !partial) throw await notAll(context, found, words, lackingOf(plan, changes))
    const looked = teller(context, words.command, plan.bytes)
    const late: Written[] = []
    for (const change of written(changes)) {
      signal.throwIfAborted()
      if (left.has(pathKey(change.path))) continue
      try {
        await past.bringContent(change, signal)
      } catch (error) {
        const isForgotten = error instanceof HoldfastError && error.code === 'not-found'
        if (!partial || !(isForgotten || isOutOfReach(error))) throw error
        left.add(pathKey(change.path))
        late.push(change)
      }
      looked(change.version.size)
    }
    planWithout(plan, late)
    // To bring all of it may have taken hours: what was edited meanwhile was not decided about.
    return remaining(changes).map(({ path, version, heads }) => ({ path, id: version?.id ?? null, expected: heads }))
  }
  const heads = await found.keeping!.holds.during(() => actions.restore(restoring, words.another, under))
  const since = heads.filter((head) => head === null).length
  if (plan.left !== undefined || since > 0) plan.left = (plan.left ?? 0) + since
  return plan
}

function isBelow(path: string, keys: ReadonlySet<string>): boolean {
  for (let above = parentPath(pathKey(path)); above !== ''; above = parentPath(above)) if (keys.has(above)) return true
  return false
}

type Written = Change & { version: Version }

function written(changes: readonly Change[]): Written[] {
  return changes.filter((change): change is Written => change.version !== null)
}

function lackingOf({ missing }: RestorePlan, changes: readonly Change[]): ThenEntry[] {
  const paths = new Set(missing)
  return written(changes).flatMap((change) => (paths.has(change.path) ? [{ ...change, isGone: isGone(change) }] : []))
}

/** Some entries cannot be had, and so nothing was restored; with what helps, where something may. */
async function notAll(
  context: BackendContext,
  found: OpenFolder,
  { state, rest }: RestoreWords,
  lacking: readonly ThenEntry[],
  where = '',
): Promise<HoldfastError> {
  const first = lacking.find((entry) => entry.isGone !== true) ?? lacking[0]!
  const more = lacking.length === 1 ? '' : ` (and of ${lacking.length - 1} more${where === '' ? '' : ' at least'})`
  const fault = new OutOfReachError(`the content of ${first.path}${more}, ${state}, is on no device that is connected`)
  const told = toErrorShape(first.isGone === true ? fault : await toldWhoHas(context, found, first.version, fault))
  const reach = first.isGone === true ? 'no device has it any more, as far as is known here' : told.hint
  return new HoldfastError('offline', `${told.message}; nothing was restored${where}`, {
    hint: `${reach}; ${rest}`,
    cause: fault,
  })
}

interface Back extends Change {
  /** What it is in place of. */
  heads: readonly Version['id'][]
}

async function changesBack(
  past: Past,
  { at, under, keepNew, expected }: Pick<RestoreWanted, 'at' | 'under' | 'keepNew' | 'expected'>,
): Promise<{ changes: Back[]; left: number }> {
  const changes: Back[] = []
  let left = 0
  for await (const all of past.histories(under)) {
    if (keepNew === true && all.some(({ version, isHead }) => isHead && isLive(version))) continue
    const change = changeBack(all, at)
    if (change === null) continue
    if (expected !== undefined && changeBack(all, expected) !== null) left++
    else changes.push({ ...change, heads: all.flatMap(({ version, isHead }) => (isHead ? [version.id] : [])) })
  }
  return { changes, left }
}

/** Tells by events how far a restoration is, of which so many bytes more are done with each call. */
function teller({ clock, announce }: BackendContext, command: RestoreWords['command'], total: number): (bytes: number) => void {
  let [done, told] = [0, -Infinity]
  return (bytes) => {
    done += bytes
    const now = clock.monotonic()
    if (now - told < PROGRESS_MS) return
    told = now
    announce({ event: 'progress', data: { command, done, total, unit: 'bytes' } })
  }
}
