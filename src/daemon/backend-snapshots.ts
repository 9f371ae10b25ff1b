import { HoldfastError, readsAsTime, shellWord } from '#base'
import type { Backend } from '#api'
import type { Snapshot } from '#api/contract'
import { changeBack, isMissing, momentOf, placesOf, type Change, type Moment, type Past } from '#history'
import { toHex, type Version } from '#model'
import type { FolderSnapshot } from '#peers'
import { isoTime, type BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import { pastOf } from './backend-history.ts'
import { needHistory } from './backend-retention.ts'
import type { OpenFolder } from './folder-opener.ts'
import { lostInSnapshots } from './lost-in-snapshots.ts'
import { emptyPlan, planDeletion, planKnown, planOf, type RestorePlan } from './restore-plan.ts'
import { reachHint } from './reach-hint.ts'
import { retentionOf } from './retention-of.ts'
import { momentNamed, snapshotNamed } from './snapshot-named.ts'
import { entriesThen, needFree, writeTree } from './snapshot-tree.ts'
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
    async restoreSnapshot({ folder, name, to, dryRun }, signal) {
      const found = registry.find(folder)
      const moment = await momentNamed(group, found, name)
      const past = pastOf(found)
      if (to === null) return { name, to, ...(await inPlace(context, found, { name, moment, dryRun }, signal)) }
      await needFree(to)
      if (dryRun) {
        const plan = emptyPlan()
        await planKnown(plan, past, entriesThen(past, moment), signal)
        return { name, to, ...plan }
      }
      const plan = await planOf(entriesThen(past, moment))
      const wrote = teller(context, plan.bytes)
      const stage = `${to}.incomplete-${toHex(random.bytes(4))}`
      await writeTree(entriesThen(past, moment), to, { past, stage, signal, wrote })
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

interface InPlace {
  name: string
  moment: Moment
  dryRun: boolean
}

/** Writes what makes the folder again what it was; before that all of it has to be had somewhere, as far as can be told. */
async function inPlace(
  context: BackendContext,
  found: OpenFolder,
  { name, moment, dryRun }: InPlace,
  signal: AbortSignal,
): Promise<RestorePlan> {
  const past = pastOf(found)
  const plan = emptyPlan()
  const decide = async (): Promise<Change[]> => {
    const changes = await changesBack(past, moment)
    for (const { path, version } of changes) if (version === null) planDeletion(plan, path)
    await planKnown(plan, past, written(changes), signal)
    return changes
  }
  const { name: folder } = found.stored
  const elsewhere = `holdfast snapshot restore ${shellWord(folder)} ${shellWord(name)} --to DIR`
  const { actions } = opened(found)
  if (dryRun) {
    await opened(found).scan(signal)
    actions.needDecided('', elsewhere)
    await decide()
    return plan
  }
  const restoring = async (): Promise<{ path: string; id: Version['id'] | null }[]> => {
    const changes = await decide()
    if (plan.missingEntries > 0) throw notAll(context, found, name, plan)
    const looked = teller(context, plan.bytes)
    for (const change of written(changes)) {
      signal.throwIfAborted()
      await past.bringContent(change, signal)
      looked(change.version.size)
    }
    return changes.map(({ path, version }) => ({ path, id: version?.id ?? null }))
  }
  await found.keeping!.holds.during(() => actions.restore(restoring, elsewhere, ''))
  return plan
}

type Written = Change & { version: Version }

function written(changes: readonly Change[]): Written[] {
  return changes.filter((change): change is Written => change.version !== null)
}

/** Nothing is deleted for what cannot come in its place. */
function notAll(
  context: BackendContext,
  { stored }: OpenFolder,
  name: string,
  { missing: [first = ''], missingEntries }: RestorePlan,
): HoldfastError {
  const more = missingEntries === 1 ? '' : ` (and of ${missingEntries - 1} more)`
  const folder = shellWord(stored.name)
  return new HoldfastError(
    'offline',
    `the content of ${first}${more}, as ${name} has it, is on no device that is connected; nothing was restored`,
    {
      hint: `${reachHint(context, stored.name, first)}; holdfast snapshot restore ${folder} ${shellWord(name)} --dry-run lists what is missing; file by file: holdfast restore ${shellWord(`${stored.name}/PATH`)} --at ${shellWord(name)}`,
    },
  )
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
