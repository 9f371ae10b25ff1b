import { HoldfastError, readsAsTime, shellWord, toErrorShape } from '#base'
import type { Backend } from '#api'
import type { Snapshot } from '#api/contract'
import { changeBack, isMissing, momentOf, OutOfReachError, placesOf, type Change, type Moment, type Past } from '#history'
import { parentPath, pathKey, toHex, type Version } from '#model'
import type { FolderSnapshot } from '#peers'
import { isoTime, type BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import { pastOf } from './backend-history.ts'
import { needHistory } from './backend-retention.ts'
import { entriesThen, isGone, type ThenEntry } from './entries-then.ts'
import type { OpenFolder } from './folder-opener.ts'
import { lostInSnapshots } from './lost-in-snapshots.ts'
import { emptyPlan, planDeletion, planKnown, planOf, planWithout, type RestorePlan } from './restore-plan.ts'
import { isOutOfReach } from './reach-hint.ts'
import { toldWhoHas } from './reach-words.ts'
import { retentionOf } from './retention-of.ts'
import { momentNamed, snapshotNamed } from './snapshot-named.ts'
import { needFree, writeTree } from './snapshot-tree.ts'
import { waitsForUser } from './waiting.ts'

const PROGRESS_MS = 500

type SnapshotOperations = Pick<Backend, 'createSnapshot' | 'snapshots' | 'restoreSnapshot' | 'deleteSnapshot'>

export function snapshotOperations(context: BackendContext): SnapshotOperations {
  const { registry, network, clock, random, membership } = context
  const { group } = network
  const shownAs = async (found: OpenFolder, snapshot: FolderSnapshot): Promise<Snapshot> => {
    const { name, created, entries, bytes, by, upTo } = snapshot
    const past = pastOf(found)
    const moment = momentOf(upTo)
    const complete = !isMissing(moment, await found.index!.have())
    const lost = (await lostInSnapshots(found.index!, retentionOf(group, found.stored.id))).get(name) ?? 0
    const state = { complete, lost, protected: complete && lost === 0 && (await past.isProtectedUpTo(moment)) }
    return { name, time: isoTime(created), entries, bytes, device: by, by: membership.called()(by), ...state }
  }
  return {
    async createSnapshot({ folder, name: wanted }, signal) {
      const found = registry.find(folder)
      needHistory(group, found)
      needName(wanted)
      const sync = opened(found)
      const { state, reason, reasonCode } = sync.standing
      if (state === 'blocked' || state === 'paused') throw waitsForUser({ state, reason, reasonCode }, found.stored.name)
      await sync.scan(signal)
      const upTo = placesOf(await found.index!.have())
      const { entries, bytes } = await planOf(entriesThen(pastOf(found), momentOf(upTo)))
      const created = Math.floor(clock.now())
      const name = wanted ?? isoTime(created).replace(/\.\d+Z$/, 'Z')
      const id = toHex(random.bytes(16))
      await group.say({ kind: 'snapshot.create', folder: found.stored.id, id, name, created, entries, bytes, upTo })
      return shownAs(found, { id, name, by: group.device, created, entries, bytes, upTo })
    },
    async snapshots({ folder }) {
      const found = registry.find(folder)
      const all: Snapshot[] = []
      for (const snapshot of group.state.properties(found.stored.id).snapshots) all.push(await shownAs(found, snapshot))
      return all.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    },
    async restoreSnapshot({ folder, name, to, dryRun, partial }, signal) {
      const found = registry.find(folder)
      const moment = await momentNamed(group, found, name)
      const how = { name, moment, dryRun, partial }
      const plan = to === null ? await inPlace(context, found, how, signal) : await elsewhere(context, found, to, how, signal)
      return { name, to, ...plan }
    },
    async deleteSnapshot({ folder, name }) {
      const found = registry.find(folder)
      const { id } = snapshotNamed(group, found, name)
      await group.say({ kind: 'snapshot.delete', folder: found.stored.id, id })
      return { name }
    },
  }
}

/** Throws `usage` for a name that `ls --at` would take for a time. */
function needName(name: string | undefined): void {
  if (name === undefined || !readsAsTime(name)) return
  throw new HoldfastError('usage', `a snapshot cannot be called ${name}: that is a time`, {
    hint: 'begin the name with a word; without a name it is called by the time it is made',
  })
}

interface How {
  name: string
  moment: Moment
  dryRun: boolean
  /** What cannot be had is left out. */
  partial: boolean
}

/** Writes what a folder was into a new directory. */
async function elsewhere(
  context: BackendContext,
  found: OpenFolder,
  to: string,
  { name, moment, dryRun, partial }: How,
  signal: AbortSignal,
): Promise<RestorePlan> {
  const past = pastOf(found)
  await needFree(to)
  if (dryRun) {
    const known = emptyPlan()
    await planKnown(known, past, entriesThen(past, moment), signal)
    return known
  }
  const plan = await planOf(entriesThen(past, moment))
  const wrote = teller(context, plan.bytes)
  const stage = `${to}.incomplete-${toHex(context.random.bytes(4))}`
  const missing: ThenEntry[] = []
  const missed = (entry: ThenEntry): boolean => missing.push(entry) > 0 && partial
  try {
    await writeTree(entriesThen(past, moment), to, { past, stage, signal, wrote, missed })
  } catch (error) {
    if (partial || !isOutOfReach(error)) throw error
    throw await notAll(context, found, name, missing, ` to ${to}`)
  }
  planWithout(plan, missing)
  return plan
}

/** Writes what makes the folder again what it was; before that all of it has to be had somewhere, as far as can be told, unless what cannot is left out. */
async function inPlace(
  context: BackendContext,
  found: OpenFolder,
  { name, moment, dryRun, partial }: How,
  signal: AbortSignal,
): Promise<RestorePlan> {
  const past = pastOf(found)
  const plan = emptyPlan()
  const left = new Set<string>()
  const decide = async (): Promise<Change[]> => {
    const changes = await changesBack(past, moment)
    await planKnown(plan, past, written(changes), signal)
    if (partial) for (const path of plan.missing) left.add(pathKey(path))
    return changes
  }
  /** Nothing is deleted for what cannot come in its place. */
  const remaining = (changes: readonly Change[]): Change[] => {
    const kept = changes.filter(({ path, version }) => !left.has(pathKey(path)) && (version !== null || !isBelow(path, left)))
    for (const { path, version } of kept) if (version === null) planDeletion(plan, path)
    return kept
  }
  const { name: folder } = found.stored
  const another = `holdfast snapshot restore ${shellWord(folder)} ${shellWord(name)} --to DIR`
  const { actions } = opened(found)
  if (dryRun) {
    await opened(found).scan(signal)
    actions.needDecided('', another)
    remaining(await decide())
    return plan
  }
  const restoring = async (): Promise<{ path: string; id: Version['id'] | null }[]> => {
    const changes = await decide()
    if (plan.missingEntries > 0 && !partial) throw await notAll(context, found, name, lackingOf(plan, changes))
    const looked = teller(context, plan.bytes)
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
    return remaining(changes).map(({ path, version }) => ({ path, id: version?.id ?? null }))
  }
  await found.keeping!.holds.during(() => actions.restore(restoring, another, ''))
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
  name: string,
  lacking: readonly ThenEntry[],
  where = '',
): Promise<HoldfastError> {
  const first = lacking.find((entry) => entry.isGone !== true) ?? lacking[0]!
  const more = lacking.length === 1 ? '' : ` (and of ${lacking.length - 1} more${where === '' ? '' : ' at least'})`
  const fault = new OutOfReachError(`the content of ${first.path}${more}, as ${name} has it, is on no device that is connected`)
  const told = toErrorShape(first.isGone === true ? fault : await toldWhoHas(context, found, first.version, fault))
  const reach = first.isGone === true ? 'no device has it any more, as far as is known here' : told.hint
  const folder = found.stored.name
  const restore = `holdfast snapshot restore ${shellWord(folder)} ${shellWord(name)}`
  const others = `${restore} --partial restores the rest, --dry-run lists what is missing; file by file: holdfast restore ${shellWord(`${folder}/PATH`)} --at ${shellWord(name)}`
  return new HoldfastError('offline', `${told.message}; nothing was restored${where}`, {
    hint: `${reach}; ${others}`,
    cause: fault,
  })
}

async function changesBack(past: Past, moment: Moment): Promise<Change[]> {
  const changes: Change[] = []
  for await (const all of past.histories('')) {
    const change = changeBack(all, moment)
    if (change !== null) changes.push(change)
  }
  return changes
}

/** Tells by events how far a restoration is, of which so many bytes more are done with each call. */
function teller({ clock, announce }: BackendContext, total: number): (bytes: number) => void {
  let [done, told] = [0, -Infinity]
  return (bytes) => {
    done += bytes
    const now = clock.monotonic()
    if (now - told < PROGRESS_MS) return
    told = now
    announce({ event: 'progress', data: { command: 'snapshot restore', done, total, unit: 'bytes' } })
  }
}
