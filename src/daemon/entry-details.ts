import type { EntryDetails, ListItem, Problem } from '#api/contract'
import { HoldfastError, shellWord } from '#base'
import type { Conflict, ShownEntry, TodoRow } from '#db'
import { checkPath, hlcTime, isLive, mayRead, pathKey, takesChanges, type DeviceId, type Version } from '#model'
import { hasKept, keptUpTo } from '#replication'
import { wayOut } from '#sync'
import { isoTime, type BackendContext } from './backend-context.ts'
import { entryAt, listItemOf } from './backend-content.ts'
import { folderStatus, opened } from './backend-folders.ts'
import { entryReason, type EntryFacts, type OtherDevice } from './entry-reason.ts'
import type { OpenFolder } from './folder-opener.ts'
import { othersWithFolder } from './obstacles.ts'
import { reachHint } from './reach-hint.ts'
import { nowhereNow } from './reach-words.ts'
import { waitsForUser } from './waiting.ts'

/** What is told of versions, and keeps no entry from being the same everywhere. */
const OF_THE_PAST: ReadonlySet<string> = new Set(['lost', 'lies', 'out-of-reach'])

/** Of a path what the index knows: its row, or that of the path beside which it shows as another version. */
interface Known {
  row: TodoRow | undefined
  conflict: Conflict | null
  /** The newest version of what shows there; undefined for a directory of which no record tells, and where nothing is known. */
  version: Version | undefined
  shown: ShownEntry | undefined
}

/** All that is known here of one entry of a folder. `problems`: what the folder lists. */
export async function entryDetails(
  context: BackendContext,
  folder: OpenFolder,
  path: string,
  problems: readonly Problem[],
): Promise<EntryDetails> {
  checkPath(path)
  const { network, membership, logger } = context
  const sync = opened(folder)
  await sync.look([path]).catch((error: unknown) => logger.debug({ error }, 'a path could not be looked at'))
  const known = await knownAt(folder, path)
  const { version, shown, row } = known
  const key = pathKey(path)
  const about = problems.filter((each) => pathKey(each.path) === key)
  const problem = about.find(({ code }) => !OF_THE_PAST.has(code)) ?? null
  const isDeleted = version !== undefined && !isLive(version) && shown === undefined && row?.below !== true
  const isHere =
    version === undefined ? shown !== undefined : isLive(version) ? shown?.version?.id === version.id : shown === undefined
  const others = await othersOf(context, folder, version)
  const item = isDeleted ? deletedItem(folder, version) : await itemAt(folder, path, known, problem)
  const isOnline = folder.stored.path === null
  const isKnown = version !== undefined || shown !== undefined || item !== null
  const isReachable = isHere || others.some(({ connected, has }) => connected && has === 'yes')
  const facts: EntryFacts = {
    folder: folder.stored.name,
    path,
    problem,
    folderFault: folderFault(context, folder, path),
    isIgnored: (await isIgnored(folder, path, item?.kind === 'directory')) === true,
    isKnown,
    conflict: known.conflict === null ? null : { with: known.conflict.with, by: membership.called()(known.conflict.device) },
    deleted: isDeleted ? { by: membership.called()(version.author), time: isoTime(hlcTime(version.hlc)) } : null,
    paused: sync.standing.state === 'paused' ? pauseOf(context, folder) : null,
    isHere,
    isToBeHere: !isOnline && takesChanges(network.group.state.role(folder.stored.id, network.group.device)),
    isOnline,
    nowhere: version === undefined || isReachable ? null : await nowhere(context, folder, version),
    others,
  }
  const own = network.devices().filter((device) => device.own)
  return {
    item,
    ...entryReason(facts),
    problem: problem ?? about[0] ?? null,
    devices: [
      ...own.map(({ device, name }) => ({
        device,
        name,
        connected: true,
        has: isHere && isKnown ? ('yes' as const) : ('no' as const),
      })),
      ...others.map(({ device, name, connected, has }) => ({ device, name, connected, has })),
    ],
  }
}

function pauseOf(context: BackendContext, folder: OpenFolder): EntryFacts['paused'] {
  const { reason: message, values } = folderStatus(context, folder)
  return { message, ...(values !== undefined && { values }) }
}

async function knownAt({ index }: OpenFolder, path: string): Promise<Known> {
  const key = pathKey(path)
  const conflict = (await index!.conflicts()).find((each) => pathKey(each.with) === key || pathKey(each.path) === key) ?? null
  const isBeside = conflict !== null && pathKey(conflict.with) === key
  const [row] = await index!.rows([isBeside ? conflict.path : path])
  const shown = row?.shown.find((entry) => pathKey(entry.path) === key)
  const version = isBeside ? row?.heads.find(({ id }) => id === shown?.version?.id) : newest(row)
  return { row, conflict, version, shown }
}

