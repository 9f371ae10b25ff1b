import { shellWord } from '#base'
import type { Remark } from '#api/contract'
import type { BackendContext } from './backend-context.ts'
import type { OpenFolder } from './folder-opener.ts'
import { isUnheld, takersOf } from './folder-layout.ts'
import { remark } from './remarks.ts'
import { helpsWith } from './untaken.ts'

type SafetyContext = Pick<BackendContext, 'network' | 'membership'>

/** On how many devices each version of a folder is to be, by those that there are, and by `replication_factor`; null where it keeps no history here. */
export function copiesOf(
  { network }: SafetyContext,
  { keeping }: OpenFolder,
): { copies: number | null; wantedCopies: number | null } {
  const copies = keeping?.isKept === true ? keeping.holders.copies : null
  return { copies, wantedCopies: copies === null ? null : network.group.state.replicas }
}

/** What keeps a folder's versions from being as safe as they should be, and what to do. */
export function safetyNotes(context: SafetyContext, folder: OpenFolder): Remark[] {
  return [...lastingNotes(context, folder), ...(folder.keeping?.isKept === true ? untakenNotes(context, folder) : [])]
}

/** The same of what does not change by waiting. */
export function lastingNotes(context: SafetyContext, folder: OpenFolder): Remark[] {
  const isKept = folder.keeping?.isKept === true
  const safety = isKept ? [lostNote(context, folder), degradedNote(context, folder)] : []
  return [...safety, folder.deletedApart?.note(isKept) ?? null].filter((note) => note !== null)
}

function lostNote({ network }: SafetyContext, { stored: { name }, keeping }: OpenFolder): Remark | null {
  const lost = keeping?.lost ?? 0
  if (lost === 0) return null
  const isAlone = network.group.state.devices.length === 1
  const hint = `holdfast folder problems ${shellWord(name)} lists them; what comes back with a disk or a device${isAlone ? ', or is on devices that this one joins again,' : ''} is kept again by itself; holdfast gc --lost gives the rest up`
  return remark(name, 'lost', { versions: lost, alone: isAlone ? 'yes' : 'no' }, hint)
}

/** Fewer devices hold versions than there are to be copies. */
function degradedNote(context: SafetyContext, folder: OpenFolder): Remark | null {
  const { copies, wantedCopies } = copiesOf(context, folder)
  if (copies === null || wantedCopies === null || copies >= wantedCopies) return null
  if (copies === 0 && isUnheld(folder.keeping?.holders.next())) return unheldNote(context, folder)
  const least = Math.max(1, copies)
  const hint = `${another(context, folder)}, or holdfast config set replication_factor ${least}`
  return remark(folder.stored.name, 'degraded', { copies, wanted: wantedCopies }, hint)
}

/** Nobody has more of it than a cache. */
function unheldNote(context: SafetyContext, folder: OpenFolder): Remark {
  const isAlone = context.network.group.state.devices.length === 1
  const hint = isAlone
    ? 'to be in the group again that has it: holdfast invite on one of its devices, then here holdfast join CODE'
    : another(context, folder)
  return remark(folder.stored.name, 'unheld', {}, hint)
}

/** How one more device can hold versions: one of the group that could, or one that is to come. */
function another({ network: { group }, membership }: SafetyContext, { stored, keeping }: OpenFolder): string {
  const { state } = group
  const holders = keeping?.holders.layout?.devices ?? []
  const taken = new Set([...holders, ...takersOf(state, stored.id), group.device])
  const idle = state.devices.find(({ device }) => !taken.has(device))
  if (idle === undefined) return 'add a device: holdfast invite'
  const pledge = 'holdfast config set pledge SIZE'
  const join = `holdfast folder join ${shellWord(stored.name)} PATH, or ${pledge}`
  return `on ${membership.called()(idle.device)}: ${idle.role === 'storage' ? pledge : join}`
}

/** Devices that do not take what they are to hold. */
function untakenNotes({ membership }: SafetyContext, { stored, keeping }: OpenFolder): Remark[] {
  const called = membership.called()
  return (keeping?.holders.obstacles ?? []).map(({ device, obstacle }) => {
    const name = called(device)
    return remark(stored.name, obstacle, { device: name }, helpsWith(obstacle, name))
  })
}
