import { parentPort } from 'node:worker_threads'
import { systemClock, systemRandom } from '#base'
import { answerJobs, ContentHasher } from '#content'
import type { DiskJob } from './disk-job.ts'
import { NodeFilesystem } from './node-filesystem.ts'
import { TreeDisk } from './tree-disk.ts'

// A thread that does the disk's work for all folders, one job at a time (started by PooledDisk).

/** Folders whose disks are remembered; all that it saves is a probe. */
const MAX_DISKS = 64

const port = parentPort
if (port === null) throw new Error('this is the entry of a worker thread')
const components = { fs: new NodeFilesystem(), clock: systemClock, random: systemRandom, hasher: new ContentHasher() }
const disks = new Map<string, TreeDisk>()

answerJobs({ post: (message, transfer) => port.postMessage(message, transfer), onMessage: (listener) => void port.on('message', listener) }, (job) => {
  const { root, keys, verb, args } = job as DiskJob
  const disk = diskOf(root, keys)
  return (disk[verb] as (...values: unknown[]) => unknown).call(disk, ...args)
})

function diskOf(root: string, keys: DiskJob['keys']): TreeDisk {
  const name = [root, Buffer.from(keys.idKey).toString('hex'), Buffer.from(keys.chunkerKey).toString('hex')].join('\0')
  let disk = disks.get(name)
  if (disk === undefined) {
    if (disks.size >= MAX_DISKS) disks.clear()
    disk = new TreeDisk(components, { root, keys })
    disks.set(name, disk)
  }
  return disk
}
