import type { Clock } from '#base'
import type { FolderIndex, KeepItem } from '#db'
import { chunkIds, eachId, hlcTime, pathKey, toHex, type DeviceId } from '#model'
import { hasKept, partitionOf, type Holders, type KeptBy } from '#replication'

/** Versions looked at in one call, and paths that are named in all. */
const PAGE = 1_000
const NAMED = 1_000

export interface OutOfReachParts {
  index: Pick<FolderIndex, 'recordsAfter'>
  /** Its history is kept. */
  isKept: boolean
  /** Who holds its chunks, by partition; null where that is nobody's duty. */
  holders: Holders | null
  /** What a device has said that it keeps. */
  keptOf(device: DeviceId): KeptBy | undefined
  /** Is it this device, or one that is connected? */
  isThere(device: DeviceId): boolean
  /** What connected devices know of that have all of it on their disks. */
  live: readonly KeptBy[]
  /** The devices away that may have some of it, and when each was seen last, ms. */
  away: ReadonlyMap<DeviceId, number>
  /** Those of packed ids that are neither on this device nor in a block on a connected one. */
  lacking(ids: Uint8Array): Promise<ReadonlySet<string>>
  /** Rests after so much work, ms. */
  rest(ms: number): Promise<void>
  clock: Pick<Clock, 'monotonic'>
}

/** Content that no device which is here has. */
export interface OutOfReach {
  /** Those away that have it, by their ids. */
  devices: readonly DeviceId[]
  /** They have said that they have it; false: they may. */
  isSaid: boolean
  /** Files that the folder shows. */
  files: number
  /** Versions in all. */
  versions: number
  /** Paths of these, as many as are named. */
  paths: ReadonlyMap<string, { path: string; isFile: boolean; versions: number }>
}

interface Found extends OutOfReach {
  paths: Map<string, { path: string; isFile: boolean; versions: number }>
}

/** What of a folder's content is out of reach now, by what devices have said, and of what none that is here has said so by what they answer. */
export async function outOfReach(parts: OutOfReachParts, signal: AbortSignal): Promise<OutOfReach[]> {
  const { index, rest, clock } = parts
  const found = new Map<string, Found>()
  let named = 0
  for (let after = 0; ;) {
    const started = clock.monotonic()
    const page = await index.recordsAfter(after, PAGE)
    const last = page.at(-1)
    if (last === undefined) return [...found.values()].toSorted((a, b) => b.versions - a.versions)
    after = last.record
    for (const { item, missing } of await missingOf(parts, page)) {
      const { devices, isSaid } = whoHas(parts, item, missing)
      if (devices.length === 0) continue
      const key = [isSaid, ...devices].join()
      const all = found.get(key) ?? { devices, isSaid, files: 0, versions: 0, paths: new Map() }
      found.set(key, all)
      all.versions++
      if (item.isHead) all.files++
      const { path } = item.version
      const known = all.paths.get(pathKey(path))
      if (known === undefined && named++ >= NAMED) continue
      const { isFile = false, versions = 0 } = known ?? {}
      all.paths.set(pathKey(path), { path, isFile: isFile || item.isHead, versions: versions + 1 })
    }
    signal.throwIfAborted()
    await rest(clock.monotonic() - started)
  }
}

/** Those of some versions that cannot be had now, and what of them cannot: chunks (32 bytes each); null where it is not known of what they consist. */
async function missingOf(
  parts: OutOfReachParts,
  items: readonly KeepItem[],
): Promise<{ item: KeepItem; missing: Uint8Array[] | null }[]> {
  const suspects = items.flatMap((item) => {
    const unsaid = isNeeded(parts, item) ? unsaidOf(parts, item) : []
    return unsaid?.length === 0 ? [] : [{ item, unsaid }]
  })
  const ids = new Map(suspects.flatMap(({ unsaid }) => (unsaid ?? []).map((id) => [toHex(id), id])))
  const lacking = ids.size === 0 ? new Set<string>() : await parts.lacking(Buffer.concat([...ids.values()]))
  return suspects.flatMap(({ item, unsaid }) => {
    const missing = unsaid?.filter((id) => lacking.has(toHex(id))) ?? null
    return missing?.length === 0 ? [] : [{ item, missing }]
  })
}

function isNeeded({ isKept }: OutOfReachParts, { version, isHead, isForgotten }: KeepItem): boolean {
  return version.kind === 'file' && version.size > 0 && !isForgotten && (isHead || isKept)
}

/** The chunks of a version that no device which is here has said to have; null where it is not known of what it consists. */
function unsaidOf({ holders, keptOf, isThere, live }: OutOfReachParts, item: KeepItem): Uint8Array[] | null {
  const { version, isHead, chunks } = item
  if (isHead && live.some((have) => hasKept(have, version))) return []
  if (chunks === null) return null
  return eachId(chunkIds(chunks)).filter(
    (id) => holders?.[partitionOf(id, holders.length)]!.some((each) => isThere(each) && hasKept(keptOf(each), version)) !== true,
  )
}

/**
 * The devices away that have what is missing of a version: those that have said so, or all that may: its author, and each that was seen since it was written.
 * Where that is the author alone of a file that the folder shows, it has it.
 */
export function whoHas(
  { holders, keptOf, isThere, away }: Pick<OutOfReachParts, 'holders' | 'keptOf' | 'isThere' | 'away'>,
  { version, isHead }: Pick<KeepItem, 'version' | 'isHead'>,
  missing: readonly Uint8Array[] | null,
): Pick<OutOfReach, 'devices' | 'isSaid'> {
  const isHolder = (device: DeviceId): boolean => !isThere(device) && hasKept(keptOf(device), version)
  const of = (id: Uint8Array): DeviceId[] => (holders?.[partitionOf(id, holders.length)] ?? []).filter(isHolder)
  const said = missing === null ? [[...new Set(holders?.flat())].filter(isHolder)] : missing.map(of)
  if (said.every((devices) => devices.length > 0)) return { devices: [...new Set(said.flat())].toSorted(), isSaid: true }
  // Its author has it until its anchor has said so: one that is here, and has it not, never had the time to keep it.
  if (!isHead && isThere(version.author)) return { devices: [], isSaid: false }
  const may = [...away].filter(([device, seen]) => device === version.author || seen >= hlcTime(version.hlc))
  const devices = may.map(([device]) => device).toSorted()
  return { devices, isSaid: isHead && devices.length === 1 && devices[0] === version.author }
}
