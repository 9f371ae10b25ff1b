import type { KeepItem, PastVersion } from '#db'
import { fromHex, isLive, type ChunkId, type ChunkList } from '#model'
import { partitionOf } from '#replication'
import { folderLayout, REPLICAS } from '../../src/daemon/folder-layout.ts'
import type { Cluster } from './cluster.ts'
import { keyOf } from './contents.ts'
import type { Dice } from './dice.ts'
import { chunksIn } from './ledger.ts'
import type { SimDevice } from './sim-device.ts'
import { SimFailure } from './sim-failure.ts'
import { RING_SIZE } from './sim-group.ts'

const PAGE = 500
/** Versions that are read in the end. */
const READ = 4

/** A version of a file with what it consists of. */
interface FileVersion extends PastVersion {
  chunks: ChunkList
}

/** The versions of files that a device's index knows, as far as it knows what they consist of; of what it has forgotten none. */
export async function versionsOf({ core }: SimDevice): Promise<FileVersion[]> {
  const found: FileVersion[] = []
  for (let after = ''; ;) {
    const page = await core.facade.versionsBelow('', after, PAGE)
    for (const past of page) {
      if (past.version.kind !== 'file' || !isLive(past.version) || past.isForgotten) continue
      const chunks = past.version.manifest ? await core.facade.chunksOf(past.version.path, past.version.id) : past.version.chunks
      if (chunks !== null) found.push({ ...past, chunks })
    }
    const last = page.at(-1)
    if (last === undefined) return found
    after = last.version.path
  }
}

/** How many devices have each chunk somewhere: in the store, sound, in a file or in the archive. */
export function copies({ devices, files }: Cluster): Map<ChunkId, number> {
  const counts = new Map<ChunkId, number>()
  for (const device of devices) {
    for (const chunk of device.home.store.sound().union(files.on(device))) counts.set(chunk, (counts.get(chunk) ?? 0) + 1)
  }
  return counts
}

/** Promise 1: whatever is owed can be put together, byte for byte, from what lies on the disks of the devices. */
export function checkOwed(cluster: Cluster, when: string): void {
  const there = copies(cluster)
  for (const [id, { path, chunks, kept, replicas, losses }] of cluster.ledger.due()) {
    if (chunks.every((chunk) => there.has(chunk))) continue
    const held = kept.size > 0 ? `kept by ${[...kept].join(', ')}` : `protected by ${replicas}, of which ${losses.size} were lost`
    throw new SimFailure(`promise 1: ${when}, version ${id.slice(0, 8)} of ${path} is on no disk any more, and was ${held}`)
  }
}

/**
 * Promise 5: a device gives up a version only where content of it is in no store any more, and in no file that an index knows: one that a
 * user has given a name that is ignored, or cannot be carried, is none of the folder's.
 */
export async function checkGone(cluster: Cluster, name: string, { version, chunks }: KeepItem): Promise<void> {
  const ids = chunks === null ? [] : chunksIn(chunks)
  const known = new Set<ChunkId>()
  for (const device of cluster.devices) {
    const [sound, files] = [device.home.store.sound(), cluster.files.on(device)]
    const places = await device.core.facade.locate(Buffer.from(ids.join(''), 'hex'))
    ids.forEach((id, at) => (sound.has(id) || (files.has(id) && places[at]!.length > 0)) && known.add(id))
  }
  if (ids.length === 0 || !ids.every((id) => known.has(id))) return
  const where = ids.map((id) => whereIs(cluster, id)).join(', ')
  cluster.failure ??= `promise 5: ${name} found version ${version.id.slice(0, 8)} of ${version.path} to be gone, and all of it is there: ${where}`
}

/** What devices have yet to keep. */
export async function unkept(cluster: Cluster): Promise<string[]> {
  const lines: string[] = []
  for (const { name, core } of cluster.devices) {
    lines.push(`${name}: ${await core.facade.keeping()} to be kept, next at ${await core.facade.nextToKeep()}`)
    for (const { version, record, isKept, isHead, chunks } of await core.facade.looked(0, PAGE)) {
      if (isKept) continue
      const where = chunks === null ? ['not known of what'] : chunksIn(chunks).map((chunk) => whereIs(cluster, chunk))
      lines.push(
        `  record ${record}, ${version.path} by ${version.author.slice(-4)}, ${isHead ? 'current' : 'past'}: ${where.join(', ')}`,
      )
    }
  }
  return lines
}

function whereIs({ devices, files }: Cluster, chunk: ChunkId): string {
  const places = devices.flatMap((device) => [
    ...(device.home.store.sound().has(chunk) ? [`in the store of ${device.name}`] : []),
    ...(files.on(device).has(chunk) ? [`in files of ${device.name}`] : []),
  ])
  return `${chunk.slice(0, 8)} ${places.join(' and ') || 'nowhere'}`
}

