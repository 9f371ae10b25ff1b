import { parentPort } from 'node:worker_threads'
import { systemClock, systemRandom } from '#base'
import { answerJobs, ContentHasher } from '#content'
import { tableBuffers } from '#model'
import type { DiskAnswer, DiskJob, StageAnswer } from './disk-job.ts'
import type { StageFile } from './folder-disk.ts'
import { NodeFilesystem } from './node-filesystem.ts'
import { TreeDisk, type TreeDiskOptions } from './tree-disk.ts'

// A thread that does the disk's work for all folders, one job at a time (started by PooledDisk).

/** Folders whose disks are remembered; all that it saves is a probe. */
const MAX_DISKS = 64

const port = parentPort
if (port === null) throw new Error('this is the entry of a worker thread')
const components = { fs: new NodeFilesystem(), clock: systemClock, random: systemRandom, hasher: new ContentHasher() }
const disks = new Map<string, TreeDisk>()

/** Large results go over without a copy: this thread has no more use for them. */
const buffersOfResult = new WeakMap<object, ArrayBuffer[]>()

answerJobs(
  {
    post: (message) => port.postMessage(message, buffersOfResult.get((message as { result?: object }).result ?? {}) ?? []),
    onMessage: (listener) => void port.on('message', listener),
  },
  async (job) => {
    const { verb, args, ...options } = job as DiskJob
    const disk = diskOf(options)
    const result: unknown = await (disk[verb] as (...values: unknown[]) => unknown).call(disk, ...args)
    if (verb === 'stage') {
      const answer: StageAnswer = { results: result as DiskAnswer<'stage'>, buffers: buffersOf(args[0] as StageFile[]) }
      buffersOfResult.set(answer, answer.buffers)
      return answer
    }
    if (verb === 'read') {
      const pieces = result as DiskAnswer<'read'>
      buffersOfResult.set(
        pieces,
        pieces.flatMap((bytes) => (bytes === null ? [] : [bytes.buffer as ArrayBuffer])),
      )
    } else if (verb === 'look') {
      const scanned = result as DiskAnswer<'look'>
      buffersOfResult.set(scanned, tableBuffers(scanned.changed))
    }
    return result
  },
)

/** What came to be staged: it goes back to where it can be used again. */
function buffersOf(files: readonly StageFile[]): ArrayBuffer[] {
  const writes = files.flatMap((file) => file.writes)
  return [...new Set(writes.flatMap((write) => ('bytes' in write ? [write.bytes.buffer as ArrayBuffer] : [])))]
}

function diskOf({ root, keys, device }: TreeDiskOptions): TreeDisk {
  const name = [root, Buffer.from(keys.idKey).toString('hex'), Buffer.from(keys.chunkerKey).toString('hex'), device].join('\0')
  let disk = disks.get(name)
  if (disk === undefined) {
    if (disks.size >= MAX_DISKS) disks.clear()
    disk = new TreeDisk(components, { root, keys, device })
    disks.set(name, disk)
  }
  return disk
}
