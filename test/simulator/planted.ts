import type { FolderIndex, TodoRow } from '#db'
import type { Filesystem, FolderDisk, Step } from '#folder'
import {
  batchHeader,
  decodeBatch,
  encodeBatch,
  packIds,
  parentPath,
  signBatch,
  signingKey,
  toHex,
  unpackIds,
  verifyBatch,
  type ChunkId,
  type FolderId,
} from '#model'
import { partitionOf } from '#replication'
import { diskStat, kindOf } from '../../src/folder/filesystem.ts'
import { through } from './boot.ts'
import { within } from './look.ts'
import { ROOT, type SimDevice } from './sim-device.ts'
import type { SimNode } from './sim-node.ts'
import type { StoreCalls } from './sim-store.ts'

/** Faults put into the ports of every device, to show that the simulator finds them. */
export interface Planted {
  filesystem?(fs: Filesystem): Filesystem
  disk?(disk: FolderDisk, device: SimDevice): FolderDisk
  index?(index: FolderIndex, device: SimDevice): FolderIndex
  store?(store: StoreCalls, device: SimNode): StoreCalls
  /** The group has another layout, as this device knows it. */
  layout?(device: SimNode, blocks: StoreCalls, folder: FolderId): void
  /** Flushes of blocks have no effect. */
  losesBlocks?: boolean
  /** Flushes of the engine have no effect. */
  losesFlushes?: boolean
}

export const PLANTED = {
  /** Whatever is at a path is taken for what was expected there. */
  'no re-stat': {
    disk: (disk, device) => withSteps(disk, (step) => expectingWhatIsThere(step, device)),
  },
  /** What is replaced or deleted is not kept. */
  'no archive': {
    disk: (disk) => withSteps(disk, (step) => ('archiveAs' in step ? { ...step, archiveAs: null } : step)),
  },
  'fsync skipped': { losesFlushes: true },
  /** Of concurrent versions the one with the latest time is the only one. */
  'the clock decides': {
    index: (index) =>
      through<FolderIndex>(index, async (method, _args, run) => {
        const result: unknown = await run()
        return method === 'todo' || method === 'rows' ? (result as TodoRow[]).map(latestOnly) : result
      }),
  },
  /** A batch counts, whoever signed it. */
  'unsigned batch accepted': {
    index: (index, device) =>
      through<FolderIndex>(index, (method, args, run) => {
        if (method !== 'ingest') return run()
        const [batches, rules] = args as Parameters<FolderIndex['ingest']>
        return index.ingest(
          batches.map((batch) => signedAnyway(batch, device)),
          rules,
        )
      }),
  },
  /** A sweep that takes whatever is there, whoever needs it. */
  'sweep without mark': {
    index: (index) =>
      through<FolderIndex>(index, (method, args, run) => (method === 'unneeded' ? Promise.resolve(args[0]) : run())),
  },
  /** Blocks are said to be kept that were not flushed. */
  'receipt before durable': { losesBlocks: true },
  /** What is read of a damaged block is given as it is. */
  'damaged block served': {
    store: (store, device) =>
      through<StoreCalls>(store, async (method, args, run) => {
        const result: unknown = await run()
        if (method !== 'read') return result
        const [, ids] = args as Parameters<StoreCalls['read']>
        return (result as (Uint8Array | null)[]).map(
          (bytes, at) => bytes ?? device.home.store.left(toHex(ids.subarray(at * 32, at * 32 + 32)) as ChunkId),
        )
      }),
  },
  /** A storage device that says that it has what it has in memory alone. */
  'held in memory alone': {
    store: (store, device) => (device.home.parts.isMember ? store : inMemory(store)),
  },
  /** Devices that drop what another layout of those that pledge has moved away, before the next holder has it. */
  'dropped before the receipt': {
    layout: (device, blocks, folder) => {
      const holders = device.layout?.current?.holders
      if (holders === undefined) return
      const isMoved = (id: ChunkId): boolean => !holders[partitionOf(id, holders.length)]!.includes(device.id)
      void blocks.chunks(folder, '', 1_000_000).then((ids) => blocks.remove(folder, packIds(ids.filter(isMoved))))
    },
  },
} satisfies Record<string, Planted>

/** Those that only show where stores are what happens. */
export const IN_STORES: ReadonlySet<string> = new Set([
  'sweep without mark',
  'receipt before durable',
  'damaged block served',
  'held in memory alone',
  'dropped before the receipt',
])

export type PlantedFault = keyof typeof PLANTED

function inMemory(store: StoreCalls): StoreCalls {
  const held = new Map<ChunkId, Uint8Array>()
  return through<StoreCalls>(store, async (method, args, run) => {
    if (method === 'take') {
      const [, blocks] = args as Parameters<StoreCalls['take']>
      for (const { id, bytes } of blocks) held.set(id, new Uint8Array(bytes))
      return blocks.map(() => 'stored')
    }
    if (method === 'sealed') return unpackIds(args[1] as Uint8Array).map((id) => held.get(id) ?? null)
    const result: unknown = await run()
    return method === 'lacking' ? packIds(unpackIds(result as Uint8Array).filter((id) => !held.has(id))) : result
  })
}

function withSteps(disk: FolderDisk, change: (step: Step) => Step): FolderDisk {
  return through<FolderDisk>(disk, (method, args, run) =>
    method === 'transition' ? disk.transition((args[0] as Step[]).map(change)) : run(),
  )
}

function expectingWhatIsThere(step: Step, device: SimDevice): Step {
  if (step.expected === null) return step
  try {
    const name = step.path.slice(step.path.lastIndexOf('/') + 1)
    const stat = within(device.disk.raw, ROOT, parentPath(step.path), (dir) => device.disk.raw.stat(dir, name))
    const kind = stat === undefined ? 'other' : kindOf(stat)
    return stat === undefined || kind === 'other' ? step : { ...step, expected: { kind, stat: diskStat(stat) } }
  } catch {
    return step
  }
}

function latestOnly(row: TodoRow): TodoRow {
  const latest = row.heads.toSorted((a, b) => b.hlc - a.hlc)[0]
  return latest === undefined ? row : { ...row, heads: [latest] }
}

/** The batch with a good signature of its author, where it had none. */
function signedAnyway(bytes: Uint8Array, device: SimDevice): Uint8Array {
  try {
    const batch = decodeBatch(bytes)
    const seed = device.seedOf(batch.author)
    if (seed === undefined || verifyBatch(batch, batchHeader(batch))) return bytes
    return encodeBatch(signBatch(batch, signingKey(seed)))
  } catch {
    return bytes
  }
}