/** Promise 5, once quiet and protected as all devices say: of every version there are as many copies as policy asks for. */
export async function checkProtected(cluster: Cluster): Promise<void> {
  const { devices, ledger } = cluster
  const there = copies(cluster)
  const replicas = Math.min(REPLICAS, devices.length)
  const versions = (await versionsOf(devices[0]!)).filter(({ version }) => !ledger.forgotten.has(version.id))
  const whole = versions.filter(({ version, chunks }) => {
    const fewest = Math.min(Infinity, ...chunksIn(chunks).map((chunk) => there.get(chunk) ?? 0))
    // What was there once is owed.
    if (fewest === 0) return false
    if (fewest < replicas)
      throw new SimFailure(
        `promise 5: all is said to be protected, and version ${version.id.slice(0, 8)} of ${version.path} by ${version.author.slice(-4)} has ${fewest} of ${replicas} copies: ${chunksIn(
          chunks,
        )
          .map((chunk) => whereIs(cluster, chunk))
          .join(', ')}`,
      )
    return true
  })
  ledger.protect(whole, replicas)
}

/** Promise 5: what a sweep has removed is of no version that this device has not forgotten, or others are to hold it. */
export async function checkSwept(
  device: SimDevice,
  removed: readonly ChunkId[],
  failed: (message: string) => void,
): Promise<void> {
  if (removed.length === 0) return
  const { holders } = device.upkeep!.keeping
  const gone = new Set(removed.filter((chunk) => holders.heldBy(device.id, fromHex(chunk)).length > 0))
  for (const { version, chunks } of await versionsOf(device)) {
    const lost = chunksIn(chunks).find((chunk) => gone.has(chunk))
    if (lost !== undefined)
      failed(
        `promise 5: a sweep on ${device.name} removed ${lost.slice(0, 8)}, which version ${version.id.slice(0, 8)} of ${version.path} needs`,
      )
  }
}

/**
 * Promise 4, after a crash: what the index says is kept is in the store, as far as this device is its anchor; but for what was damaged
 * from outside, which it cannot know yet.
 */
export async function checkClaims({ ledger, shared, devices }: Cluster, device: SimDevice): Promise<void> {
  const { home, core, id } = device
  const takers = devices.map((each) => each.id).toSorted()
  const { name, holders } = folderLayout({ takers, replicas: REPLICAS, partitions: RING_SIZE, pledged: null })
  const compared = home.setting('store.database') ?? (home.store.isAnother ? null : home.store.database)
  // It may not have looked by this layout yet.
  if (home.setting(`holders.${shared.folder}`) !== name || compared !== home.store.database) return
  const sound = home.store.sound()
  for (let after = 0; ;) {
    const page: (KeepItem & { isKept: boolean })[] = await core.facade.looked(after, PAGE)
    for (const { version, isKept, isForgotten, chunks } of page) {
      if (!isKept || isForgotten || chunks === null || ledger.forgotten.has(version.id)) continue
      const lacking = chunksIn(chunks).find(
        (chunk) => holders[partitionOf(chunk, RING_SIZE)]?.[0] === id && !sound.has(chunk) && !home.store.spoiled.has(chunk),
      )
      if (lacking !== undefined)
        throw new SimFailure(
          `promise 4: the index of ${device.name} says that ${version.path} is kept, and ${lacking.slice(0, 8)} of it is not in the store`,
        )
    }
    const last = page.at(-1)
    if (last === undefined) return
    after = last.record
  }
}

/** Some of the versions that are there can be read, whole, on any device, which gets what it has not. */
export async function checkReadable(cluster: Cluster, dice: Dice): Promise<void> {
  const device = dice.pick(cluster.devices)
  const there = copies(cluster)
  const versions = (await versionsOf(device)).filter(({ chunks }) => chunksIn(chunks).every((chunk) => there.has(chunk)))
  for (const { version } of dice.shuffle(versions).slice(0, READ)) {
    const pieces: Uint8Array[] = []
    const reading = async (): Promise<void> => {
      for await (const piece of device.upkeep!.keeping.past.read(version, new AbortController().signal)) pieces.push(piece)
    }
    await cluster.done(reading(), `reading version ${version.id.slice(0, 8)} of ${version.path}`)
    const bytes = Buffer.concat(pieces)
    if (bytes.length !== version.size || cluster.contents.known(keyOf(bytes)) === undefined)
      throw new SimFailure(
        `promise 1: version ${version.id.slice(0, 8)} of ${version.path} was read on ${device.name} as ${bytes.length} bytes that no user wrote`,
      )
  }
}
