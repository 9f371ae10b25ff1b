import { shellWord } from '#base'
import type { Remark } from '#api/contract'
import type { KeepItem } from '#db'
import { CHUNK_ITEM_BYTES, type DeviceId } from '#model'
import { hasKept, keptUpTo, partitionOf, type KeptBy } from '#replication'
import { count } from '#sync'
import type { BackendContext } from './backend-context.ts'
import type { OpenFolder } from './folder-opener.ts'

/** Versions looked at in one call, and paths that are named. */
const PAGE = 1_000
const NAMED = 3

type OnlyContext = Pick<BackendContext, 'network' | 'registry' | 'membership'>

/**
 * What goes with a device that leaves, or is put out, without handing it over: of each folder the versions whose content no other device has, as far as
 * they have said.
 */
export async function onlyCopies(context: OnlyContext, device: DeviceId): Promise<Remark[]> {
  const { network, registry, membership } = context
  const isOwn = device === network.group.device
  const name = isOwn ? 'this device' : membership.called()(device)
  const notes: Remark[] = []
  for (const folder of registry.folders) {
    const { versions, paths } = await onlyIn(folder, device, network.group.device)
    if (versions === 0) continue
    const [named, more] = [[...paths].slice(0, NAMED), paths.size - NAMED]
    const word = shellWord(folder.stored.name)
    notes.push({
      folder: folder.stored.name,
      reasonCode: 'only-copy',
      message: `the content of ${count(versions, 'version', 'versions')} is on ${name} alone, as far as the other devices have said: of ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      hint: isOwn
        ? `it stays here; to give it to the others: holdfast join CODE, with a code that one of them makes (holdfast invite), and then holdfast wait --folder ${word} --for protected`
        : `where that device is there still, let it join again (holdfast invite) and wait: holdfast wait --folder ${word} --for protected; where it is gone, so is this: holdfast rm ${shellWord(`${folder.stored.name}/PATH`)} deletes an entry that nobody has, holdfast gc --lost gives up versions`,
    })
  }
  return notes
}

async function onlyIn(folder: OpenFolder, device: DeviceId, own: DeviceId): Promise<{ versions: number; paths: Set<string> }> {
  const { index, keeping } = folder
  const found = { versions: 0, paths: new Set<string>() }
  if (index === null || keeping === null || (device === own && !keeping.keeps)) return found
  const isElsewhere = elsewhere(folder, device)
  const kept = keeping.holders.keptOf(device)
  for (let after = 0; ;) {
    const page = await index.recordsAfter(after, PAGE)
    const last = page.at(-1)
    if (last === undefined) return found
    after = last.record
    const lone = page.filter((item) => {
      const { version, isHead, isForgotten } = item
      if (version.kind !== 'file' || version.size === 0 || isForgotten || !(isHead || keeping.isKept)) return false
      return (device === own || version.author === device || hasKept(kept, version)) && !isElsewhere(item)
    })
    // What is on this device's disk is its own to give, or is not lost.
    const here = keeping.keeps && lone.length > 0 ? await keeping.past.areHere(lone.map(({ version }) => version)) : []
    for (const [at, { version }] of lone.entries()) {
      if ((here[at] === true) !== (device === own)) continue
      found.versions++
      found.paths.add(version.path)
    }
  }
}

/** Has another device all of a version: by what holders have said, or as all that is to be on its disk is there? */
function elsewhere({ keeping, sync }: OpenFolder, device: DeviceId): (item: KeepItem) => boolean {
  const { holders } = keeping!
  const devices = (holders.layout?.devices ?? []).filter((each) => each !== device)
  const kept = new Map(devices.map((each) => [each, holders.keptOf(each)]))
  const places = holders.layout?.holders ?? []
  const live: KeptBy[] = (sync?.exchange.peers ?? []).flatMap((peer) => {
    const isWhole = peer.device !== device && peer.state?.materialised === true && peer.state.needEntries === 0
    return isWhole ? [keptUpTo(peer.state!.have)] : []
  })
  return ({ version, isHead, chunks }) => {
    if (isHead && live.some((have) => hasKept(have, version))) return true
    const there = new Set(devices.filter((each) => hasKept(kept.get(each), version)))
    if (chunks === null || there.size === 0 || places.length === 0) return false
    for (let at = 0; at < chunks.length; at += CHUNK_ITEM_BYTES)
      if (!places[partitionOf(chunks.subarray(at, at + 32), places.length)]!.some((each) => there.has(each))) return false
    return true
  }
}
