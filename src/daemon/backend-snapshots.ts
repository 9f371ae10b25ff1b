import { HoldfastError, readsAsTime, shellWord } from '#base'
import type { Backend } from '#api'
import type { Snapshot } from '#api/contract'
import { isMissing, momentOf, placesOf } from '#history'
import { toHex } from '#model'
import type { FolderSnapshot } from '#peers'
import { isoTime, type BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import { pastOf } from './backend-history.ts'
import { needHistory } from './backend-retention.ts'
import { entriesThen } from './entries-then.ts'
import type { OpenFolder } from './folder-opener.ts'
import { lostInSnapshots } from './lost-in-snapshots.ts'
import { planOf } from './restore-plan.ts'
import { restoreThen, type RestoreWords } from './restore-then.ts'
import { retentionOf } from './retention-of.ts'
import { momentNamed, snapshotNamed } from './snapshot-named.ts'
import { waitsForUser } from './waiting.ts'

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
      const at = await momentNamed(group, found, name)
      const wanted = { at, under: '', dryRun, partial, words: wordsFor(found.stored.name, name, to) }
      return { name, to, ...(await restoreThen(context, found, to, wanted, signal)) }
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
    reason: 'snapshot-time',
    values: { name },
    hint: 'begin the name with a word; without a name it is called by the time it is made',
  })
}

function wordsFor(folder: string, name: string, to: string | null): RestoreWords {
  const restore = `holdfast snapshot restore ${shellWord(folder)} ${shellWord(name)}`
  const into = to === null ? '' : ` --to ${shellWord(to)}`
  return {
    command: 'snapshot restore',
    state: `as ${name} has it`,
    another: `${restore} --to DIR`,
    rest: `${restore}${into} --partial restores the rest, --dry-run lists what is missing; file by file: holdfast restore ${shellWord(`${folder}/PATH`)} --at ${shellWord(name)}${to === null ? '' : ' --to FILE'}`,
  }
}
