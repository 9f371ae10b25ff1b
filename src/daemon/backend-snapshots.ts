import { HoldfastError, shellWord } from '#base'
import type { Backend } from '#api'
import type { Snapshot, SnapshotRestored } from '#api/contract'
import { changeBack, isMissing, momentOf, placesOf, type Change, type Moment, type Past } from '#history'
import { toHex, type Version } from '#model'
import type { FolderSnapshot, Group } from '#peers'
import { isoTime, type BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import { pastOf } from './backend-history.ts'
import { needHistory } from './backend-retention.ts'
import type { OpenFolder } from './folder-opener.ts'
import { lostInSnapshots } from './lost-in-snapshots.ts'
import { retentionOf } from './retention-of.ts'
import { entriesThen, needFree, writeTree, type ThenEntry } from './snapshot-tree.ts'
import { waitsForUser } from './waiting.ts'

/** Entries listed in one answer at most. */
const MAX_LISTED = 100_000
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
      const plan = await planOf(entriesThen(past, moment))
      if (dryRun) return { name, to, ...plan }
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

/** What a snapshot shows. Throws `not-found`, and `offline` where not all of it is known here. */
export async function momentNamed(group: Group, found: OpenFolder, name: string): Promise<Moment> {
  opened(found)
  const moment = momentOf(snapshotNamed(group, found, name).upTo)
  if (!isMissing(moment, await found.index!.have())) return moment
  throw new HoldfastError(
    'offline',
    `not all that the snapshot ${name} of ${found.stored.name} shows is known on this device yet`,
    {
      hint: `connect a device that has it, and let this one catch up: holdfast wait --folder ${shellWord(found.stored.name)}`,
    },
  )
}

function snapshotNamed({ state }: Group, { stored }: OpenFolder, name: string): FolderSnapshot {
  const found = state.properties(stored.id).snapshots.find((snapshot) => snapshot.name === name)
  if (found !== undefined) return found
  throw new HoldfastError('not-found', `${stored.name} has no snapshot ${JSON.stringify(name)}`, {
    hint: `holdfast snapshot list ${shellWord(stored.name)} lists those that there are`,
  })
}

type Plan = Omit<SnapshotRestored, 'name' | 'to'>

const NOTHING: Plan = { write: [], delete: [], entries: 0, bytes: 0, deleted: 0 }

function add(plan: Plan, { path, version }: ThenEntry): void {
  const { id, kind, size } = version
  plan.entries++
  plan.bytes += size
  if (plan.write.length < MAX_LISTED) plan.write.push({ path, version: id, kind, size })
}

async function planOf(entries: AsyncIterable<ThenEntry>): Promise<Plan> {
  const plan = structuredClone(NOTHING)
  for await (const entry of entries) add(plan, entry)
  return plan
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
): Promise<Plan> {
  const past = pastOf(found)
  const plan = structuredClone(NOTHING)
  const decide = async (): Promise<Change[]> => {
    const changes = await changesBack(past, moment)
    for (const { path, version } of changes) {
      if (version !== null) add(plan, { path, version })
      else if (++plan.deleted <= MAX_LISTED) plan.delete.push(path)
    }
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
    const looked = teller(context, plan.bytes)
    for (const { version, isForgotten } of changes) {
      signal.throwIfAborted()
      if (version === null) continue
      await past.needContent({ version, isForgotten }, signal)
      looked(version.size)
    }
    return changes.map(({ path, version }) => ({ path, id: version?.id ?? null }))
  }
  await found.keeping!.holds.during(() => actions.restore(restoring, elsewhere, ''))
  return plan
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
