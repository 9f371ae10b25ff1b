import type { FolderKeys } from '#content'
import type { DeviceId } from '#model'
import type { TreeDisk } from './tree-disk.ts'

/** What a disk worker can be asked to do: the methods of TreeDisk but for those that keep something between calls or ask back. */
export type DiskVerb = Exclude<keyof TreeDisk, 'close' | 'scan' | 'verify' | 'compareRules' | 'cleanStage'>

/** One job for a disk worker: all it needs to know. */
export interface DiskJob<Verb extends DiskVerb = DiskVerb> {
  root: string
  keys: FolderKeys
  device: DeviceId
  verb: Verb
  args: Parameters<TreeDisk[Verb]>
}

export type DiskAnswer<Verb extends DiskVerb> = Awaited<ReturnType<TreeDisk[Verb]>>

/** What a worker answers to 'stage': with the buffers that came with the job. */
export interface StageAnswer {
  results: DiskAnswer<'stage'>
  buffers: ArrayBuffer[]
}
