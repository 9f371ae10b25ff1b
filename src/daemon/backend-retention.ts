import { HoldfastError, shellWord } from '#base'
import type { Backend } from '#api'
import type { Retention, Verdict } from '#api/contract'
import { encodePolicy, judge, parsePolicy, policyWords, type FolderRetention } from '#history'
import { hlcTime, isLive } from '#model'
import type { Group } from '#peers'
import { isoTime, type BackendContext } from './backend-context.ts'
import { pastOf } from './backend-history.ts'
import type { OpenFolder } from './folder-opener.ts'
import { keepsHistory, retentionOf } from './retention-of.ts'

/** Versions listed in one answer at most, of those that are kept and of the others. */
const MAX_LISTED = 100_000
/** Snapshots named as reasons for one version. */
const MAX_SNAPSHOTS_NAMED = 5

export const HISTORY_HINT = 'whether it does is decided when a folder is made: holdfast folder create PATH --history full'

type RetentionOperations = Pick<Backend, 'pin' | 'unpin' | 'retention' | 'setRetention'>

export function retentionOperations({ registry, network, clock }: BackendContext): RetentionOperations {
  const { group } = network
  const judged = async (found: OpenFolder, retention: FolderRetention): Promise<Retention> => {
    const history = keepsHistory(group, found) ? 'full' : 'off'
    const result: Retention = { policy: policyWords(retention.policy), history, keep: [], forget: [], kept: 0, forgotten: 0 }
    for await (const all of pastOf(found).histories('')) {
      const { keep: kept, forget } = judge(retention, all, clock.now())
      // Nothing can keep what no device has.
      const keep = kept.filter(({ version: { past } }) => past.isNeverKept !== true)
      result.kept += keep.length
      result.forgotten += forget.length
      result.keep.push(...keep.slice(0, MAX_LISTED - result.keep.length).map(verdictOf))
      result.forget.push(...forget.slice(0, MAX_LISTED - result.forget.length).map(verdictOf))
    }
    return result
  }
  return {
    async pin({ folder, path, version: id }, signal) {
      const found = registry.find(folder)
      const past = pastOf(found)
      const chosen = await past.version(path, { id })
      const { version } = chosen
      needHistory(group, found)
      if (!isLive(version)) {
        throw new HoldfastError('not-found', `${version.path} was deleted then: there is nothing to keep`, {
          reason: 'deleted-then',
          values: { path: version.path },
          hint: `holdfast versions ${shellWord(`${found.stored.name}/${path}`)} lists the versions before`,
        })
      }
      await found.keeping!.holds.during(async () => {
        // Until the others have heard of it, what is left of it may be here alone.
        if (chosen.isForgotten) await past.needContent(chosen, signal)
        await group.say({ kind: 'folder.pin', folder: found.stored.id, version: version.id, isPinned: true })
      })
      return { path: version.path, version: version.id }
    },
    async unpin({ folder, path, version: id }) {
      const found = registry.find(folder)
      const { version } = await pastOf(found).version(path, { id })
      if (!group.state.properties(found.stored.id).pins.has(version.id)) {
        throw new HoldfastError('not-found', `that version of ${version.path} is not pinned`, {
          reason: 'not-pinned',
          values: { path: version.path },
          hint: `holdfast versions ${shellWord(`${found.stored.name}/${path}`)} shows which are`,
        })
      }
      await group.say({ kind: 'folder.pin', folder: found.stored.id, version: version.id, isPinned: false })
      return { path: version.path, version: version.id }
    },
    async retention({ folder }) {
      const found = registry.find(folder)
      const { fault, ...retention } = retentionOf(group, found.stored.id)
      if (fault !== null) throw fault
      return judged(found, retention)
    },
    async setRetention({ folder, policy: words, dryRun }) {
      const found = registry.find(folder)
      const policy = parsePolicy(words)
      needHistory(group, found)
      const result = await judged(found, { ...retentionOf(group, found.stored.id), policy })
      if (!dryRun) await group.say({ kind: 'folder.retention', folder: found.stored.id, policy: encodePolicy(policy) })
      return result
    },
  }
}

/** Throws `usage` where a folder keeps no versions that could be kept longer or shorter. */
export function needHistory(group: Group, folder: OpenFolder): void {
  if (keepsHistory(group, folder)) return
  throw new HoldfastError('usage', `${folder.stored.name} keeps no history: what is replaced or deleted in it is not stored`, {
    reason: 'no-history',
    values: { folder: folder.stored.name },
    hint: HISTORY_HINT,
  })
}

function verdictOf({ version: { past }, reasons }: ReturnType<typeof judge>['keep'][number]): Verdict {
  const { path, id, hlc, kind, size } = past.version
  const snapshots = reasons.filter((reason) => reason.startsWith('snapshot '))
  const left = new Set(snapshots.slice(MAX_SNAPSHOTS_NAMED))
  const named = reasons.filter((reason) => !left.has(reason))
  const told = left.size === 0 ? named : [...named, `${left.size} more snapshots`]
  return { path, version: id, time: isoTime(hlcTime(hlc)), kind, size, reasons: told }
}
