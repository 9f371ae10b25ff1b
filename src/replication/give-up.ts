import type { Clock, Logger } from '#base'
import type { FolderHistory, KeepItem } from '#db'
import { chunkIds, eachId, toHex, type Version } from '#model'
import type { Before, GoneContent } from './gone-content.ts'
import type { ChunkFinder } from './chunk-finder.ts'
import { idsOf, type Wanted } from './wanted.ts'

export interface GiveUpParts {
  index: Pick<FolderHistory, 'forgetGone'>
  gone: Pick<GoneContent, 'before' | 'missed'> & {
    /** Hears of versions before they are forgotten. */
    noteGone?(items: readonly KeepItem[]): Promise<void>
    /** Did another device hold one of these chunks (32 bytes each) of a version for this one? */
    wasHeld?(version: Version, chunks: readonly Uint8Array[]): Promise<boolean>
    /** Is this device to have none of them? */
    isOthers?(item: KeepItem, chunks: readonly Uint8Array[]): boolean
    /** Has the anchor of one of them said that it has the version? Taken for said where left out. */
    isSaid?(item: KeepItem, chunks: readonly Uint8Array[]): boolean
    /** Hears of those that were given up, and are not lost. */
    gaveUp?(versions: readonly Version[]): void
  }
  clock: Pick<Clock, 'now'>
  logger: Logger
}

/**
 * It was tried to get the content of versions, and these chunks, in hex, are nowhere: forgets those that are gone for good by that. The numbers of those items.
 * `isOthers`: those chunks of one need not be on this device, so that what it had of the version tells nothing.
 */
export async function forgetGone(
  { index, gone, clock, logger }: GiveUpParts,
  items: readonly KeepItem[],
  before: readonly Before[],
  nowhere: ReadonlySet<string>,
  isOthers: NonNullable<GiveUpParts['gone']['isOthers']> = () => false,
): Promise<number[]> {
  const found: number[] = []
  const missing = new Map<KeepItem, readonly Uint8Array[]>()
  for (const [at, item] of items.entries()) {
    // Where it is not known what it consists of, by its manifest.
    const ids =
      nowhere.size === 0 ? [] : eachId(chunkIds(item.chunks ?? item.version.chunks)).filter((id) => nowhere.has(toHex(id)))
    if (!(await gone.missed(item, before[at]!, ids))) continue
    found.push(at)
    missing.set(item, ids)
  }
  if (found.length === 0) return found
  const given = found.map((at) => items[at]!)
  await gone.noteGone?.(given)
  const held: Parameters<FolderHistory['forgetGone']>[0][number][] = []
  for (const item of given) {
    const ids = missing.get(item)!
    const wasHeld = (await gone.wasHeld?.(item.version, ids)) === true
    held.push({ record: item.record, wasHeld, isOthers: isOthers(item, ids), isSaid: gone.isSaid?.(item, ids) !== false })
  }
  const lost = new Set(await index.forgetGone(held, clock.now()))
  for (const { record, version } of given) {
    const about = { path: version.path, version: version.id }
    if (lost.has(record)) logger.warn(about, 'the content of a version that was kept is on no device any more')
    else
      logger.warn(
        about,
        'no device has the content of a version, which was replaced or deleted before one had kept it: it is given up',
      )
  }
  const never = given.flatMap(({ record, version }) => (lost.has(record) ? [] : [version]))
  if (never.length > 0) gone.gaveUp?.(never)
  return found
}

/**
 * Forgets those of versions that are gone for good, where these chunks of them could not be had for another device: this one may have nothing to
 * keep of them. Those that it forgot.
 */
export async function giveUp(
  { finder, ...parts }: GiveUpParts & { finder: ChunkFinder },
  items: readonly KeepItem[],
  absent: readonly Wanted[],
  signal: AbortSignal,
): Promise<KeepItem[]> {
  const before = parts.gone.before(items)
  if (before.every((each) => each === null)) return []
  const nowhere = new Set<string>()
  const lengths = absent.map(({ length }) => length)
  await finder.find(idsOf(absent), lengths, signal, (id) => nowhere.add(id))
  const isOthers = (...of: [KeepItem, readonly Uint8Array[]]): boolean => parts.gone.isOthers?.(...of) === true
  return (await forgetGone(parts, items, before, nowhere, isOthers)).map((at) => items[at]!)
}
