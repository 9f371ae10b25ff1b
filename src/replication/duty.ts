import type { DeviceId } from '#model'
import { partitionOf } from './partition.ts'
import type { Holders } from './shares.ts'

/**
 * What a device has to have of a chunk: a block in its store; a copy of any kind, which a file on its disk is as well; or nothing.
 */
export type Duty = 'block' | 'copy' | 'none'

/** The holder rule: the anchor has a block, the other holders a copy. Authors are left out of it: see custody in `Keeper`. */
export function dutyOf(device: DeviceId, chunk: Uint8Array, holders: Holders): Duty {
  const [anchor, ...others] = holders[partitionOf(chunk, holders.length)] ?? []
  return anchor === device ? 'block' : others.includes(device) ? 'copy' : 'none'
}