/** What a path shows: a directory keeps the name, and what is live goes before what is not. */
function newest(row: TodoRow | undefined): Version | undefined {
  const live = row?.heads.filter(isLive) ?? []
  return live.find(({ kind }) => kind === 'directory') ?? live[0] ?? row?.heads[0]
}

async function itemAt(
  { stored, index }: OpenFolder,
  path: string,
  { shown }: Known,
  problem: Problem | null,
): Promise<ListItem | null> {
  const entry =
    shown === undefined
      ? await entryAt(index!, path)
      : { ...shown, modified: shown.stat.mtimeMs, version: shown.version?.id ?? null, state: 'synced' as const }
  if (entry === null) return null
  const item = listItemOf(stored, entry)
  return problem === null ? item : { ...item, state: 'problem' }
}

function deletedItem({ stored }: OpenFolder, { path, id }: Version): ListItem {
  return { folder: stored.name, path, kind: 'file', size: 0, modified: null, version: id, state: 'deleted' }
}

/** What keeps all of a folder from being synced, and only somebody here can end, where it may be about this path. */
function folderFault(context: BackendContext, folder: OpenFolder, path: string): EntryFacts['folderFault'] {
  const sync = opened(folder)
  const { state, reason, reasonCode } = sync.standing
  const { name } = folder.stored
  if (state === 'error') return { message: reason, hint: null }
  if (state === 'blocked') return { message: reason, hint: wayOut(reasonCode, name) }
  if (state === 'held' && isHeld(folder, path))
    return {
      message: `It is one of many that vanished here at once. ${reason}`,
      hint: waitsForUser({ state, reason, reasonCode }, name).hint ?? null,
    }
  const { group } = context.network
  if (mayRead(group.state.role(folder.stored.id, group.device))) return null
  const device = context.membership.reference(group.device)
  return {
    message: reason,
    hint: `on a device with the role sync: holdfast folder share ${shellWord(name)} ${device} --role sync`,
  }
}

function isHeld(folder: OpenFolder, path: string): boolean {
  try {
    opened(folder).actions.needDecided(path, '')
    return false
  } catch (error) {
    return error instanceof HoldfastError && error.code === 'held'
  }
}

/** null: its rules cannot be read, which is a problem of the folder. */
async function isIgnored({ disk }: OpenFolder, path: string, isDirectory: boolean): Promise<boolean | null> {
  if (disk === null) return false
  const [ignored] = await disk.ignored([{ path, isDirectory }]).catch(() => [null])
  return ignored ?? null
}

/** The other devices that have the folder, and whether they have a version; undefined: a directory of which no record tells. */
async function othersOf(
  context: BackendContext,
  folder: OpenFolder,
  version: Version | undefined,
): Promise<(OtherDevice & { device: DeviceId })[]> {
  const { network, membership } = context
  const { exchange } = opened(folder)
  const { state } = network.group
  const called = membership.called()
  const peers = new Map(exchange.peers.map((peer) => [peer.device, peer.state]))
  const said = [...peers].filter(([, each]) => each !== null).map(([device]) => device)
  const devices = [...new Set([...(await othersWithFolder(context, folder)), ...said])]
  const seen = new Map(network.devices().map((each) => [each.device, each]))
  return devices.map((device) => {
    const word = peers.get(device) ?? null
    const takes = takesChanges(state.role(folder.stored.id, device)) && word?.materialised !== false
    const kept = folder.keeping?.holders.keptOf(device)
    const isWhole = word !== null && word.materialised && word.needEntries === 0
    const has = (): OtherDevice['has'] => {
      if (version === undefined) return isWhole && takes ? 'yes' : 'unknown'
      if (version.author === device || hasKept(kept, version)) return 'yes'
      if (word === null) return (seen.get(device)?.lastSeen ?? Infinity) < hlcTime(version.hlc) ? 'no' : 'unknown'
      if (!takes || !hasKept(keptUpTo(word.have), version)) return 'no'
      return isWhole ? 'yes' : 'unknown'
    }
    return {
      device,
      name: called(device),
      connected: seen.get(device)?.connected === true,
      has: has(),
      takes,
      lacks: word?.needEntries ?? null,
      hindrance: word?.hindrance ?? null,
    }
  })
}

/** Who may have it of those that are away, and what to do; null where it may just be on its way. */
async function nowhere(context: BackendContext, folder: OpenFolder, version: Version): Promise<EntryFacts['nowhere']> {
  if (!isLive(version) || version.kind !== 'file' || folder.keeping === null) return null
  const found = await context.reach.whoHas(folder, version.path, version.id).catch(() => null)
  if (found === null) return null
  if (found.devices.length > 0) return nowhereNow(context, found)
  const isAnyThere = opened(folder).exchange.peers.some(({ state }) => state?.materialised === true)
  if (isAnyThere) return null
  return {
    message: 'It is on no device that is connected.',
    values: { devices: '', number: 0 },
    hint: reachHint(context, folder.stored.name, version.path),
  }
}
