import { createHash } from 'node:crypto'
import { deviceIdOf, groupIdOf, publicKeyOf, sha256, signingKey, toHex, type ChunkId, type DeviceId } from '#model'
import { makeLayout, partitionOf, place, type Holders, type Layout, type PlacedDevice } from '#replication'
import { folderLayout } from '../../src/daemon/folder-layout.ts'

const GIB = 2 ** 30
const group = groupIdOf(Uint8Array.from({ length: 16 }, (_, at) => 0x40 + at))
const key = signingKey(Uint8Array.from({ length: 32 }, (_, at) => at + 1))
const author = deviceIdOf(publicKeyOf(key))
const device = (at: number): DeviceId => deviceIdOf(sha256(Buffer.from(`device ${at}`)))
const disks = (...gibs: number[]): PlacedDevice[] => gibs.map((gib, at) => ({ device: device(at), capacity: gib * GIB }))

/** Lists of devices that follow on one another, with the replicas asked for. */
const histories: Record<string, [replicas: number, devices: PlacedDevice[]][]> = {
  'equal disks': [3, 4, 5, 12, 20, 19].map((count) => [3, disks(...Array.from({ length: count }, () => 500))]),
  'unequal disks': [
    [2, disks(100, 200, 400)],
    [2, disks(100, 200, 400, 4000)],
    [3, disks(100, 200, 400, 4000, 33, 0, 7)],
    [3, disks(100, 200, 401, 4000, 3, 0, 70, 900)],
    [2, disks(100, 200, 401, 4000, 3, 0, 70, 900).slice(2)],
  ],
  'devices away': [
    [3, disks(1000, 700, 300)],
    [3, disks(1000, 700, 300).map((each, at) => ({ ...each, away: at === 1 }))],
    [3, disks(1000, 700, 300, 200).map((each, at) => ({ ...each, away: at === 1 }))],
    [3, disks(1000, 700, 300, 200).map((each) => ({ ...each, away: true }))],
    [3, disks(1000, 700, 300, 200)],
  ],
  'no capacity': [[2, disks(0, 0, 0)]],
}

/** SHA-256 of a line for each partition: the ids of its holders, with spaces between. */
function digest(holders: Holders): string {
  const hash = createHash('sha256')
  for (const list of holders) hash.update(`${list.join(' ')}\n`)
  return hash.digest('hex')
}

function placements(): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(histories).map(([name, steps]) => {
      let last: Holders | null = null
      const digests = steps.map(([replicas, devices]) => digest((last = place({ devices, replicas, partitions: 1024, last }))))
      return [name, digests]
    }),
  )
}

/** Layouts that follow on one another, of 32 partitions. */
export function layouts(): Record<string, Layout> {
  const draft = { group, author, replicas: 2, partitions: 32 }
  const first = makeLayout({ ...draft, devices: disks(100), last: null }, key)
  const second = makeLayout({ ...draft, devices: disks(100, 100, 50), last: first }, key)
  const third = makeLayout(
    { ...draft, devices: disks(100, 100, 50, 200).map((each, at) => ({ ...each, away: at === 1 })), last: second },
    key,
  )
  const none = makeLayout({ ...draft, devices: [], last: null }, key)
  const away = makeLayout({ ...draft, devices: disks(0, 0).map((each, at) => ({ ...each, away: at === 1 })), last: null }, key)
  return { first, second, third, none, away }
}

/** What holders of a folder are made of, and who they are. */
function folders(): Record<string, [name: string, holders: string]> {
  const { third, away } = layouts() as Record<'third' | 'away', Layout>
  const source = { takers: [0, 1, 4, 5, 6].map(device).toSorted(), replicas: 3, partitions: 32, pledged: null }
  const cases = {
    equal: source,
    pledged: { ...source, replicas: 4, pledged: third },
    'equal, with one away': { ...source, pledged: away },
    enough: { ...source, replicas: 2, pledged: third },
  }
  return Object.fromEntries(
    Object.entries(cases).map(([name, each]) => {
      const made = folderLayout(each)
      return [name, [made.name, digest(made.holders)]]
    }),
  )
}

const chunks = ['00', '7f', 'ab', 'ff'].map((start) => `${start}c3${'5a'.repeat(30)}` as ChunkId)

export function madeNow(): unknown {
  return {
    partitions: chunks.map((chunk) => [chunk, ...[1, 32, 1024, 65_536].map((partitions) => partitionOf(chunk, partitions))]),
    placements: placements(),
    folders: folders(),
    layouts: Object.fromEntries(
      Object.entries(layouts()).map(([name, { hash, bytes }]) => [name, { hash: toHex(hash), bytes: toHex(bytes) }]),
    ),
  }
}
